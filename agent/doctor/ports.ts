import type { Config } from '../config/schema.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, FileFacts, Machine } from './machine.ts';
import { daemonUser, groupName, mayUse, type Who } from './who.ts';

/** A device file that the settings name. */
interface PortFacts {
  /** Which setting names it. */
  readonly setting: string;
  readonly path: string;
  readonly facts: FileFacts | undefined;
  readonly group: string;
  readonly user: Who;
}

export function judgePort({ setting, path, facts, group, user }: PortFacts): Finding {
  const id = 'ports.access';
  if (facts === undefined)
    return fail(id, `${path} (${setting}) is not there`, {
      cause: 'the device is not plugged in, or has another path',
      remedy: `plug it in and look: ls -l /dev/serial/by-path /dev/input/by-path /dev/usb; then jdpos config set ${setting} PATH`,
    });
  if (facts.kind !== 'device')
    return fail(id, `${path} (${setting}) is no device`, {
      cause: 'something else has this name',
      remedy: `ls -lL ${path}`,
    });
  if (mayUse(user, facts)) return ok(id, `${user.name} may use ${path} (${setting})`);
  return fail(id, `${user.name} may not use ${path} (${setting}), which belongs to group ${group}`, {
    cause: 'the daemon’s user must be in the group of the device file',
    remedy: `usermod -aG ${group} ${user.name}; then restart the daemon`,
  });
}

/** The device files of the settings, by the setting that names them. */
function configuredPorts({ devices }: Pick<Config, 'devices'>): (readonly [setting: string, path: string])[] {
  return Object.entries(devices).flatMap(([kind, device]) =>
    Object.entries(device ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && value.startsWith('/dev/') ? [[`devices.${kind}.${name}`, value] as const] : [],
    ),
  );
}

export const portAccess: Check = {
  id: 'ports.access',
  limitMs: 5_000,
  async run(machine, { settings }) {
    if (settings.kind === 'invalid') return [unknown('ports.access', 'the settings say of no device')];
    const ports = configuredPorts(settings.config);
    if (ports.length === 0) return [ok('ports.access', 'the settings name no device file')];
    const user = await daemonUser(machine);
    return Promise.all(
      ports.map(async ([setting, path]) => {
        const facts = await machine.facts(path);
        const group = facts ? await groupName(machine, facts.gid) : '';
        return judgePort({ setting, path, facts, group, user });
      }),
    );
  },
};

export interface ModemFacts {
  readonly running: boolean;
  /** A rule of udev keeps it off. */
  readonly ignored: boolean;
  /** Serial ports over USB, which are those it tries. */
  readonly ports: readonly string[];
}

const RULE = `ACTION=="add|change", SUBSYSTEM=="tty", KERNEL=="ttyACM[0-9]*|ttyUSB[0-9]*", ENV{ID_MM_DEVICE_IGNORE}="1"`;

/** ModemManager writes AT commands to every new serial port: a PIN pad or scanner then seems dead, or garbles. */
export function judgeModemManager({ running, ignored, ports }: ModemFacts): Finding {
  const id = 'ports.modem-manager';
  if (!running) return ok(id, 'ModemManager does not run');
  if (ignored) return ok(id, 'ModemManager runs, and a udev rule keeps it off serial ports');
  return warn(id, `ModemManager runs and tries every serial port${ports.length > 0 ? `: ${ports.join(', ')}` : ''}`, {
    cause: 'it writes AT commands to PIN pads and scanners, and keeps their ports busy',
    remedy: `systemctl disable --now ModemManager; or echo '${RULE}' > /etc/udev/rules.d/78-jdpos-modem.rules; udevadm control --reload; udevadm trigger`,
  });
}

export const modemManager: Check = {
  id: 'ports.modem-manager',
  limitMs: 5_000,
  async run(machine) {
    const rules = await textsIn(machine, '/etc/udev/rules.d');
    const ttys = ((await machine.list('/dev')) ?? []).filter((name) => /^tty(ACM|USB)[0-9]+$/.test(name));
    return [
      judgeModemManager({
        running: await isRunning(machine, 'ModemManager'),
        ignored: /^[^#\n]*ID_MM_DEVICE_IGNORE\}\s*=\s*"1"/m.test(rules),
        ports: ttys.map((name) => `/dev/${name}`),
      }),
    ];
  },
};

async function textsIn(machine: Machine, folder: string): Promise<string> {
  const names = (await machine.list(folder)) ?? [];
  return (await Promise.all(names.map((name) => machine.read(`${folder}/${name}`)))).join('\n');
}

async function isRunning(machine: Machine, name: string): Promise<boolean> {
  const pids = ((await machine.list('/proc')) ?? []).filter((one) => /^[0-9]+$/.test(one));
  // The kernel keeps fifteen characters of a name.
  const names = await Promise.all(pids.map((pid) => machine.read(`/proc/${pid}/comm`)));
  return names.some((text) => text?.trim() === name.slice(0, 15));
}
