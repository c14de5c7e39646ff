import { describe, expect, it } from 'vitest';
import { type AgentEvent, EVENTS_KEPT, eventLog } from './event-log.ts';

const ids = (log: ReturnType<typeof eventLog>, since: number) => {
  const replay = log.since(since);
  return replay.kind === 'events' ? replay.events.map(({ id }) => id) : replay.kind;
};

describe('the event log', () => {
  it('numbers events and hands them to who listens', () => {
    const log = eventLog(500);
    const seen: AgentEvent[] = [];
    const stop = log.subscribe((event) => seen.push(event));
    log.publish('payment', { id: 'a' });
    log.publish('queue', { unacknowledgedCount: 1 });
    stop();
    log.publish('reader', {});
    expect(seen).toEqual([
      { id: 500, name: 'payment', data: '{"id":"a"}' },
      { id: 501, name: 'queue', data: '{"unacknowledgedCount":1}' },
    ]);
    expect(log.latestId()).toBe(502);
  });

  it.each([
    ['nothing missed', 502, []],
    ['one missed', 501, [502]],
    ['all missed', 499, [500, 501, 502]],
    ['before the first: an earlier run', 498, 'reset'],
    ['never given: a later run', 503, 'reset'],
    ['no number', Number.NaN, 'reset'],
  ])('%s', (_name, since, expected) => {
    const log = eventLog(500);
    for (let count = 0; count < 3; count++) log.publish('sync', {});
    expect(ids(log, since)).toEqual(expected);
  });

  it('an empty log goes on from its latest id, and knows no other', () => {
    expect(ids(eventLog(500), 499)).toEqual([]);
    expect(ids(eventLog(500), 498)).toBe('reset');
  });

  it('keeps the last thousand', () => {
    const log = eventLog(1);
    for (let count = 0; count < EVENTS_KEPT + 5; count++) log.publish('sync', {});
    expect(EVENTS_KEPT).toBe(1000);
    expect(ids(log, 4)).toBe('reset');
    expect(ids(log, 5)).toHaveLength(1000);
    expect(ids(log, 1004)).toEqual([1005]);
  });
});
