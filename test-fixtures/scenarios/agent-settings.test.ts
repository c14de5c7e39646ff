import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Loaded } from '../../agent/config/config-file.ts';
import { readConfig } from '../../agent/config/read-config.ts';
import { runningConfiguration } from '../../agent/config/running.ts';
import { tearAt } from '../card/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';

interface Reload {
  readonly changes?: readonly { readonly path: string; readonly effect: string }[];
  readonly code?: string;
  readonly problems?: readonly { readonly at: string }[];
}

describe('settings that are read anew while the agent runs', () => {
  let agent: AgentUnderTest;
  /** What stands in the settings file. */
  let file: Record<string, unknown>;

  beforeEach(async () => {
    agent = await AgentUnderTest.prepare({ payment: { presentAgainMs: 1_000 } });
    file = { stateDir: agent.folder, clearing: { url: agent.clearing.url }, payment: { presentAgainMs: 1_000 } };
    const load = (): Loaded => {
      const read = readConfig(file, {});
      return read.kind === 'config' ? { ...read, pem: {} } : read;
    };
    const started = readConfig(file, {});
    if (started.kind === 'invalid') throw new Error(JSON.stringify(started.problems));
    agent.unusual = { configuration: runningConfiguration(started, load, () => {}) };
    await agent.up();
    await agent.ready();
  });
  afterEach(() => agent.stop());

  const reload = (more: object) => {
    file = { ...file, ...more };
    return agent.call<Reload>('POST', '/v1/settings/reload');
  };

  test('a bound of offline sales holds at once; an address does not, and is told', async () => {
    const { body } = await reload({ offline: { maxUnacknowledgedSumMinor: 250 }, timeZone: 'UTC' });
    expect(body.changes).toEqual([
      { path: 'timeZone', effect: 'needs-restart' },
      { path: 'offline.maxUnacknowledgedSumMinor', effect: 'applied' },
    ]);
    expect((await agent.status()).limits.floorMinor).toBe(250);
    const shown = await agent.call<{ settings: { path: string; value?: unknown }[] }>('GET', '/v1/settings');
    expect(
      shown.body.settings.filter(({ path }) => ['timeZone', 'offline.maxUnacknowledgedSumMinor'].includes(path)),
    ).toMatchObject([{ value: 'Asia/Shanghai' }, { value: 250 }]);
  });

  test('settings that are wrong change nothing, and say why', async () => {
    const { status, body } = await reload({ offline: { maxUnacknowledgedSumMinor: 250 }, typo: 1 });
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'settings-invalid' });
    expect(body.problems?.map(({ at }) => at)).toEqual(['typo']);
    expect((await agent.status()).limits.floorMinor).toBe(50_000);
  });

  test('a payment ends under the limits under which it began, the next has the new ones', async () => {
    const last = await agent.commandsOf('rich');
    const id = await agent.pay(250);
    await reload({ payment: { presentAgainMs: 60_000, awaitCardMs: 1_000 } });
    await agent.tap('rich', tearAt(last, 'after-card'));
    expect((await agent.reaches(id, ...FINAL)).state).toBe('undecided');
    expect((await agent.reaches(await agent.pay(250), ...FINAL)).state).toBe('cancelled');
  });
});
