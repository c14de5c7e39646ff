import { dirname } from 'node:path';
import type { Config } from '../config/schema.ts';
import { NFC_MODULES } from '../doctor/kernel-modules.ts';
import type { WholeFile } from '../put-file.ts';
import { knownGroups, type Run, serviceUser } from './machine.ts';
import type { Places } from './places.ts';
import { modprobeText, polkitRules, udevRules } from './systemd/rules.ts';
import { unitText } from './systemd/unit.ts';

const UNIT = 'jdpos.service';

/** The files of a service, and whom its state belongs to. */
export interface ServiceFiles {
  readonly files: readonly WholeFile[];
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** What the service needs to be started by systemd under a user of its own. */
export async function serviceFiles(
  config: Config,
  places: Places,
  program: { readonly node: string; readonly cli: string },
  run: Run,
): Promise<ServiceFiles> {
  const { place, previous } = config.keyStore;
  const stores = previous === undefined ? [place] : [place, previous];
  const unit = unitText({
    node: program.node,
    program: program.cli,
    config: places.config,
    stateDir: config.stateDir,
    groups: await knownGroups(run, groupsFor(config)),
    credentials: stores.flatMap((store) => {
      if (store.kind === 'credential') return [store.name];
      return store.kind === 'pkcs11' && 'credential' in store.pin ? [store.pin.credential] : [];
    }),
    logFolder: config.log.file && dirname(config.log.file.path),
    token: stores.some(({ kind }) => kind === 'pkcs11'),
  });
  const mode = 0o644;
  return {
    owner: await serviceUser(run),
    files: [
      { path: places.polkit, text: polkitRules(), mode },
      { path: places.udev, text: udevRules(serialPorts(config)), mode },
      { path: places.modprobe, text: modprobeText(), mode },
      { path: places.unit, text: unit, mode },
    ],
  };
}

const serialPorts = ({ devices }: Config): readonly string[] =>
  Object.values(devices).flatMap((device) => (device?.kind === 'serial' ? [device.port] : []));

/** Debian's groups for device files: serial ports, printers, input devices. */
function groupsFor({ devices }: Config): readonly string[] {
  const kinds = new Set(Object.values(devices).map((device) => device?.kind));
  return [
    ...(kinds.has('serial') ? ['dialout'] : []),
    ...(kinds.has('usb') ? ['lp'] : []),
    ...(kinds.has('keyboard') ? ['input'] : []),
  ];
}

/** What the service is before a setup: it may have been stopped so that its devices can be tried. */
export interface ServiceNow {
  readonly active: boolean;
  /** It starts at every boot. */
  readonly enabled: boolean;
}

export interface ServiceControl {
  now(): Promise<ServiceNow>;
  /** Takes up the files that are in place, and starts the service, at every boot as well. What systemd says when it does not. */
  start(): Promise<string | undefined>;
  /** Takes the files back, and leaves the service as it was. */
  takeBack(files: () => void, before: ServiceNow): Promise<void>;
  /** What its log says last. */
  lastWords(): Promise<string>;
}

export function serviceControl(run: Run): ServiceControl {
  const quiet = async (program: string, ...args: readonly string[]): Promise<void> => {
    await run(program, ...args);
  };
  const says = async (word: string): Promise<boolean> => (await run('systemctl', word, '--quiet', UNIT)).code === 0;
  return {
    now: async () => ({ active: await says('is-active'), enabled: await says('is-enabled') }),
    async start() {
      await quiet('udevadm', 'control', '--reload');
      await quiet('udevadm', 'trigger', '--subsystem-match=tty', '--action=change');
      for (const module of NFC_MODULES) await quiet('modprobe', '-r', module);
      for (const args of [['daemon-reload'], ['enable', UNIT], ['restart', '--no-block', UNIT]]) {
        const { code, output } = await run('systemctl', ...args);
        if (code !== 0) return `systemctl ${args.join(' ')}: ${output || `ended with ${code}`}`;
      }
      return undefined;
    },
    async takeBack(files, { active, enabled }) {
      if (!active) await quiet('systemctl', 'stop', UNIT);
      if (!enabled) await quiet('systemctl', 'disable', UNIT);
      files();
      await quiet('systemctl', 'daemon-reload');
      if (active) await quiet('systemctl', 'restart', UNIT);
    },
    async lastWords() {
      const { code, output } = await run('journalctl', '--unit', UNIT, '--lines', '5', '--no-pager', '--output', 'cat');
      return code === 0 ? output : '';
    },
  };
}
