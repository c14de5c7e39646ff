import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { clientMessages, type FromClient, type FromServer, serverMessages, wireLine } from './reader-wire.ts';

describe('the wire between readers and their users', () => {
  it.each<[string, FromServer]>([
    [
      '{"kind":"reader","reader":{"id":0,"name":"R","role":"sam","state":"card","card":{"arrival":7,"atr":"3B80"}}}\n',
      {
        kind: 'reader',
        reader: { id: 0, name: 'R', role: 'sam', state: 'card', card: { arrival: 7, atr: hex('3B80') } },
      },
    ],
    [
      '{"kind":"exchanged","ask":3,"answer":{"kind":"answered","response":"9000"}}\n',
      { kind: 'exchanged', ask: 3, answer: { kind: 'answered', response: hex('9000') } },
    ],
    ['{"kind":"opened","ask":4,"channel":null}\n', { kind: 'opened', ask: 4, channel: null }],
  ])('carries what the server says: %s', (line, message) => {
    expect(wireLine(message)).toBe(line);
    expect(serverMessages()(line)).toEqual([message]);
  });

  it.each<[string, FromClient]>([
    [
      '{"kind":"exchange","ask":1,"channel":2,"command":"00A4040000","timeoutMs":500}\n',
      { kind: 'exchange', ask: 1, channel: 2, command: hex('00A4040000'), timeoutMs: 500 },
    ],
  ])('carries what the client says: %s', (line, message) => {
    expect(wireLine(message)).toBe(line);
    expect(clientMessages()(line)).toEqual([message]);
  });

  it.each([
    'no JSON\n',
    '{}\n',
    '{"kind":"close"}\n',
    '{"kind":"close","ask":1,"channel":2,"more":0}\n',
    '{"kind":"exchange","ask":1,"channel":2,"command":"0","timeoutMs":500}\n',
    '{"kind":"close","ask":-1,"channel":2}\n',
    'x'.repeat(65_537),
  ])('takes nothing else: %.60s', (text) => {
    expect(clientMessages()(text)).toBeUndefined();
  });

  it('is the same however it is cut into pieces', () => {
    const text = '{"kind":"closed","ask":1}\n{"kind":"opened","ask":2,"channel":9}\n{"kind":"closed","ask":3}\n';
    const whole = serverMessages()(text);
    expect(whole).toHaveLength(3);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), (places) => {
        const receive = serverMessages();
        const ends = [...places.sort((a, b) => a - b), text.length];
        const heard = ends.map((end, at) => receive(text.slice(ends[at - 1] ?? 0, end)) ?? []);
        expect(heard.flat()).toEqual(whole);
      }),
    );
  });

  it('never fails on any text', () => {
    fc.assert(fc.property(fc.array(fc.string()), (pieces) => void pieces.map(clientMessages())));
  });
});
