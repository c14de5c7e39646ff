import { type CivilDate, compareDates, PurseSerial, parseFullDate } from '../values/index.ts';

/** The card as its file 15 has it. */
export interface PurseCard {
  readonly serial: PurseSerial;
  /** 8 bytes. */
  readonly issuerId: Uint8Array;
  readonly applicationType: number;
  readonly applicationVersion: number;
  /** The first day on which it may be used. */
  readonly validFrom: CivilDate;
  /** The last. */
  readonly expiry: CivilDate;
}

/** File 15 (SFI 21), public basic data of the application. */
export const PUBLIC_DATA = { sfi: 0x15, length: 30 } as const;

/**
 * Reads file 15: issuer 8 ‖ application type 1 ‖ version 1 ‖ serial 10 ‖ first day 4 ‖ last day 4 ‖ FCI data 2. Undefined when it
 * has another length or its days are none.
 */
export function parsePurseCard(file: Uint8Array): PurseCard | undefined {
  const serial = PurseSerial.parse(file.subarray(10, 20));
  const validFrom = parseFullDate(file.subarray(20, 24));
  const expiry = parseFullDate(file.subarray(24, 28));
  const [applicationType, applicationVersion] = file.subarray(8, 10);
  if (file.length !== PUBLIC_DATA.length || serial === undefined || !validFrom || !expiry) return undefined;
  if (applicationType === undefined || applicationVersion === undefined) return undefined;
  return { serial, issuerId: file.slice(0, 8), applicationType, applicationVersion, validFrom, expiry };
}

/** What its days say about the card today; both its first and its last day count. */
export function standing({ validFrom, expiry }: PurseCard, today: CivilDate): 'valid' | 'not-yet-valid' | 'expired' {
  if (compareDates(today, validFrom) < 0) return 'not-yet-valid';
  return compareDates(today, expiry) > 0 ? 'expired' : 'valid';
}
