import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

const DAY_MS = 86_400_000;

/** What a card and a terminal may approve without the host on one day, and what ends it. */
describe('the day of a card and of a terminal', () => {
  let agent: AgentUnderTest;
  /** The terminal's clock shows noon when it starts, so that no day ends by itself; and so much more. */
  let skewMs = 0;

  afterEach(() => agent.stop());

  const start = async (offline: object, risk?: AgentUnderTest['clearing']['offlineRisk']) => {
    skewMs = 0;
    const toNoonMs = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00+08:00`) - Date.now();
    agent = await AgentUnderTest.prepare({ offline });
    agent.clearing.offlineRisk = risk;
    agent.unusual = { clock: { now: () => Date.now() + toNoonMs + skewMs, monotonic: () => performance.now() } };
    await agent.insertSam();
    await agent.up();
    await agent.ready();
  };
  const cut = async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
  };
  const back = async () => {
    agent.clearing.down = false;
    await until('the host to be back', async () => ((await agent.status()).clearing.reachable ? true : undefined));
  };
  const approved = async (card: string, amountMinor: number) =>
    expect(await agent.sale(card, amountMinor)).toMatchObject({ state: 'approved', fundedBy: 'chip', offline: true });
  const refused = async (card: string, amountMinor: number, reason: string) => {
    const before = agent.balance(card);
    const payment = await agent.sale(card, amountMinor);
    expect(payment).toMatchObject({ state: 'declined', reason, debited: 'none' });
    expect(agent.balance(card)).toBe(before);
    return payment;
  };
  const warnings = () => agent.logged.filter((line) => line.includes('breaker'));

  it('a card that has come to its count is not taken again today, at any amount; another is', async () => {
    await start({ card: { dayCount: 2 } });
    await approved('rich', 100);
    await approved('rich', 100);
    const payment = await refused('rich', 1, 'card-day-limit');
    expect(payment.reasonText?.zh).toContain('未扣款');
    expect(payment.reasonText?.en).toContain('Nothing was charged');
    expect(warnings()).toEqual([expect.stringContaining('"breaker":"card"')]);
    expect(warnings()[0]).not.toMatch(/629999[0-9]{13}/);
    await agent.restart();
    await agent.ready();
    await refused('rich', 1, 'card-day-limit');
    await approved('sm4', 100);
    expect(agent.queue.verify().kind).toBe('sound');
  });

  it('what goes beyond the sum of a day opens the breaker; smaller amounts find it open', async () => {
    await start({ card: { daySumMinor: 1_000 } });
    await approved('rich', 900);
    await refused('rich', 101, 'card-day-limit');
    await refused('rich', 100, 'card-day-limit');
    await cut();
    await refused('rich', 1, 'card-day-limit');
  });

  it('a day has an end; a clock set back does not begin the one before anew', async () => {
    await start({ card: { dayCount: 2 } });
    await approved('rich', 100);
    await approved('rich', 100);
    await refused('rich', 1, 'card-day-limit');
    await cut();
    skewMs = -DAY_MS;
    // The clock is before the last record: nothing is approved by it.
    await refused('rich', 1, 'offline-limit');
    await refused('rich', 1, 'offline-limit');
    await back();
    await until('the host to confirm the clock', async () =>
      (await agent.status()).limits.floorMinor > 0 ? true : undefined,
    );
    await refused('rich', 1, 'card-day-limit');
    skewMs = DAY_MS;
    await approved('rich', 100);
  });

  it('a card that has to wait does so over midnight as well', async () => {
    await start({ cardIntervalS: 600, card: { daySumMinor: 1_000 } });
    skewMs = DAY_MS / 2 - 60_000;
    await approved('rich', 100);
    await refused('sm4', 1_001, 'card-day-limit');
    skewMs += 120_000;
    await refused('rich', 1, 'card-too-soon');
    // That one has paid nothing, and its breaker was yesterday's.
    await approved('sm4', 100);
    skewMs += 600_000;
    await approved('rich', 1);
  });

  it('a card may have to wait between two payments', async () => {
    await start({ cardIntervalS: 600 });
    await approved('rich', 100);
    await refused('rich', 100, 'card-too-soon');
    await approved('sm4', 100);
    skewMs = 600_000;
    await approved('rich', 100);
  });

  it('a terminal that has come to its sum takes no card without the host, and says why', async () => {
    await start({ terminal: { daySumMinor: 1_000 } });
    await cut();
    await approved('rich', 900);
    expect((await agent.status()).limits.floorMinor).toBe(100);
    await refused('rich', 101, 'terminal-day-limit');
    expect((await agent.status()).limits.floorMinor).toBe(0);
    await refused('sm4', 1, 'terminal-day-limit');
    expect(warnings().length).toBe(2);
    await back();
    // With the host, the account pays.
    expect(await agent.sale('rich', 100)).toMatchObject({ state: 'approved', fundedBy: 'account', offline: false });
    skewMs = DAY_MS;
    await approved('rich', 100);
  });

  it('an amount that no floor limit allows opens no breaker', async () => {
    await start({ terminal: { daySumMinor: 1_000 } });
    await cut();
    await refused('rich', 50_001, 'offline-limit');
    await approved('rich', 1_000);
  });

  it('old lists leave a card less of its day, and open no breaker', async () => {
    await start({ card: { daySumMinor: 1_000 } });
    await cut();
    skewMs = 2 * DAY_MS;
    await approved('rich', 400);
    await refused('rich', 101, 'card-offline-limit');
    await approved('rich', 100);
    skewMs = 0;
    expect(warnings()).toEqual([]);
  });

  it('much that waits for the centre does the same', async () => {
    await start({ maxUnacknowledgedCount: 4, card: { daySumMinor: 1_000 } });
    await cut();
    for (const amountMinor of [1, 2, 3]) await approved('sm4', amountMinor);
    await refused('rich', 501, 'card-offline-limit');
    await approved('rich', 500);
  });

  it('nothing more is approved once the oldest has waited too long for the centre', async () => {
    await start({ maxUnacknowledgedAgeS: 3_600 });
    await cut();
    await approved('rich', 100);
    skewMs = 3_500_000;
    await approved('rich', 100);
    skewMs = 3_700_000;
    await refused('rich', 100, 'offline-limit');
  });

  it('purses are cards like others', async () => {
    await start({ card: { dayCount: 1 } });
    await approved('purse', 100);
    await refused('purse', 100, 'card-day-limit');
  });

  it('the centre’s bounds hold where they are stricter', async () => {
    await start({ card: { dayCount: 3 } }, { card: { dayCount: 1, daySumMinor: 99_999_999 } });
    await approved('rich', 100);
    await refused('rich', 100, 'card-day-limit');
  });
});
