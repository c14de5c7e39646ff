import type { PinKeyFile } from '../../clearing/contract/index.ts';
import type { PinPad, PinPadKey, PinPadKeysAnswer } from '../../drivers/index.ts';
import { CliError } from '../cli/cli-error.ts';
import { readPinKeyFile } from '../cli/pin-key-file.ts';
import { devicesSchema } from '../config/devices.ts';
import { loadPinKey } from '../devices/load-pin-key.ts';
import { present } from '../present.ts';
import type { Asker, Choice } from './asker.ts';

type Settings = Readonly<Record<string, unknown>>;

/** The settings of the pad with the key that it is to have, and the key itself where its file is at hand. */
interface KeyedPad {
  readonly pinPad?: Settings;
  readonly pinKey?: PinKeyFile;
}

/** What flags say of the key of a pad. */
export interface PinKeyFlags {
  /** File of the key. */
  readonly pinKey?: string;
  /** The name under which the centre knows a key that is in the pad already. */
  readonly pinKeyId?: string;
  /** In which of the pad's places the key is, or is to be: 0 to 9. */
  readonly pinKeySlot?: number;
  readonly pinBlockFormat?: PinKeyFile['format'];
}

/** Asks the pad for its places; it may be away. */
export type KeysOf = (pinPad: Settings) => Promise<PinPadKeysAnswer>;

/**
 * Which key a PIN pad of its own enciphers with: one that the centre has made a file of, or one that is in it already; in which place,
 * and what the pad makes of a PIN. Throws CliError `bad-file`, and `wrong-use` where there is no pad for it.
 */
export async function choosePinKey(
  asker: Asker,
  pinPad: Settings | undefined,
  flags: PinKeyFlags,
  keysOf: KeysOf,
): Promise<KeyedPad> {
  const { pinKey: file, pinKeyId, pinKeySlot, pinBlockFormat } = flags;
  if (pinPad?.['kind'] !== 'serial') {
    if ([file, pinKeyId, pinKeySlot, pinBlockFormat].every((flag) => flag === undefined)) return present({ pinPad });
    const next = 'Name the pad with --pin-pad serial:….';
    throw new CliError('wrong-use', 'the --pin-key flags are for a PIN pad of its own', next);
  }
  const flagged = present({ keyId: pinKeyId, keySlot: pinKeySlot, blockFormat: pinBlockFormat });
  const path = file ?? (asker.asks && pinKeyId === undefined ? await askFile(asker) : '');
  if (path === '') {
    if (!asker.asks) return { pinPad: { ...pinPad, ...flagged } };
    return { pinPad: { ...pinPad, ...(await askKnown(asker, { ...pinPad, ...flagged }, flags, keysOf)) } };
  }
  const pinKey = readPinKeyFile(path);
  if (pinBlockFormat !== undefined && pinBlockFormat !== pinKey.format) {
    const next = 'Leave --pin-block-format out: the file says it.';
    throw new CliError('wrong-use', `${path} is for blocks of format ${pinKey.format}, not ${pinBlockFormat}`, next);
  }
  asker.say(`key ${pinKey.keyId}, check value ${pinKey.checkValue}: the same must stand on the paper of the centre`);
  const keyed = { ...pinPad, ...flagged, keyId: pinKey.keyId, blockFormat: pinKey.format };
  return { pinPad: { ...keyed, ...(await askSlot(asker, keyed, pinKeySlot)) }, pinKey };
}

const askFile = (asker: Asker): Promise<string> =>
  asker.text('File of the PIN pad’s key, from the centre; empty: none, or it is in the pad already', {
    flag: '--pin-key',
    check: (path) => (path === '' ? undefined : faultOf(() => readPinKeyFile(path))),
  });

/** A key that is in the pad: the pad tells its places and ciphers, and never the key or its name. */
async function askKnown(asker: Asker, pinPad: Settings, flags: PinKeyFlags, keysOf: KeysOf): Promise<Settings> {
  const told = await keysOf(pinPad);
  const pinKeys = told.kind === 'told' ? told.keys.filter(({ loaded, usage }) => loaded && usage === 'P0') : [];
  asker.say(inPad(told, pinKeys));
  const keyId =
    flags.pinKeyId ??
    (await asker.text('Name of the key that is in the PIN pad; empty: none yet, jdpos pinpad load-key follows', {
      ...{ flag: '--pin-key-id', initial: typeof pinPad['keyId'] === 'string' ? pinPad['keyId'] : '' },
      check: (name) => (name === '' ? undefined : faultOfName(pinPad, name)),
    }));
  const [only] = pinKeys;
  const found = pinPad['keySlot'] ?? (only !== undefined && /^[0-9]$/.test(only.slot) ? Number(only.slot) : 0);
  const { keySlot } = await askSlot(asker, { ...pinPad, keySlot: found }, flags.pinKeySlot);
  const algorithm = pinKeys.find(({ slot }) => slot === String(keySlot))?.algorithm;
  const blockFormat = flags.pinBlockFormat ?? (await askFormat(asker, pinPad['blockFormat'], algorithm));
  return present({ keyId: keyId === '' ? undefined : keyId, keySlot, blockFormat });
}

function inPad(told: PinPadKeysAnswer, pinKeys: readonly PinPadKey[]): string {
  if (told.kind !== 'told')
    return 'the PIN pad does not tell which keys it has: is it plugged in, and its speed right?';
  if (pinKeys.length === 0) return 'the PIN pad has no PIN key yet';
  const places = pinKeys.map(({ slot, algorithm }) => `place ${slot} (${cipherOf(algorithm)})`);
  return `the PIN pad has a PIN key in ${places.join(', ')}; it tells neither names nor check values`;
}

/** As ANSI X9.143 letters them. */
const cipherOf = (algorithm = ''): string => ({ T: 'triple DES', A: 'AES' })[algorithm] ?? `algorithm ${algorithm}`;

const SLOTS = Array.from({ length: 10 }, (_, value) => ({ value, label: String(value) }));
const slotOf = (pinPad: Settings): number => (typeof pinPad['keySlot'] === 'number' ? pinPad['keySlot'] : 0);

async function askSlot(
  asker: Asker,
  pinPad: Settings,
  flag: number | undefined,
): Promise<{ readonly keySlot?: number }> {
  if (flag !== undefined || !asker.asks) return present({ keySlot: flag });
  return {
    keySlot: await asker.choose('In which place of the PIN pad is the key, or is it to be?', SLOTS, slotOf(pinPad)),
  };
}

const FORMATS: readonly Choice<PinKeyFile['format']>[] = [
  { value: 'iso-0', label: 'ISO 9564 format 0', hint: 'triple DES' },
  { value: 'iso-4', label: 'ISO 9564 format 4', hint: 'AES' },
  { value: 'sm4-0', label: 'format 0 under SM4', hint: 'in closed loops' },
];

function askFormat(asker: Asker, before: unknown, algorithm: string | undefined): Promise<PinKeyFile['format']> {
  const known = FORMATS.find(({ value }) => value === before)?.value;
  const likely = algorithm === 'A' ? 'iso-4' : 'iso-0';
  return asker.choose('Which PIN blocks does the centre take with this key?', FORMATS, known ?? likely);
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the settings' own schema says of a name. */
const faultOfName = (pinPad: Settings, keyId: string): string | undefined => {
  const read = devicesSchema.safeParse({ pinPad: { ...pinPad, keyId } });
  return read.success ? undefined : read.error.issues[0]?.message;
};

/** Hands the key over. Undefined when the pad has it; else why not. */
export async function givePinKey(pad: PinPad, pinKey: PinKeyFile): Promise<string | undefined> {
  const answer = await loadPinKey(pad, pinKey);
  if (answer.kind === 'loaded') return undefined;
  return answer.kind === 'refused' ? answer.why : 'the pad does not answer';
}
