import { buildDate, synchronised, timeZone } from './clock.ts';
import { diskChecks } from './disk.ts';
import { host } from './host.ts';
import { kernelModules } from './kernel-modules.ts';
import type { Check } from './machine.ts';
import { polkit } from './polkit.ts';
import { modemManager, portAccess } from './ports.ts';
import { memory, surroundings } from './process.ts';
import { queueChain, queueStats } from './queue.ts';
import { escapeSetting, pcscd, readersOnUsb } from './readers.ts';
import { settingsFile } from './settings.ts';
import { natives, node } from './software.ts';
import { selling } from './standing.ts';

/** What is looked at, by group, in the order in which a person mends it. */
export const GROUPS: Readonly<Record<string, readonly Check[]>> = {
  software: [node, natives],
  settings: [settingsFile],
  readers: [readersOnUsb, kernelModules, pcscd, polkit, escapeSetting],
  ports: [portAccess, modemManager],
  clock: [buildDate, synchronised, timeZone],
  disk: diskChecks,
  queue: [queueStats, queueChain],
  host: [host],
  process: [surroundings, selling, memory],
};
