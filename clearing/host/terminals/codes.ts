import { sm3 } from '../../../emv/crypto/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import type { Database, Transaction } from '../database/database.ts';
import { renewParameters } from '../downloads/parameters.ts';

interface Merchant {
  readonly id: string;
  /** Up to 20 printable ASCII characters. */
  readonly name: string;
  /** Four digits. */
  readonly categoryCode: string;
}

export interface EnrolmentCode {
  /** 6 to 64 letters, digits or hyphens; unpredictable, and given to the installer by another way than this API. */
  readonly code: string;
  readonly terminal: string;
  readonly merchant: Merchant;
  /** RFC 3339. */
  readonly expiresAt: string;
  /**
   * The terminal is lost, or what it stored: it may enrol without saying where its last epoch stood. What it had recorded and
   * not uploaded is then given up as far as this host is concerned. Absent: no.
   */
  readonly lost?: boolean;
}

/** Under which a code is kept: who reads the database cannot enrol. */
export const codeHash = (code: string): string =>
  toHex(sm3(new TextEncoder().encode(`jdpos-enrolment-code/1 ${code}`)));

/** Lets one terminal enrol once. The same code again changes nothing. */
export async function issueEnrolmentCode(database: Database, now: string, request: EnrolmentCode): Promise<void> {
  const { code, terminal, merchant, expiresAt, lost = false } = request;
  await database.transaction(async (tx) => {
    await putMerchant(tx, merchant, now);
    await tx.run(
      `insert into terminals (terminal, merchant) values ($1, $2)
       on conflict (terminal) do update set merchant = excluded.merchant`,
      [terminal, merchant.id],
    );
    await tx.run(
      'insert into enrolment_codes (code_hash, terminal, expires_at, lost) values ($1, $2, $3, $4) on conflict do nothing',
      [codeHash(code), terminal, expiresAt, lost],
    );
  });
}

async function putMerchant(tx: Transaction, { id, name, categoryCode }: Merchant, now: string): Promise<void> {
  const changed = await tx.run(
    `insert into merchants (merchant, name, category_code) values ($1, $2, $3)
     on conflict (merchant) do update set name = excluded.name, category_code = excluded.category_code
     where (merchants.name, merchants.category_code) is distinct from (excluded.name, excluded.category_code)`,
    [id, name, categoryCode],
  );
  // The merchant stands in the parameters, so its terminals must see a new version.
  if (changed > 0) await renewParameters(tx, now);
}
