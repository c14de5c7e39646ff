import type { ParametersContent } from '../../clearing/contract/index.ts';
import { concat, hex, PurseSerial } from '../../emv/values/index.ts';
import { type PurseProfile, personalisePurse } from '../purse/index.ts';
import { TEST_PURSE_KEYS } from '../purse/test-keys.ts';
import { PURSE_CARDS } from './purse-cards.ts';
import type { TrayPurse } from './tray-card.ts';

/** 1PAY.SYS.DDF01, the directory that the purses stand in. */
const DIRECTORY = '315041592E5359532E4444463031';
const APPLICATIONS = {
  ep: { aid: 'A00000000386980701', type: 0x02, label: '电子钱包' },
  ed: { aid: 'A00000000386980702', type: 0x01, label: '电子存折' },
} as const;
const ISSUER = hex('A1A2A3A4A5A6A7A8');
const DAYS = '2024010120491231';
/** Packed: 123456, as every card of the tray. */
const PIN = hex('123456');

/** How the terminals of the test scheme take its purses, for the centre's parameters. */
export const TRAY_PURSES: NonNullable<ParametersContent['purses']> = (['ep', 'ed'] as const).map((kind) => {
  const { aid, type, label } = APPLICATIONS[kind];
  return {
    kind,
    aid,
    label,
    path: [DIRECTORY, aid],
    applicationTypes: [type],
    purchaseKeyIndex: 1,
    loadKeyIndex: 1,
    proves: 'number-after',
    limitMinor: 50_000,
    sam: { application: 'DF01', diversifiedByIssuer: false },
  };
});

/** What the centre must know of a purse of the tray. */
interface TrayPurseAccount {
  readonly cardId: string;
  readonly serial: PurseSerial;
  /** YYYY-MM-DD. */
  readonly expiry: string;
  readonly accountBalanceMinor: number;
  readonly purseBalanceMinor: number;
  readonly hotlisted: boolean;
}

export const trayPurseAccounts = (): TrayPurseAccount[] =>
  PURSE_CARDS.map(({ id, serial, balance, account }) => ({
    cardId: id,
    serial: serialOf(serial),
    expiry: '2049-12-31',
    accountBalanceMinor: account.balanceMinor,
    purseBalanceMinor: balance,
    hotlisted: account.hotlisted ?? false,
  }));

function serialOf(digits: string): PurseSerial {
  const serial = PurseSerial.parse(hex(digits));
  if (serial === undefined) throw new RangeError(`${digits} is no serial number`);
  return serial;
}

/** Personalises a purse of the tray. */
export function issuePurse({ kind = 'ep', serial, balance, interface: by, quirks = {} }: TrayPurse): PurseProfile {
  const { aid, type } = APPLICATIONS[kind];
  const file15 = concat(ISSUER, Uint8Array.of(type, 0x01), hex(serial), hex(DAYS), hex('0000'));
  const names = [hex(DIRECTORY), hex(aid)];
  const own = { kind, names, file15, balance, quirks, pin: PIN, ...(by && { interface: by }) };
  return personalisePurse({ ...own, masterKeys: TEST_PURSE_KEYS });
}
