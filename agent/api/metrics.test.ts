import { describe, expect, it } from 'vitest';
import type { Queue } from '../../offline-queue/index.ts';
import { type MetricsParts, metrics } from './metrics.ts';

const AT = Date.parse('2026-11-24T10:00:00Z');

function watched(change: { queue?: object; sync?: object } = {}) {
  let monotonic = 0;
  const parts = {
    queue: {
      backlog: () => ({ count: 3, records: 5, sumMinor: 6_400, oldestAt: '2026-11-24T09:58:00.000Z' }),
      batches: { toUpload: () => [{}, {}], disputedRecords: () => 4 },
      reversals: { due: () => [{}] },
      ...change.queue,
    },
    sync: {
      reachability: () => ({ reachable: true }),
      hotlist: { status: () => ({ version: 1, ageS: 61 }) },
      parameters: { ageS: () => 900 },
      certificate: () => ({ notAfter: '', daysLeft: 29 }),
      troubles: () => [{}],
      counts: () => ({
        acknowledgedRecords: 1_200,
        disputedRecords: 2,
        rounds: { hotlist: { ended: 10, failed: 1 }, delivery: { ended: 20, failed: 0 } },
      }),
      ...change.sync,
    },
    // Each look at the clock takes 3 ms.
    clock: { now: () => AT, monotonic: () => (monotonic += 3) },
  };
  return metrics(parts as unknown as MetricsParts);
}

const linesOf = async (of: ReturnType<typeof metrics>): Promise<string[]> =>
  (await of.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('metrics', () => {
  it('tell how the queue and its exchange stand', async () => {
    expect(await linesOf(watched())).toEqual(
      expect.arrayContaining([
        'jdpos_unacknowledged_payments 3',
        'jdpos_unacknowledged_records 5',
        'jdpos_unacknowledged_fen 6400',
        'jdpos_oldest_unacknowledged_seconds 120',
        'jdpos_batches_to_upload 2',
        'jdpos_reversals_due 1',
        'jdpos_acknowledged_records_total 1200',
        'jdpos_disputed_records_total 2',
        'jdpos_parked_records 4',
        'jdpos_clearing_reachable 1',
        'jdpos_hotlist_age_seconds 61',
        'jdpos_parameters_age_seconds 900',
        'jdpos_certificate_days_left 29',
        'jdpos_troubles 1',
        'jdpos_sync_rounds_total{loop="hotlist"} 10',
        'jdpos_sync_retries_total{loop="hotlist"} 1',
        'jdpos_sync_retries_total{loop="delivery"} 0',
      ]),
    );
  });

  it('counters are what they are, however often they are read', async () => {
    const of = watched();
    expect(await linesOf(of)).toEqual(await linesOf(of));
  });

  it('what is not known has no value', async () => {
    const lines = await linesOf(
      watched({ sync: { certificate: () => undefined, hotlist: { status: () => ({ version: 0 }) } } }),
    );
    expect(lines.filter((line) => /certificate|hotlist_age/.test(line))).toEqual([]);
    const empty = watched({ queue: { backlog: () => ({ count: 0, records: 0, sumMinor: 0 }) } });
    expect(await linesOf(empty)).toContain('jdpos_oldest_unacknowledged_seconds 0');
  });

  it('time each commit of an outcome, one that fails as well', async () => {
    const of = watched();
    const committed = { payment: {} };
    let full = false;
    const queue = {
      commitOutcome() {
        if (full) throw new Error('disk full');
        return committed;
      },
    } as unknown as Queue;
    const timed = of.timed(queue);
    expect(timed.commitOutcome({} as never)).toBe(committed);
    full = true;
    expect(() => timed.commitOutcome({} as never)).toThrow('disk full');
    expect(await linesOf(of)).toEqual(
      expect.arrayContaining([
        'jdpos_commit_seconds_count 2',
        'jdpos_commit_seconds_sum 0.006',
        'jdpos_commit_seconds_bucket{le="0.002"} 0',
        'jdpos_commit_seconds_bucket{le="0.005"} 2',
      ]),
    );
  });
});
