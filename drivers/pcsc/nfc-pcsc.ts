import type { NativeReader, NFC } from 'nfc-pcsc';
import { DriverError } from '../driver-error.ts';
import type { NativeEnds } from './native-ends.ts';
import { readStatus, type StatusSignal } from './status.ts';

/** What this adapter takes of the package. */
export interface NfcPcsc {
  readonly NFC: new () => NFC;
}

/** Loads the package with its native module. Throws DriverError when either is missing. */
export async function loadNfcPcsc(load: () => Promise<NfcPcsc> = () => import('nfc-pcsc')): Promise<NfcPcsc> {
  try {
    return await load();
  } catch (error) {
    if (isMissing(error)) {
      const advice = 'install libpcsclite-dev and a C++ compiler, then run npm ci again';
      throw new DriverError('pcsc-not-installed', `The package nfc-pcsc is not installed: ${advice}`, { cause: error });
    }
    const advice =
      'see that libpcsclite1 is installed, then run npm rebuild @pokusew/pcsclite with this version of Node';
    throw new DriverError('pcsc-native-module-broken', `The native module of nfc-pcsc does not load: ${advice}`, {
      cause: error,
    });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

/** One reader as a session reports it. */
export interface WatchedReader {
  readonly name: string;
  /** An object of its own for talking to the card: card-handle.ts says why. Undefined while the service does not answer. */
  newNative(): Promise<NativeReader | undefined>;
  /** Lets go of such an object. */
  readonly dispose: NativeEnds['dispose'];
  /** Ends the watch; nothing is reported any more. */
  stopWatching(): void;
}

/** What a session reports. Nothing is reported after `lost`. */
export interface SessionEvents {
  reader(reader: WatchedReader): ReaderListener;
  /** The service, or the watch over one of its readers, has broken: the session is of no use any more. */
  lost(reason: string): void;
}

export interface ReaderListener {
  status(signal: StatusSignal, atr: Uint8Array): void;
  unplugged(): void;
}

/** A connection to the PC/SC service. */
export interface PcscSession {
  close(): void;
}

/**
 * Connects to the PC/SC service and watches its readers. It must be known that the service is there: without it the
 * native module tries again and again inside this call, and the process stands still.
 * Throws what the native module throws when the service refuses.
 */
export function startSession(nfcPcsc: NfcPcsc, events: SessionEvents, ends: NativeEnds): PcscSession {
  const watches = new Set<WatchedReader>();
  let over = false;
  // No logger is given: the package would write raw APDUs to it.
  const nfc = new nfcPcsc.NFC();

  const lost = (error: unknown): void => {
    if (over) return;
    over = true;
    events.lost(error instanceof Error ? error.message : String(error));
  };

  nfc.on('error', lost);
  nfc.on('reader', (nfcReader) => {
    if (over) return;
    const native = nfcReader.reader;
    // The package's own reaction to a change of status is dropped: it connects at once and always shared, emits a failed
    // connect as an event named by the Error object, and takes a quick change of cards for no change.
    native.removeAllListeners('status');
    nfcReader.autoProcessing = false;

    const watch: WatchedReader = {
      name: native.name,
      newNative: async () => ((await ends.isAnswering()) ? another(native) : undefined),
      dispose: ends.dispose,
      stopWatching: () => {
        // Not at once: this may be within a report of the native module, which holds the lock that close() takes.
        if (watches.delete(watch)) ends.end(() => native.close());
      },
    };
    watches.add(watch);
    const listener = events.reader(watch);
    nfcReader.on('error', lost);
    nfcReader.on('end', () => {
      if (watches.has(watch) && !over) listener.unplugged();
    });
    native.on('status', ({ state, atr }) => {
      ends.reported();
      const signal = readStatus(state);
      if (signal && watches.has(watch) && !over) listener.status(signal, Uint8Array.from(atr ?? []));
    });
  });

  return {
    close: () => {
      over = true;
      for (const watch of [...watches]) watch.stopWatching();
      ends.end(() => nfc.close());
    },
  };
}

function another(native: NativeReader): NativeReader {
  const Native = native.constructor as new (name: string) => NativeReader;
  return new Native(native.name);
}
