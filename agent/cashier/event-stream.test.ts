import { describe, expect, it } from 'vitest';
import { FIRST_WAIT_MS, keepStream, LONGEST_WAIT_MS } from './event-stream.ts';

type Listener = (event: { readonly data?: unknown }) => void;

/** Streams that the test opens, feeds and breaks; timers that it lets run. */
function world() {
  const sources: { closed: boolean; fire: (type: string, data?: unknown) => void }[] = [];
  const timers: { delayMs: number; work: () => void; stopped: boolean }[] = [];
  const log: unknown[] = [];
  const stop = keepStream(
    {
      open: () => {
        const listeners = new Map<string, Listener>();
        const source = { closed: false, fire: (type: string, data?: unknown) => listeners.get(type)?.({ data }) };
        sources.push(source);
        return {
          addEventListener: (type, listener) => listeners.set(type, listener),
          close: () => {
            source.closed = true;
          },
        };
      },
      after: (delayMs, work) => {
        const timer = { delayMs, work, stopped: false };
        timers.push(timer);
        return () => {
          timer.stopped = true;
        };
      },
    },
    {
      onOpen: () => log.push('open'),
      onEvent: (name, data) => log.push([name, data]),
      onLost: () => log.push('lost'),
    },
  );
  return { sources, timers, log, stop };
}

describe('the event stream', () => {
  it('hands on events as they come, and undefined for what is no JSON', () => {
    const { sources, log } = world();
    sources[0]?.fire('open');
    sources[0]?.fire('payment', '{"id":"a"}');
    sources[0]?.fire('queue', 'not json');
    expect(log).toEqual(['open', ['payment', { id: 'a' }], ['queue', undefined]]);
  });

  it('opens a new stream after a break, waiting longer each time until one opens', () => {
    const { sources, timers, log } = world();
    for (let n = 0; n < 5; n++) {
      sources[n]?.fire('error');
      timers[n]?.work();
    }
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([
      FIRST_WAIT_MS,
      1_000,
      2_000,
      LONGEST_WAIT_MS,
      LONGEST_WAIT_MS,
    ]);
    expect(sources.slice(0, 5).every(({ closed }) => closed)).toBe(true);
    sources[5]?.fire('open');
    sources[5]?.fire('error');
    expect(timers[5]?.delayMs).toBe(FIRST_WAIT_MS);
    expect(log).toEqual(['lost', 'lost', 'lost', 'lost', 'lost', 'open', 'lost']);
  });

  it('counts one break once', () => {
    const { sources, timers, log } = world();
    sources[0]?.fire('error');
    sources[0]?.fire('error');
    expect(timers).toHaveLength(1);
    expect(log).toEqual(['lost']);
  });

  it('stops for good, open or waiting', () => {
    const open = world();
    open.stop();
    expect(open.sources[0]?.closed).toBe(true);
    const waiting = world();
    waiting.sources[0]?.fire('error');
    waiting.stop();
    expect(waiting.timers[0]?.stopped).toBe(true);
  });
});
