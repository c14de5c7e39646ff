import type { PinKeyFile } from '../../clearing/contract/index.ts';
import type { PinPad } from '../../drivers/index.ts';
import { CliError } from '../cli/cli-error.ts';
import { readPinKeyFile } from '../cli/pin-key-file.ts';
import { devicesSchema } from '../config/devices.ts';
import { loadPinKey } from '../devices/load-pin-key.ts';
import { present } from '../present.ts';
import type { Asker } from './asker.ts';

type Settings = Readonly<Record<string, unknown>>;

/** The settings of the pad with the key that it is to have, and the key itself where its file is at hand. */
interface KeyedPad {
  readonly pinPad?: Settings;
  readonly pinKey?: PinKeyFile;
}

/**
 * Which key a PIN pad of its own enciphers with: one that the centre has made a file of, or one that is in it already.
 * @param flag the file, where a flag names it. Throws CliError `bad-file`, and `wrong-use` where there is no pad for it
 */
export async function choosePinKey(
  asker: Asker,
  pinPad: Settings | undefined,
  flag: string | undefined,
): Promise<KeyedPad> {
  if (pinPad?.['kind'] !== 'serial') {
    if (flag === undefined) return present({ pinPad });
    throw new CliError('wrong-use', '--pin-key is for a PIN pad of its own', 'Name the pad with --pin-pad serial:….');
  }
  const path = flag ?? (asker.asks ? await askFile(asker) : '');
  if (path !== '') {
    const pinKey = readPinKeyFile(path);
    return { pinPad: { ...pinPad, keyId: pinKey.keyId, blockFormat: pinKey.format }, pinKey };
  }
  return { pinPad: asker.asks ? { ...pinPad, ...(await askKnown(asker, pinPad)) } : pinPad };
}

const askFile = (asker: Asker): Promise<string> =>
  asker.text('File of the PIN pad’s key, from the centre; empty: none, or it is in the pad already', {
    flag: '--pin-key',
    check: (path) => (path === '' ? undefined : faultOf(() => readPinKeyFile(path))),
  });

async function askKnown(asker: Asker, pinPad: Settings): Promise<Settings> {
  const keyId = await asker.text(
    'Name of the key that is in the PIN pad; empty: none yet, jdpos pinpad load-key follows',
    {
      ...{ flag: '--pin-key', initial: typeof pinPad['keyId'] === 'string' ? pinPad['keyId'] : '' },
      check: (name) => (name === '' ? undefined : faultOfName(pinPad, name)),
    },
  );
  return keyId === '' ? {} : { keyId };
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
