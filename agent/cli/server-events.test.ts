import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents } from './server-events.ts';

async function eventsOf(...chunks: Uint8Array[]) {
  const events = [];
  for await (const event of readEvents(
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    }),
  )) {
    events.push(event);
  }
  return events;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const STREAM = [
  'retry: 1000\n\n:\n\n',
  'id: 500\nevent: payment\ndata: {"id":"a","title":"收款"}\n\n',
  'event:reader\r\ndata:{"name":"r"}\r\n\r\n',
  'id: 502\nevent: reset\ndata: {}\n\n',
  'event: queue\ndata: not json\n\n',
  'event: sync\ndata: {"reachable":\ndata: true}\n\n',
  'event: payment\ndata: {"cut":"off"}',
].join('');

const EVENTS = [
  { name: 'payment', data: { id: 'a', title: '收款' } },
  { name: 'reader', data: { name: 'r' } },
  { name: 'reset', data: {} },
  { name: 'sync', data: { reachable: true } },
];

describe('server-sent events', () => {
  it('are read as they come; comments, what is no JSON and what is cut off are left out', async () => {
    expect(await eventsOf(bytes(STREAM))).toEqual(EVENTS);
  });

  it('do not depend on how the bytes are cut', async () => {
    const whole = bytes(STREAM);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 12 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((end, n) => whole.slice(at[n], end));
        expect(await eventsOf(...chunks)).toEqual(EVENTS);
      }),
    );
  });

  it('end when a peer sends an event without end', async () => {
    const flood = bytes(`data: ${'x'.repeat(1 << 20)}`);
    expect(await eventsOf(flood, bytes('\n\nevent: reset\ndata: {}\n\n'))).toEqual([]);
  });
});
