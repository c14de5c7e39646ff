import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Reloaded } from '../config/running.ts';
import { someOf } from '../some-of.ts';
import { registerProblem } from './problems.ts';

export interface SettingsParts {
  /** Absent where the agent was not started from a file and an environment. */
  readonly settings?: {
    readonly effective: () => readonly EffectiveSetting[];
    readonly reload: () => Reloaded;
  };
}

/** The settings as they hold in the daemon (docs/configuration.md). */
export const settingsResource = z.strictObject({
  settings: z.array(
    z.strictObject({
      path: z.string(),
      /** `[secret]` for a secret; absent: not set. */
      value: z.json().exactOptional(),
      source: z.enum(['default', 'file', 'environment', 'parameters']),
      /** The file with its line, the variable, or the version of the parameters. */
      from: z.string().exactOptional(),
      /** What holds where nothing is set. */
      absent: z.string().exactOptional(),
    }),
  ),
});

export const reloadResource = z.strictObject({
  /** What differs from what held until now. */
  changes: z.array(z.strictObject({ path: z.string(), effect: z.enum(['applied', 'needs-restart']) })),
});

export function addSettings(app: ApiServer, parts: SettingsParts): void {
  const kept = () => {
    if (parts.settings === undefined) {
      throw registerProblem('settings-not-kept', {
        detail: 'start it with `jdpos run`, which reads a file and the environment',
      });
    }
    return parts.settings;
  };
  app.get(
    '/v1/settings',
    {
      schema: {
        summary: 'Each setting as it holds, and where it comes from',
        response: { 200: settingsResource, ...problemResponses(409) },
      },
    },
    async () => settingsResource.parse({ settings: kept().effective() }),
  );
  app.post(
    '/v1/settings/reload',
    {
      schema: {
        summary: 'Read the settings anew',
        body: z.strictObject({}).nullish(),
        response: { 200: reloadResource, ...problemResponses(400, 409, 422) },
      },
    },
    async () => {
      const reloaded = kept().reload();
      if (reloaded.kind === 'reloaded') return { changes: [...reloaded.changes] };
      const faults = reloaded.problems.map(({ at, message }) => `${at}: ${message}`);
      const detail = someOf(faults, 1);
      throw registerProblem('settings-invalid', { detail, extra: { problems: [...reloaded.problems] } });
    },
  );
}
