import { parseHex, Secret } from '../../emv/values/index.ts';
import type { PinPadKey } from '../ports.ts';
import { FS, type Message } from './frames.ts';
import type { PadWire } from './pad-wire.ts';
import type { EntryOrder, PadEntry, PadFailure, PadKeyAnswer, PinPadProtocol } from './pin-pad-protocol.ts';

/**
 * PIN Pad 791 of Uniform Industrial Corp. after its public "PIN Pad 791 Programmer's Manual (PCI POS-A)", UDN PM0103-U Rev. 06 of
 * 2015-04-20: frames, time-outs and NAK (section 4), messages 02, 04, 08 (section 5), 70, 71, 72 with master and session keys (section
 * 9), usage, algorithm and mode of keys (appendix A). Verifone's older PINpads have much the same 02, 04, 08, 70 to 72.
 *
 * Not in that manual, and to be tried on a pad before it is ordered: whether the amount in 70 has its decimal point (taken from the
 * prompt "$xxx.xx" and, from memory, Verifone's packet 70); the LRC of SI … SO frames (done as for STX … ETX); AES, which the manual
 * reserves, and SM4, of which it does not speak. A block of 16 bytes is taken as the same message 71 with 32 digits, and an all-zero
 * session key of 32 digits stands in 70 for all ciphers.
 */
export const uicPp791: PinPadProtocol = {
  make: 'Uniform Industrial Corp. PP791',
  slots: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'F'],
  key,
  loadKey,
  enter,
};

const ANSWER_MS = 5_000;
/** The pad gives up by itself after nine times 30 s. */
const MAX_ENTRY_MS = 265_000;
const UNIT_MS = 30_000;
const MAX_UNITS = 9;
const MAX_AMOUNT = 8;
/** The selected key is a PIN key (usage P0) itself, so that no session key is under it. */
const NO_SESSION_KEY = '0'.repeat(32);

const LATIN = new TextDecoder('latin1');
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const upkeep = (text: string): Message => ({ envelope: 'upkeep', data: bytes(text) });
const SEPARATOR = String.fromCharCode(FS);
const SILENT = { kind: 'silent' } as const;
const refused = (why: string): PadFailure => ({ kind: 'refused', why });

/** Usage, mode and algorithm of a key, and the pad's own codes. What is longer could be anything, a card number too, and is not repeated. */
const CODE = /^[0-9A-Za-z?]{0,2}$/;

/** Message 04, Check Master Key, with what the key is for. A pad that was pulled may still wait for a PIN. */
async function key(wire: PadWire, slot: string): Promise<PadKeyAnswer> {
  if (!(await toIdle(wire))) return SILENT;
  const answer = await ask(wire, `04${slot}1`, '04');
  if (typeof answer !== 'string') return answer;
  const [, loaded, told = ''] = /^04([0F])(.*)$/s.exec(answer) ?? [];
  if (loaded === undefined) return refused('the pad answers message 04 with something else');
  if (loaded === '0') return { kind: 'told', key: { slot, loaded: false } };
  const fields = told.split(SEPARATOR).map((field) => field.trim());
  if (!fields.every((field) => CODE.test(field))) return refused('the pad answers message 04 with something else');
  const [usage, mode, algorithm] = fields;
  const known: PinPadKey = {
    slot,
    loaded: true,
    ...(usage && { usage }),
    ...(mode && { mode }),
    ...(algorithm && { algorithm }),
  };
  return { kind: 'told', key: known };
}

/** What the pad says of a key block that it does not take (message 02). */
const KEY_ERRORS: Readonly<Record<string, string>> = {
  '2': 'the pad has this key already',
  '3': 'the pad has no memory left',
  '4': 'the pad cannot read its keys',
  '7': 'the pad cannot decipher the key',
  A: 'the pad finds the key block malformed',
  B: 'the key is longer than the one that protects it',
  C: 'the MAC of the key block is wrong: it was made for another pad, or changed',
  D: 'the pad has no key that protects key blocks: it must be keyed in a secure room first',
  E: 'the pad takes no key of this usage there',
  F: 'the pad takes no more keys',
};

/** Message 02, Load Master Key, with a key block. The pad echoes it, and stores the key when the echo is acknowledged. */
async function loadKey(wire: PadWire, slot: string, block: string): Promise<{ readonly kind: 'loaded' } | PadFailure> {
  const order = `02${slot}${block}`;
  if (!(await toIdle(wire))) return SILENT;
  const sent = await wire.send(upkeep(order));
  if (sent === 'ended') return refused('the pad breaks off: it takes no such key block');
  if (sent !== 'acknowledged') return SILENT;
  const received = await wire.receive('02', { timeoutMs: ANSWER_MS });
  if (received.kind === 'ended') return refused('the pad breaks off: it takes no such key block');
  if (received.kind !== 'message') return failureOf(received.kind);
  const answer = LATIN.decode(received.data);
  await wire.awaitEnd();
  if (answer === order) return { kind: 'loaded' };
  const [, code] = /^02\?(.)$/.exec(answer) ?? [];
  return refused(code === undefined ? 'the pad echoes another key block' : wordsOf(KEY_ERRORS, code));
}

/** What the pad says instead of a PIN block (message 71). */
const ENTRY_ERRORS: Readonly<Record<string, string>> = {
  '0': 'no card number was given',
  '1': 'the selected key is not for PINs alone',
  '2': 'the card number is too short',
  '3': 'the card number is too long',
  '4': 'the card number has other characters than digits',
  '5': 'the session key is malformed',
  '6': 'the time-out is malformed',
  '7': 'the pad takes no more PINs within this hour: it protects its keys',
  '8': 'the amount is malformed',
  '9': 'the pad has no PIN key there',
  A: 'the selected key is not for PINs',
  B: 'the pad cannot read or write its memory',
  C: 'the pad has no memory left',
  E: 'a field has a wrong length',
  G: 'the pad misses a file',
};

const wordsOf = (table: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(table, code) ? `${table[code]} (code ${code})` : `the pad refuses with code ${code}`;

/** Idle (72), key selected (08), then 70, and 71 when the PIN is typed. */
async function enter(wire: PadWire, order: EntryOrder): Promise<PadEntry> {
  const amount = (order.amount / 100).toFixed(2);
  if (amount.length > MAX_AMOUNT) return refused('the amount is too long for the pad');
  if (!(await toIdle(wire))) return SILENT;
  const selected = await select(wire, order.slot);
  if (selected !== undefined) return selected;
  if (order.signal.aborted) return { kind: 'cancelled' };
  const asked = await sendOrder(wire, order, amount);
  if (asked === 'acknowledged') {
    const entry = await typed(wire, order);
    const idle = entry.kind !== 'silent' && (await toIdle(wire));
    return idle || entry.kind === 'entered' || entry.kind === 'bypassed' ? entry : SILENT;
  }
  if (asked === 'lost') return SILENT;
  await toIdle(wire);
  return asked === 'ended' ? refused('the pad breaks off: it takes no PIN now') : SILENT;
}

/** Message 72 ends whatever the pad does: it answers EOT in the middle of something, ACK otherwise. */
async function toIdle(wire: PadWire): Promise<boolean> {
  const sent = await wire.send({ envelope: 'payment', data: bytes('72') });
  return sent === 'acknowledged' || sent === 'ended';
}

/** Message 08, Select Master Key. */
async function select(wire: PadWire, slot: number): Promise<PadFailure | undefined> {
  const answer = await ask(wire, `08${slot}`, '08');
  if (typeof answer !== 'string') return answer;
  if (answer === '080') return undefined;
  const code = answer.slice(2);
  return refused(`the pad does not select key ${slot}${CODE.test(code) ? `: ${code}` : ''}`);
}

async function sendOrder(wire: PadWire, { pan, timeoutMs }: EntryOrder, amount: string) {
  const units = Math.min(MAX_UNITS, Math.floor(timeoutMs / UNIT_MS) + 1);
  const fields = [`70.${pan.reveal()}`, `${NO_SESSION_KEY}${amount}`, String(units)];
  const message: Message = { envelope: 'payment', data: bytes(fields.join(SEPARATOR)) };
  try {
    return await wire.send(message);
  } finally {
    message.data.fill(0);
  }
}

async function typed(wire: PadWire, { timeoutMs, signal, blockLength }: EntryOrder): Promise<PadEntry> {
  const received = await wire.receive('71', { timeoutMs: Math.min(timeoutMs, MAX_ENTRY_MS), signal });
  switch (received.kind) {
    case 'message':
      return entryOf(received.data, blockLength);
    case 'ended':
    case 'aborted':
      return { kind: 'cancelled' };
    case 'late':
      return { kind: 'timed-out' };
    case 'garbled':
    case 'lost':
      return failureOf(received.kind);
  }
}

const DAMAGED = 'its answers come damaged: look at its cable, and the speed and parity in the settings';
const failureOf = (kind: 'garbled' | 'late' | 'lost' | 'aborted'): PadFailure =>
  kind === 'garbled' ? refused(DAMAGED) : SILENT;

/** Message 71: function key, length of the PIN (00: left out), format 01, the block in hex; or an error code. */
function entryOf(data: Uint8Array, blockLength: number): PadEntry {
  const text = LATIN.decode(data);
  data.fill(0);
  const [, code] = /^71(.)$/.exec(text) ?? [];
  if (code !== undefined) return refused(wordsOf(ENTRY_ERRORS, code));
  const [, length, digits = ''] = /^71\.0([0-9]{2})01([0-9A-F]*)$/.exec(text) ?? [];
  if (length === '00') return { kind: 'bypassed' };
  const block = length !== undefined && digits.length === 2 * blockLength ? parseHex(digits) : undefined;
  if (block === undefined || Number(length) < 4 || Number(length) > 12) {
    return refused('the pad gives no PIN block of the length that its settings name');
  }
  return { kind: 'entered', block: new Secret(block) };
}

/** One message of upkeep and its answer, as text. */
async function ask(wire: PadWire, text: string, start: string): Promise<string | PadFailure> {
  const sent = await wire.send(upkeep(text));
  if (sent === 'ended') return refused(`the pad breaks off at message ${start}`);
  if (sent !== 'acknowledged') return SILENT;
  const received = await wire.receive(start, { timeoutMs: ANSWER_MS });
  if (received.kind === 'ended') return refused(`the pad breaks off at message ${start}`);
  if (received.kind !== 'message') return failureOf(received.kind);
  await wire.awaitEnd();
  return LATIN.decode(received.data);
}
