import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, Subject } from './machine.ts';

type Read = Pick<Subject, 'configPath' | 'settings' | 'denied'>;

export function judgeSettings({ configPath, settings, denied }: Read): Finding[] {
  const id = 'settings.file';
  if (denied)
    return [unknown(id, `this user may not read ${configPath}`, 'run the doctor as the daemon’s user or as root')];
  const where = configPath ?? 'the environment';
  if (settings.kind === 'config')
    return [ok(id, `the settings are right (${where})`), judgeTrial(settings.config.acceptTestKeys)];
  if (configPath === undefined)
    return [
      warn(id, 'there are no settings yet', {
        cause: 'the daemon does not know its folder and its clearing host',
        remedy: 'jdpos setup; or jdpos config set stateDir FOLDER clearing.url URL',
      }),
    ];
  return settings.problems.map(({ at, message, from }) =>
    fail(id, `${at || 'the file'}: ${message}`, {
      cause: `the daemon does not start with it (${from ?? where})`,
      remedy: `jdpos config check ${configPath}`,
    }),
  );
}

function judgeTrial(acceptTestKeys: boolean): Finding {
  const id = 'settings.test-keys';
  if (!acceptTestKeys) return ok(id, 'keys that are marked TEST are refused');
  return warn(id, 'keys that are marked TEST are taken', {
    cause: 'everybody can make cards that such a centre pays for',
    remedy: 'in a shop: jdpos config unset acceptTestKeys',
  });
}

export const settingsFile: Check = {
  id: 'settings.file',
  limitMs: 1_000,
  run: async (_machine, subject) => judgeSettings(subject),
};
