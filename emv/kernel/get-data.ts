import { getData } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { parseTlv } from '../tlv/index.ts';
import { type Fen, parseAmount, readUint } from '../values/index.ts';
import type { Step } from './requests.ts';
import { SUCCESS, transceive } from './transceive.ts';

/** What GET DATA gave; no value is no failure: 6A88, 6985 and the like only mean that the card does not tell. */
type Told<T> = { readonly kind: 'told'; readonly value: T | undefined } | { readonly kind: 'torn' };

/** One data object by GET DATA (EMV Book 3, §6.5.7): its value. */
export function* readObject(tag: number): Step<Told<Uint8Array>> {
  const reply = yield* transceive(getData(tag));
  if (reply.kind === 'torn') return reply;
  const parsed = reply.kind === 'answered' && reply.sw === SUCCESS ? parseTlv(reply.data) : undefined;
  const object = parsed?.kind === 'parsed' && parsed.nodes.length === 1 ? parsed.nodes[0] : undefined;
  return { kind: 'told', value: object?.tag === tag ? object.value : undefined };
}

/** The electronic-cash balance (9F79), where the card gives it. */
export function* readBalance(): Step<Told<Fen>> {
  const told = yield* readObject(TAG.ecBalance);
  return told.kind === 'torn' ? told : { kind: 'told', value: told.value && parseAmount(told.value) };
}

/** The application transaction counter (9F36). */
export function* readAtc(): Step<Told<number>> {
  const told = yield* readObject(TAG.atc);
  if (told.kind === 'torn') return told;
  return { kind: 'told', value: told.value?.length === 2 ? readUint(told.value) : undefined };
}

/** Tries left for the offline PIN (9F17). */
export function* readPinTryCounter(): Step<Told<number>> {
  const told = yield* readObject(TAG.pinTryCounter);
  if (told.kind === 'torn') return told;
  return { kind: 'told', value: told.value?.length === 1 ? readUint(told.value) : undefined };
}
