import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventLog } from './event-log.ts';
import { streamEvents } from './event-stream.ts';

/** What a response is to the stream: it takes text, may be slow, and may close. */
class FakeResponse extends EventEmitter {
  head: unknown;
  text = '';
  unread = 0;
  destroyed = false;

  writeHead(_status: number, head: unknown): void {
    this.head = head;
  }
  write(text: string): void {
    this.text += text;
  }
  get writableLength(): number {
    return this.unread;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const open = (log: ReturnType<typeof eventLog>, lastEventId?: string): FakeResponse => {
  const response = new FakeResponse();
  // The stream uses no more of a response than what stands above.
  streamEvents(response as unknown as ServerResponse, log, lastEventId);
  return response;
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the event stream', () => {
  it('frames events, each with its id', () => {
    const log = eventLog(7);
    const response = open(log);
    log.publish('payment', { id: 'a' });
    expect(response.head).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(response.text).toBe('retry: 1000\n\n:\n\nid: 7\nevent: payment\ndata: {"id":"a"}\n\n');
  });

  it('sends what was missed first, then what comes', () => {
    const log = eventLog(7);
    log.publish('payment', { n: 1 });
    log.publish('payment', { n: 2 });
    const response = open(log, '7');
    log.publish('payment', { n: 3 });
    expect([...response.text.matchAll(/"n":(\d)/g)].map(([, n]) => n)).toEqual(['2', '3']);
  });

  it.each(['5', '9', '-1', '7.0', 'x', ''])('resets when it cannot tell what was missed since "%s"', (id) => {
    const log = eventLog(7);
    log.publish('payment', { n: 1 });
    expect(open(log, id).text).toContain('id: 7\nevent: reset\ndata: {}\n\n');
  });

  it('sends a comment every 15 seconds', () => {
    const response = open(eventLog(1));
    const before = response.text;
    vi.advanceTimersByTime(14_999);
    expect(response.text).toBe(before);
    vi.advanceTimersByTime(1);
    expect(response.text).toBe(`${before}:\n\n`);
    vi.advanceTimersByTime(15_000);
    expect(response.text).toBe(`${before}:\n\n:\n\n`);
  });

  it('drops a client that does not read, and forgets a client that is gone', () => {
    const log = eventLog(1);
    const response = open(log);
    response.unread = 256 * 1024;
    log.publish('payment', {});
    expect(response.destroyed).toBe(false);
    response.unread += 1;
    log.publish('payment', {});
    expect(response.destroyed).toBe(true);
    const { text } = response;
    log.publish('payment', {});
    vi.advanceTimersByTime(60_000);
    expect(response.text).toBe(text);
    expect(vi.getTimerCount()).toBe(0);
  });
});
