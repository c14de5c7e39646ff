import { isBitSet, TAG } from '../dictionary/index.ts';
import type { Answer, CardholderQuestion } from '../kernel/index.ts';
import { Secret, toHex } from '../values/index.ts';
import type { RecordedCard } from './player.ts';
import type { Exchange } from './recording.ts';
import { dataField, questionsOf, toldIn } from './told.ts';

const VERIFY = 0x20;
/** A PIN that a trace does not hold, or that went enciphered: the card's recorded answer decides, whatever it is. */
const SOME_PIN = '000000';
/** The block of a plaintext PIN (EMV Book 3, §6.5.12): 2, length, digits, F. */
const PLAIN_BLOCK = /^2([4-9A-C])([0-9]{4,12})F+$/;

const pinOf = (digits: string): Answer => ({ kind: 'entered', pin: new Secret(new TextEncoder().encode(digits)) });

/** The PIN of a recorded VERIFY, where it is there in the clear. */
function recordedPin({ command }: Exchange): string {
  const [, length = '', digits = ''] = PLAIN_BLOCK.exec(toHex(dataField(command))) ?? [];
  return digits.length === Number.parseInt(length, 16) ? digits : SOME_PIN;
}

/** What the TVR of the first GENERATE AC says of a PIN that nobody entered (EMV Book 3, annex C5). */
function withoutPin({ recording }: RecordedCard): 'bypassed' | 'unavailable' | undefined {
  const tvr = toldIn(questionsOf(recording)).get(TAG.tvr);
  if (tvr === undefined) return undefined;
  if (isBitSet(tvr, 3, 4)) return 'bypassed';
  return isBitSet(tvr, 3, 5) ? 'unavailable' : undefined;
}

function offlinePin(card: RecordedCard): Answer {
  const verify = card.ahead.find(({ command }) => command[1] === VERIFY);
  if (verify !== undefined) return pinOf(recordedPin(verify));
  const none = withoutPin(card);
  // A reader with its own key pad sends VERIFY itself: nobody else has seen it.
  return none === undefined ? { kind: 'verified-on-reader', sw: 0x9000 } : { kind: none };
}

/** What the cardholder did, as far as the recording tells; a document is always the right one. */
export function recordedCardholder(method: CardholderQuestion['method'], card: RecordedCard): Answer {
  switch (method) {
    case 'online-pin': {
      const none = withoutPin(card);
      const block = new Secret(new Uint8Array(8));
      return none === undefined
        ? { kind: 'entered', pin: { block, format: 'iso-0', keyId: 'replay' } }
        : { kind: none };
    }
    case 'offline-pin':
      return offlinePin(card);
    case 'id-document':
      return { kind: 'confirmed' };
  }
}
