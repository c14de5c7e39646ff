import type { Config } from './schema.ts';
import type { SettingPath } from './setting-path.ts';

/** Two settings that are right by themselves, and claim the same thing. */
interface Clash {
  /** The later of the two. */
  readonly path: SettingPath;
  readonly message: string;
}

/** Port 0 is whichever is free. */
const addressOf = ({ host, port }: Config['register']): string | undefined =>
  port === 0 ? undefined : `${host}:${port}`;

/** Addresses of the two APIs, and files of devices. */
export function clashes({ register, central, devices }: Config): readonly Clash[] {
  const claimed = new Map<string, string>();
  return [
    { path: ['register', 'port'], claims: addressOf(register) },
    { path: ['central', 'port'], claims: addressOf(central) },
    ...Object.entries(devices).flatMap(([kind, device]) =>
      (['port', 'device'] as const).map((name) => ({
        path: ['devices', kind, name],
        claims: device !== undefined && name in device ? device[name as keyof typeof device] : undefined,
      })),
    ),
  ].flatMap(({ path, claims }) => {
    // A printer's port that is a number is one of another machine.
    if (typeof claims !== 'string') return [];
    const other = claimed.get(claims);
    claimed.set(claims, path.join('.'));
    return other === undefined ? [] : [{ path, message: `${other} has ${claims} already: give another` }];
  });
}
