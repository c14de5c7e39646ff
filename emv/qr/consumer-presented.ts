import { TAG, tagInfo } from '../dictionary/index.ts';
import { parseTrack2 } from '../kernel/track2.ts';
import { parseTlv, type Tlv } from '../tlv/index.ts';
import { type CivilDate, Pan, parseCompressedNumeric, readUint, Secret, toHex } from '../values/index.ts';
import { parseBase64 } from './base64.ts';

/** The cryptogram of a customer's device, for the host: nobody here can check it. */
export interface CpmCryptogram {
  /** 9F26, 8 bytes. */
  readonly cryptogram: Uint8Array;
  /** 9F36. */
  readonly atc: number;
  /** 9F10. */
  readonly issuerApplicationData: Uint8Array;
  /** 9F37, 4 bytes: the device's own. */
  readonly unpredictableNumber?: Uint8Array;
  /** 9F27. */
  readonly informationData?: number;
}

/** One application that the customer's device offers; what the code gives for all of them is in each. */
export interface CpmApplication {
  /** 4F, 5 to 16 bytes. */
  readonly aid: Uint8Array;
  /** 50, printable; empty when there is none. */
  readonly label: string;
  /** 5A, else from track 2: as a rule a token's number, not the card's. */
  readonly pan?: Pan;
  readonly panSequence?: number;
  /** From track 2. */
  readonly expiry?: CivilDate;
  /** 57 as it stands: for the host alone. */
  readonly track2?: Secret;
  /** 9F25: the card's last four digits, for the receipt. */
  readonly lastFour?: string;
  /** 9F19, 11 digits. */
  readonly tokenRequestorId?: string;
  /** 9F24, 29 characters. */
  readonly paymentAccountReference?: string;
  readonly chip?: CpmCryptogram;
}

export type CpmErrorCode =
  | 'too-long'
  | 'not-base64'
  | 'not-tlv'
  /** It does not begin with 85 'CPVnn'. */
  | 'not-cpm'
  /** Another version than 01. */
  | 'unknown-version'
  /** No application template (61), or one without its name (4F). */
  | 'no-application'
  /** A data object twice in one template, or two common templates. */
  | 'duplicate'
  /** A data object has a length or form that its tag cannot have. */
  | 'wrong-value'
  /** 5A and 57 name two numbers. */
  | 'contradiction'
  /** A cryptogram without ATC or issuer data. */
  | 'incomplete-cryptogram';

export type ParsedCpm =
  /** In the order of the code: the customer's preference. */
  | { readonly kind: 'cpm'; readonly applications: readonly CpmApplication[] }
  | { readonly kind: 'malformed'; readonly code: CpmErrorCode; readonly tag?: number };

/** What a QR code of the largest version holds in bytes (ISO/IEC 18004). */
export const MAX_CODE_CHARACTERS = 2_953;
const VERSION = '4350563031';
const FAMILY = '435056';

class Malformed {
  readonly code: CpmErrorCode;
  readonly tag: number | undefined;

  constructor(code: CpmErrorCode, tag?: number) {
    this.code = code;
    this.tag = tag;
  }
}

type Values = ReadonlyMap<number, Uint8Array>;

const TEMPLATES: readonly number[] = [TAG.applicationTransparent, TAG.commonTransparent];
/** A PAN and a track of no length are none. */
const NOT_EMPTY: readonly number[] = [TAG.pan, TAG.track2];

/** The primitive objects of a template and of the transparent template inside it, by tag, each with a length that it may have. */
function valuesOf(template: Tlv): Values | Malformed {
  const values = new Map<number, Uint8Array>();
  const level = template.children ?? [];
  const inner = level.filter(({ tag }) => TEMPLATES.includes(tag));
  if (inner.length > 1) return new Malformed('duplicate', inner[1]?.tag);
  for (const { tag, value } of [...level, ...inner.flatMap(({ children }) => children ?? [])]) {
    if (TEMPLATES.includes(tag)) continue;
    if (values.has(tag)) return new Malformed('duplicate', tag);
    const info = tagInfo(tag);
    const fits = info === undefined || (value.length >= info.minLength && value.length <= info.maxLength);
    if (!fits || (NOT_EMPTY.includes(tag) && value.length === 0)) return new Malformed('wrong-value', tag);
    values.set(tag, value);
  }
  return values;
}

/** Printable ASCII; undefined for anything else. */
function text(value: Uint8Array): string | undefined {
  const characters = String.fromCharCode(...value);
  return /^[\x20-\x7e]*$/.test(characters) ? characters : undefined;
}

function cryptogramOf(values: Values): CpmCryptogram | undefined | Malformed {
  const cryptogram = values.get(TAG.cryptogram);
  if (cryptogram === undefined) return undefined;
  const atc = values.get(TAG.atc);
  const issuerApplicationData = values.get(TAG.issuerApplicationData);
  if (atc === undefined || issuerApplicationData === undefined) return new Malformed('incomplete-cryptogram');
  const unpredictableNumber = values.get(TAG.unpredictableNumber);
  const informationData = values.get(TAG.cid)?.[0];
  return {
    cryptogram,
    atc: readUint(atc),
    issuerApplicationData,
    ...(unpredictableNumber && { unpredictableNumber }),
    ...(informationData !== undefined && { informationData }),
  };
}

/** Number and expiry, from 5A and 57 together. */
function accountOf(values: Values): Pick<CpmApplication, 'pan' | 'expiry' | 'track2'> | Malformed {
  const [number, track] = [values.get(TAG.pan), values.get(TAG.track2)];
  const pan = number && Pan.parse(parseCompressedNumeric(number) ?? '');
  if (number !== undefined && pan === undefined) return new Malformed('wrong-value', TAG.pan);
  if (track === undefined) return pan ? { pan } : {};
  const parsed = parseTrack2(track);
  if (parsed === undefined) return new Malformed('wrong-value', TAG.track2);
  if (pan !== undefined && !pan.equals(parsed.pan)) return new Malformed('contradiction', TAG.track2);
  return { pan: parsed.pan, expiry: parsed.expiry, track2: new Secret(track.slice()) };
}

/** Digits of a numeric object with a leading zero cut; undefined when it is not numeric. */
function digits(value: Uint8Array | undefined, count: number): string | undefined {
  const all = value && toHex(value);
  return all && /^[0-9]+$/.test(all) ? all.slice(-count) : undefined;
}

function applicationOf(own: Values, common: Values): CpmApplication | Malformed {
  const values: Values = new Map([...common, ...own]);
  const aid = own.get(TAG.adfName);
  if (aid === undefined) return new Malformed('no-application');
  const account = accountOf(values);
  if (account instanceof Malformed) return account;
  const chip = cryptogramOf(values);
  if (chip instanceof Malformed) return chip;
  for (const tag of [TAG.panSequence, TAG.lastFourDigits, TAG.tokenRequestorId]) {
    const value = values.get(tag);
    if (value !== undefined && digits(value, 12) === undefined) return new Malformed('wrong-value', tag);
  }
  const [sequence, lastFour] = [digits(values.get(TAG.panSequence), 2), digits(values.get(TAG.lastFourDigits), 4)];
  const tokenRequestorId = digits(values.get(TAG.tokenRequestorId), 11);
  const reference = values.get(TAG.paymentAccountReference);
  const paymentAccountReference = reference && text(reference);
  return {
    aid,
    label: text(values.get(TAG.label) ?? new Uint8Array()) ?? '',
    ...account,
    ...(sequence !== undefined && { panSequence: Number(sequence) }),
    ...(lastFour !== undefined && { lastFour }),
    ...(tokenRequestorId !== undefined && { tokenRequestorId }),
    ...(paymentAccountReference !== undefined && { paymentAccountReference }),
    ...(chip && { chip }),
  };
}

function readCpm(nodes: readonly Tlv[]): readonly CpmApplication[] | Malformed {
  const [first] = nodes;
  const version = first?.tag === TAG.payloadFormat ? toHex(first.value) : '';
  if (!version.startsWith(FAMILY) || nodes.filter(({ tag }) => tag === TAG.payloadFormat).length !== 1) {
    return new Malformed('not-cpm');
  }
  if (version !== VERSION) return new Malformed('unknown-version');
  const [shared, second] = nodes.filter(({ tag }) => tag === TAG.commonTemplate);
  if (second !== undefined) return new Malformed('duplicate', TAG.commonTemplate);
  const common = shared ? valuesOf(shared) : new Map<number, Uint8Array>();
  if (common instanceof Malformed) return common;
  const applications: CpmApplication[] = [];
  for (const template of nodes.filter(({ tag }) => tag === TAG.applicationTemplate)) {
    const own = valuesOf(template);
    const application = own instanceof Malformed ? own : applicationOf(own, common);
    if (application instanceof Malformed) return application;
    applications.push(application);
  }
  return applications.length > 0 ? applications : new Malformed('no-application');
}

/**
 * Reads the text of an EMV consumer-presented code (EMV QRCPS, Consumer-Presented Mode): base64 of BER-TLV, 85 'CPV01' first,
 * then application templates (61) and one common template (62), each with a transparent one inside (63, 64) where the
 * cryptogram is. Never throws. What it says is not verified: that is the host's.
 */
export function parseConsumerPresented(code: string): ParsedCpm {
  if (code.length > MAX_CODE_CHARACTERS) return { kind: 'malformed', code: 'too-long' };
  const bytes = parseBase64(code);
  if (bytes === undefined) return { kind: 'malformed', code: 'not-base64' };
  const parsed = parseTlv(bytes);
  if (parsed.kind === 'malformed') return { kind: 'malformed', code: 'not-tlv' };
  const read = readCpm(parsed.nodes);
  if (!(read instanceof Malformed)) return { kind: 'cpm', applications: read };
  return { kind: 'malformed', code: read.code, ...(read.tag !== undefined && { tag: read.tag }) };
}
