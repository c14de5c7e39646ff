import { describe, expect, it } from 'vitest';
import { caKeysOf } from '../../emv/oda/index.ts';
import {
  type Exchange,
  isContact,
  lacksCertificates,
  type Recording,
  redact,
  redactCommand,
  replay,
  replayInput,
  strictCard,
  writeRecording,
} from '../../emv/trace/index.ts';
import type { Behaviour } from '../card/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { type Circumstances, insertAndBuy, tapAndBuy } from './dialogue-at-terminal.ts';

/** One purchase of 12.80, and what went over the reader; `scrub` as in a daemon, which keeps no PIN. */
function recorded(pay: typeof insertAndBuy, id: string, circumstances: Circumstances, scrub: boolean) {
  const exchanges: Exchange[] = [];
  const listen: Behaviour = (command, _n, next) => {
    const kept = scrub ? redactCommand(command) : command.slice();
    const answer = next(command);
    exchanges.push({ command: kept, response: answer instanceof Uint8Array ? answer : new Uint8Array() });
    return answer;
  };
  const { outcome } = pay(id, 1280, { ...circumstances, faults: [listen] });
  return { outcome, recording: { exchanges } };
}

function played(recording: Recording) {
  const made = replayInput(recording, { caKeys: caKeysOf(testCaKeys()) });
  if (made.kind === 'missing') throw new Error(made.what);
  const card = strictCard(recording);
  const replayed = replay(isContact(recording) ? 'contact' : 'contactless', made.input, card, 'approved');
  const end = replayed.kind === 'ended' ? replayed.outcome.kind : replayed.kind;
  return `${end}, ${recording.exchanges.length - card.used} not used`;
}

describe('what passed between a card of the tray and a terminal', () => {
  it.each<[string, typeof insertAndBuy, Circumstances]>([
    ['debit-contact', insertAndBuy, {}],
    ['debit-contactless', tapAndBuy, {}],
    ['ec-contact', insertAndBuy, { online: false }],
    ['offline-pin', insertAndBuy, {}],
    ['offline-pin-enciphered', insertAndBuy, {}],
    ['pin-blocked', insertAndBuy, {}],
    ['sda-contact', insertAndBuy, {}],
    ['cda-contact', insertAndBuy, { forced: true }],
    ['sm2-contact', insertAndBuy, {}],
    ['rich', tapAndBuy, {}],
  ])('%s replays to the same end, command by command', (id, pay, circumstances) => {
    const { outcome, recording } = recorded(pay, id, circumstances, false);
    expect(outcome.kind).toBe('approved');
    expect(played(recording)).toBe('approved, 0 not used');
  });

  it.each(['offline-pin', 'offline-pin-enciphered'])(
    '%s replays without its PIN, while its certificates are there',
    (id) => {
      const { recording } = recorded(insertAndBuy, id, {}, true);
      const text = JSON.stringify(writeRecording(recording));
      expect(text).toMatch(/"c":"002000(80080{16}|88[0-9A-F]{2}0+)"/);
      expect(played(recording)).toBe('approved, 0 not used');
      expect(lacksCertificates(recording)).toBe(false);
      expect(lacksCertificates(redact(recording))).toBe(true);
      expect(played(redact(recording))).toMatch(/^mismatch/);
    },
  );
});
