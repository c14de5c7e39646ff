import type { After, DriverLog } from '../driver-tools.ts';
import type { NativeEnds } from './native-ends.ts';
import { type NfcPcsc, type PcscSession, type SessionEvents, startSession } from './nfc-pcsc.ts';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** A session that lasted so long was a good one. */
const GOOD_MS = 5_000;

export interface PcscServiceParts {
  readonly nfcPcsc: NfcPcsc;
  /** Where the service listens. */
  readonly socketPath: string;
  readonly after: After;
  readonly log: DriverLog;
  /** A new session reports its readers here. `lost` comes here as well, before the next session. */
  readonly events: SessionEvents;
  readonly ends: NativeEnds;
  /** The service is not there, or refuses. */
  readonly absent: () => void;
}

export interface PcscService {
  close(): void;
}

/** Keeps a session with the PC/SC service: whenever there is none, tries again, less and less often. */
export function pcscService(parts: PcscServiceParts): PcscService {
  const { nfcPcsc, socketPath, after, log, events, ends } = parts;
  let session: PcscSession | undefined;
  let closed = false;
  let failures = 0;
  let isAway = false;
  let callOffRetry = (): void => {};
  let callOffGood = (): void => {};

  const start = async (): Promise<void> => {
    // Asked first, because the native module does not come back while nobody answers.
    const answers = await ends.isAnswering();
    if (closed) return;
    if (!answers) return failed('nobody answers');
    try {
      session = startSession(
        nfcPcsc,
        {
          reader: events.reader,
          lost: (reason) => {
            callOffGood();
            events.lost(reason);
            // Not at once: the report comes from within the native module.
            setImmediate(() => {
              session?.close();
              session = undefined;
              if (!closed) failed(reason);
            });
          },
        },
        ends,
      );
      // One that breaks before that is the same trouble still: it is not told again, and waited for longer.
      callOffGood = after(GOOD_MS, () => {
        failures = 0;
        isAway = false;
      });
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  };

  const failed = (reason: string): void => {
    if (!isAway) log('pcsc-service-away', { reason, socket: socketPath });
    isAway = true;
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    failures += 1;
    callOffRetry = after(waitMs, () => void start());
    parts.absent();
  };

  void start();
  return {
    close: () => {
      closed = true;
      callOffRetry();
      callOffGood();
      session?.close();
      session = undefined;
    },
  };
}
