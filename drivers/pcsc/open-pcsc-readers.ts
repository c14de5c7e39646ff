import { type After, afterMs, type DriverLog, withLimit } from '../driver-tools.ts';
import type { CardReaders, ReaderRole } from '../ports.ts';
import { readerHub } from '../reader-hub.ts';
import { loadNfcPcsc, type NfcPcsc } from './nfc-pcsc.ts';
import { PcscReader } from './pcsc-reader.ts';
import { pcscService } from './pcsc-service.ts';

export interface PcscOptions {
  /** What a reader is for, by its name. Unless told otherwise, one whose name has the word SAM is for SAMs, any other contactless. */
  readonly roles?: (readerName: string) => ReaderRole;
  /** Where pcscd listens: what the environment of this process gives the PC/SC library as PCSCLITE_CSOCK_NAME, if it does. */
  readonly socketPath?: string;
  readonly log?: DriverLog;
  readonly after?: After;
  /** Loads the package nfc-pcsc. */
  readonly load?: () => Promise<NfcPcsc>;
}

/** Where pcsc-lite listens unless it is told otherwise. */
const DEFAULT_SOCKET = '/run/pcscd/pcscd.comm';

/** The readers that are there now have reported by then. */
const SETTLE_MS = 500;

const roleByName = (name: string): ReaderRole => (/\bSAM\b/i.test(name) ? 'sam' : 'contactless');

/**
 * The card readers behind PC/SC. Comes back when the readers that are there now have said whether a card is, or there is
 * no service. Readers and service may be missing and come later: a lost service is looked for until `close`.
 * Throws DriverError `pcsc-not-installed` or `pcsc-native-module-broken`.
 */
export async function openPcscReaders(options: PcscOptions = {}): Promise<CardReaders> {
  const { roles = roleByName, log = () => {}, after = afterMs, socketPath = DEFAULT_SOCKET } = options;
  const nfcPcsc = await loadNfcPcsc(options.load);
  const hub = readerHub();
  const readers = new Set<PcscReader>();
  const unheard = new Set<PcscReader>();
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const service = pcscService({
    nfcPcsc,
    socketPath,
    after,
    log,
    absent: settle,
    events: {
      reader: (watched) => {
        log('reader-plugged-in', { reader: watched.name });
        const reader = new PcscReader({ watched, reader: hub.admit(watched.name, roles(watched.name)), after, log });
        readers.add(reader);
        unheard.add(reader);
        return {
          status: (status, atr) => {
            reader.status(status, atr);
            unheard.delete(reader);
            if (unheard.size === 0) settle();
          },
          unplugged: () => {
            log('reader-unplugged', { reader: watched.name });
            unheard.delete(reader);
            readers.delete(reader);
            reader.unplugged();
          },
        };
      },
      lost: () => {
        for (const reader of readers) reader.unplugged();
        readers.clear();
        unheard.clear();
      },
    },
  });
  await withLimit(settled, SETTLE_MS, after);

  return {
    list: hub.list,
    subscribe: hub.subscribe,
    close: async () => {
      hub.mute();
      await Promise.all([...readers].map((reader) => reader.close()));
      service.close();
    },
  };
}
