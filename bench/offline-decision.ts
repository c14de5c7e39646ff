import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILL, type OfflinePolicy, STALENESS } from '../agent/risk/policy.ts';
import { terminalStanding } from '../agent/standing.ts';
import { cardToken } from '../clearing/contract/record/index.ts';
import { fen } from '../emv/values/index.ts';
import { openQueue } from '../offline-queue/index.ts';
import { approval, draft, IDENTITY, MASTER, pan, registration } from '../offline-queue/test-support.ts';

const POLICY: OfflinePolicy = {
  maxUnacknowledgedSum: fen(100_000_000),
  maxUnacknowledgedCount: 100_000,
  maxUnacknowledgedAgeS: 86_400,
  staleness: STALENESS,
  fill: FILL,
  terminalDay: { count: 100_000, sum: fen(100_000_000) },
  cardDay: { count: 200, sum: fen(1_000_000) },
  cardIntervalS: 0,
};
/** A minute after the records of `draft`. */
const NOW = Date.parse('2026-03-09T10:16:30.000+08:00');

/** PANs of the test scheme, one after the other. */
const panOf = (number: number) => pan(`622848${String(number).padStart(13, '0')}`);

/** A queue in which so many cards have paid once today, and the decision about one of them. */
export function decisionAmong(cards: number): { decide(): unknown; end(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-bench-'));
  const queue = openQueue({ path: join(folder, 'queue.db'), masterKey: MASTER, random: randomBytes });
  queue.identity.enrol(IDENTITY);
  queue.hotlist.apply({ version: 1, full: true, add: [], remove: [], at: new Date(NOW).toISOString() });
  for (let number = 0; number < cards; number++) {
    const [id, card] = [`p${number}`, panOf(number)];
    queue.payments.register(registration(id));
    queue.commitOutcome({ ...approval(id), record: { draft: draft(id, {}, card), pan: card } });
  }
  const standing = terminalStanding({
    queue,
    sync: {
      hotlist: { status: () => ({ version: 1, ageS: 1 }) },
      parameters: { current: () => undefined, ageS: () => 1 },
      stopped: () => undefined,
      reachability: () => ({ reachable: false }),
    },
    policy: POLICY,
    clock: { now: () => NOW, monotonic: () => 0 },
    timeZone: 'Asia/Shanghai',
    builtAt: 0,
    hasOpenDebt: () => false,
  });
  const token = cardToken(IDENTITY.cardTokenKey, panOf(cards >> 1));
  return {
    decide() {
      const decision = standing.offline(fen(1_280), fen(50_000), token);
      if (decision.kind !== 'allowed') throw new Error(`refused: ${decision.reason}`);
      return decision;
    },
    end() {
      queue.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
