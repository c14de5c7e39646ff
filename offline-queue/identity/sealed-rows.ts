import { sm3 } from '../../emv/crypto/index.ts';
import { concat, toHex, uintBytes } from '../../emv/values/index.ts';
import type { Database } from '../database/database.ts';
import { isSealedKey } from '../keys/data-keys.ts';
import { keyRows } from '../keys/key-rows.ts';
import { type Broken, badRow } from '../rows/faults.ts';
import { putSetting } from '../rows/settings.ts';
import type { Tables } from '../rows/tables.ts';
import { IDENTITIES } from './identity.ts';

/** The setting with the digest. */
const SETTING = 'sealed-rows';
const LENGTH_BYTES = 4;

/**
 * Rows of `keys` and `identities` are sealed each by itself: that one is gone, or is an older one, shows in a digest over all
 * of them, which is a setting, and changes in the transaction that changes one of them.
 */
export interface SealedRows {
  /**
   * Was there ever a digest? From then on rows count how often they were written, and no other hand can give one of them the
   * tag of a row that does not.
   */
  hasBegun(): boolean;
  /** Of what is there now, whatever it is: once there is a `.tail` on the disk, and after an enrolment. Within a transaction. */
  begin(): void;
  check(): Broken | undefined;
}

/** @param keeping false: for reading only */
export function sealedRows(db: Database, { settings }: Pick<Tables, 'settings'>, keeping: boolean): SealedRows {
  const identities = db.prepare<{ epoch: number; sealed: Uint8Array }>(
    `select epoch, sealed from ${IDENTITIES} order by epoch`,
  );
  const counted = db.prepare(`select 1 from settings where changes > 0
    union all select 1 from hotlist_head where changes > 0
    union all select 1 from payments where number = (select max(number) from payments) and changes > 0 limit 1`);
  const keys = keyRows(db);
  const now = (): string => {
    const rows = [
      // Those that the master key wraps are none of these: with another of them nothing here opens.
      ...keys.all().filter(isSealedKey),
      ...identities.all().map(({ epoch, sealed }) => ({ name: `${IDENTITIES} ${epoch}`, sealed })),
    ];
    const parts = rows.flatMap(({ name, sealed }) => [new TextEncoder().encode(name), sealed]);
    return toHex(sm3(concat(...parts.flatMap((part) => [uintBytes(part.length, LENGTH_BYTES), part]))));
  };
  const told = (): string | undefined => settings.get(SETTING)?.value;
  const begin = (): void => putSetting(db, { settings }, SETTING, now());
  // What another hand has changed is not taken for the queue's own with the next change.
  const renewal = (): (() => void) => (told() === now() ? begin : () => {});
  if (keeping) db.onKeysChange(renewal);
  const hasBegun = (): boolean => told() !== undefined || counted.get() !== undefined;
  return {
    hasBegun,
    begin,
    check() {
      if (!hasBegun() || told() === now()) return undefined;
      return badRow(
        'changed',
        'The keys and identities are not those that were written last: one is missing, or an older one was put back',
      );
    },
  };
}
