import { type After, afterMs, type DriverLog, withLimit } from '../driver-tools.ts';
import type { CardReaders, ReaderRole } from '../ports.ts';
import { readerHub } from '../reader-hub.ts';
import { boundRole } from './bound-role.ts';
import { type KnownLater, knownLater } from './known-later.ts';
import { nativeEnds } from './native-ends.ts';
import { loadNfcPcsc, type NfcPcsc, type ReaderListener, type WatchedReader } from './nfc-pcsc.ts';
import { PcscReader } from './pcsc-reader.ts';
import { pcscService } from './pcsc-service.ts';
import { channelIdOf } from './pcscd-client.ts';
import { placeOf } from './reader-place.ts';
import { USB_DEVICES, usbInterfaces } from './usb-devices.ts';

export interface PcscOptions {
  /** What a reader is for, by its name. Unless told otherwise, one whose name has the word SAM is for SAMs, any other contactless. */
  readonly roles?: (readerName: string) => ReaderRole;
  /** What a reader is for, by the USB port that it hangs at (see boundRole): stronger than its name, and it stays when equal readers are re-plugged. */
  readonly ports?: Readonly<Record<string, ReaderRole>>;
  /** Where the kernel shows USB devices; Linux's /sys/bus/usb/devices unless a test plants another. */
  readonly usbRoot?: string;
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

/** What finding a reader's port may take, before it has to do without. */
const PLACE_LIMIT_MS = 2_000;

const roleByName = (name: string): ReaderRole => (/\bSAM\b/i.test(name) ? 'sam' : 'contactless');

/**
 * The card readers behind PC/SC. Comes back when the readers that are there now have said whether a card is, or there is
 * no service. Readers and service may be missing and come later: a lost service is looked for until `close`.
 * Throws DriverError `pcsc-not-installed` or `pcsc-native-module-broken`.
 */
export async function openPcscReaders(options: PcscOptions = {}): Promise<CardReaders> {
  const { roles = roleByName, ports = {}, usbRoot = USB_DEVICES } = options;
  const { log = () => {}, after = afterMs, socketPath = DEFAULT_SOCKET } = options;
  const nfcPcsc = await loadNfcPcsc(options.load);
  const hub = readerHub();
  const readers = new Set<PcscReader>();
  const unheard = new Set<KnownLater>();
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const admit = (watched: WatchedReader, port: string | undefined, reports: KnownLater): ReaderListener => {
    const { name } = watched;
    log('reader-plugged-in', { reader: name, ...(port !== undefined && { port }) });
    const bound = boundRole(port, ports);
    const at = port === undefined ? undefined : { port, isBound: bound !== undefined };
    const reader = new PcscReader({ watched, reader: hub.admit(name, bound ?? roles(name), at), after, log });
    readers.add(reader);
    return {
      status: (status, atr) => {
        reader.status(status, atr);
        unheard.delete(reports);
        if (unheard.size === 0) settle();
      },
      unplugged: () => {
        log('reader-unplugged', { reader: name });
        unheard.delete(reports);
        readers.delete(reader);
        reader.unplugged();
      },
    };
  };

  /** Only who has USB devices has to look for a port. */
  const find = async (name: string): Promise<string | undefined> => {
    const id = await withLimit(channelIdOf(name, { socketPath, after }), PLACE_LIMIT_MS, after);
    return placeOf(name, id === 'late' ? undefined : id, usbRoot);
  };

  const ends = nativeEnds({ socketPath, after });
  const service = pcscService({
    nfcPcsc,
    ends,
    socketPath,
    after,
    log,
    absent: settle,
    events: {
      reader: (watched) => {
        const reports = knownLater();
        unheard.add(reports);
        const known = (port?: string): void => {
          if (!reports.known(() => admit(watched, port, reports))) watched.stopWatching();
        };
        if (usbInterfaces(usbRoot).length === 0) known();
        else void find(watched.name).then(known);
        return reports;
      },
      lost: () => {
        for (const reports of unheard) reports.over();
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
      for (const reports of unheard) reports.over();
      await Promise.all([...readers].map((reader) => reader.close()));
      service.close();
      await ends.settled();
    },
  };
}
