import type { Config } from './schema.ts';
import type { SettingPath } from './setting-path.ts';

/** Two settings that are right by themselves, and claim the same thing. */
interface Clash {
  /** The later of the two. */
  readonly path: SettingPath;
  readonly message: string;
}

/** TCP ports of the two APIs, and files of devices. Port 0 is whichever is free. */
export function clashes({ register, central, devices }: Config): readonly Clash[] {
  const claimed = new Map<string, string>();
  return [
    { path: ['register', 'port'], claims: register.port },
    { path: ['central', 'port'], claims: central.port },
    ...Object.entries(devices).flatMap(([kind, device]) =>
      (['port', 'device'] as const).map((name) => ({
        path: ['devices', kind, name],
        claims: device !== undefined && name in device ? device[name as keyof typeof device] : undefined,
      })),
    ),
  ].flatMap(({ path, claims }) => {
    // A printer's port is a TCP port of another machine.
    const isOurs = path[0] !== 'devices' || typeof claims === 'string';
    if (claims === undefined || claims === 0 || !isOurs) return [];
    const other = claimed.get(String(claims));
    claimed.set(String(claims), path.join('.'));
    return other === undefined ? [] : [{ path, message: `${other} has ${claims} already: give another` }];
  });
}
