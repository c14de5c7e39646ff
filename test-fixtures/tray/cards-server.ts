import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FieldCard, fileMemory } from '../card/index.ts';
import { createVirtualPsam, storedSam } from '../purse/index.ts';
import { TEST_SAM } from '../purse/test-keys.ts';
import { answerControl } from './control.ts';
import type { Field } from './field.ts';
import { openTray, type StorageOf } from './tray.ts';

/** The cards of the sandbox, as the process that holds them runs them. */
export interface CardsServer {
  /** What the reader's transport is given. */
  readonly field: Field;
  /** What stands in the terminal's second slot, always. */
  readonly psam: FieldCard;
  /** Answers one question of the control channel (`trayControl` asks them); rejects when it is none. */
  answer(question: unknown): Promise<unknown>;
}

/**
 * Opens the tray with its memory on disk: one file a card in `stateDir`, which is made when it is not there. A process killed at
 * any moment has kept every payment it answered for; deleting the folder while it does not run makes every card new.
 */
export function startCardsServer(parts: { stateDir: string; random: (length: number) => Uint8Array }): CardsServer {
  mkdirSync(parts.stateDir, { recursive: true });
  const storageOf: StorageOf = (id, form) => fileMemory(join(parts.stateDir, `${id}.json`), form);
  const tray = openTray({ storageOf, random: parts.random });
  // Whoever taps the forged purse three times in a row is not to lose the sandbox's PSAM.
  const psam = createVirtualPsam({ ...TEST_SAM, tries: 255 }, storageOf('psam', storedSam));
  return { field: tray.field, psam, answer: async (question) => answerControl(tray, question) };
}
