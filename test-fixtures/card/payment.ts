import { concat, parseBcd, uintBytes } from '../../emv/values/index.ts';
import { LOG_ENTRIES, LOG_FORMAT } from './log.ts';
import type { StoredApplication } from './state.ts';
import { splitDol } from './tlv.ts';
import type { Sent } from './transaction.ts';

/** The application once the money is gone: less balance, and a new entry on top of the log. `counted`: after the ATC moved. */
export function payment(counted: StoredApplication, sent: Sent): StoredApplication {
  const amount = parseBcd(sent(0x9f02, 6)) ?? 0;
  return { ...logged(counted, sent), balance: counted.balance - amount };
}

/** The application with an approved transaction on top of its log. */
export function logged(counted: StoredApplication, sent: Sent): StoredApplication {
  const entry = splitDol(LOG_FORMAT).map(({ tag, length }) =>
    tag === 0x9f36 ? uintBytes(counted.atc, 2) : sent(tag, length),
  );
  return { ...counted, log: [concat(...entry), ...counted.log].slice(0, LOG_ENTRIES) };
}
