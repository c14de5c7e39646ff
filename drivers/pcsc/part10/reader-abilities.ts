import type { ReaderControl } from '../../ports.ts';
import { type Features, GET_FEATURE_REQUEST, readFeatures } from './features.ts';
import { type PinProperties, readPinProperties, readTlvProperties } from './pin-properties.ts';

/** What asking the reader may take: it answers by itself, without the card. */
const QUESTION_MS = 2_000;

const NOTHING = new Uint8Array(0);

export type ReaderAbilities =
  | { readonly kind: 'known'; readonly features: Features; readonly properties: PinProperties }
  /** `none`: it has no features at all; `unreadable`: what it says of them is no list. */
  | { readonly kind: 'none' | 'unreadable' | 'torn' };

/** Asks the reader whose card is being talked with what it can do for a PIN. */
export async function readerAbilities(control: ReaderControl): Promise<ReaderAbilities> {
  const answer = await control.ask({ code: GET_FEATURE_REQUEST, data: NOTHING, timeoutMs: QUESTION_MS });
  if (answer.kind === 'torn') return { kind: 'torn' };
  if (answer.kind !== 'answered') return { kind: 'none' };
  const features = readFeatures(answer.bytes);
  if (features === undefined) return { kind: 'unreadable' };
  return { kind: 'known', features, properties: await properties(control, features) };
}

/** The newer way where the reader has it, the older one where not. One that answers nonsense has told nothing. */
async function properties(control: ReaderControl, features: Features): Promise<PinProperties> {
  const ways = [
    { code: features.get('get-tlv-properties'), read: readTlvProperties },
    { code: features.get('ifd-pin-properties'), read: readPinProperties },
  ];
  for (const { code, read } of ways) {
    if (code === undefined) continue;
    const answer = await control.ask({ code, data: NOTHING, timeoutMs: QUESTION_MS });
    const told = answer.kind === 'answered' ? read(answer.bytes) : undefined;
    if (told !== undefined) return told;
  }
  return {};
}
