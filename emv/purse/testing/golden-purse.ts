import { fen, hex } from '../../values/index.ts';
import type { PurseApplication, PurseLoadInput, PursePurchaseInput, SamParameters } from '../parameters.ts';

/*
 * A purchase of 12.50 and a load of 100.00 on a card with 50.00, in literal bytes. Keys, MACs and TACs were made by another
 * program: master keys 1011…1F (purchase), 2021…2F (load), 3031…3F (TAC), serial 31000000123456789012, random A1B2C3D4.
 */

export interface Exchange {
  readonly name: string;
  readonly to: 'card' | 'sam';
  readonly command: string;
  readonly answer: string;
}

export type Script = readonly Exchange[];

const card = (name: string, command: string, answer: string): Exchange => ({ name, to: 'card', command, answer });
const sam = (name: string, command: string, answer: string): Exchange => ({ name, to: 'sam', command, answer });

/** File 15: issuer, type 02, version 01, serial, from 2024-01-01 to 2099-12-31, FCI data. */
const FILE_15 = 'A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB';

export const SELECTED: Script = [
  card('ddf', '00A404000E315041592E5359532E444446303100', '6F10840E315041592E5359532E44444630319000'),
  card('adf', '00A4040009A0000000038698070100', '6F0B8409A000000003869807019000'),
  card('file 15', '00B095001E', `${FILE_15}9000`),
];

const SAM_READY: Script = [
  sam('sam serial', '00B095000A', '53414D000000000000019000'),
  sam('sam terminal', '00B0960006', '0102030405069000'),
  sam('sam select', '00A4000002DF0100', '9000'),
];

export const PURCHASE: Script = [
  ...SELECTED,
  ...SAM_READY,
  card('initialise', '805001020B01000004E20102030405060F', '0000138800070000000100A1B2C3D49000'),
  sam('mac1', '807000001CA1B2C3D40007000004E206202506011230150100000012345678901208', '0000002A56D969879000'),
  card('debit', '805401000F0000002A2025060112301556D9698708', '9AA91D39D5BA4A539000'),
  sam('mac2', '8072000004D5BA4A53', '9000'),
  card('balance', '805C000204', '00000EA69000'),
];

/** What the card is asked when its answer to DEBIT is not to be had: its proof, balance and log, then the PSAM. */
export const PROOF = card('proof', '805A000602000808', 'D5BA4A539AA91D399000');
export const BALANCE_AFTER = card('balance', '805C000204', '00000EA69000');
export const BALANCE_BEFORE = card('balance', '805C000204', '000013889000');
export const NO_PROOF = card('proof', '805A000602000808', '9406');
export const LOGGED = card('log 1', '00B201C417', '0007000000000004E206010203040506202506011230159000');
export const NO_LOG = card('log 1', '00B201C417', '6A83');
export const VERDICT = sam('mac2', '8072000004D5BA4A53', '9000');
/** INITIALIZE with zero: the counter at 7 (nothing has happened) and at 8. */
export const COUNTER_7 = card('counter', '805001020B01000000000102030405060F', '0000138800070000000100A1B2C3D49000');
export const COUNTER_8 = card('counter', '805001020B01000000000102030405060F', '00000EA600080000000100A1B2C3D49000');

/** A card that is presented again. */
export const RECOVERED: Script = [...SELECTED, PROOF, BALANCE_AFTER, LOGGED, VERDICT];

export const LOAD: Script = [
  ...SELECTED,
  card('verify', '0020000003123456', '9000'),
  card('initialise', '805000020B010000271001020304050610', '0000138800030100A1B2C3D4A4108BCA9000'),
  card('credit', '805200000B20250601123100D753D84104', '309FFC9C9000'),
  card('balance', '805C000204', '00003A989000'),
];

export const LOAD_RECOVERED: Script = [
  ...SELECTED,
  card('proof', '805A000202000408', '00000000309FFC9C9000'),
  card('balance', '805C000204', '00003A989000'),
  card('log 1', '00B201C417', '00030000000000271002010203040506202506011231009000'),
];

export const APPLICATION: PurseApplication = {
  purse: 'ep',
  path: [hex('315041592E5359532E4444463031'), hex('A00000000386980701')],
  applicationTypes: [0x02, 0x03],
  purchaseKeyIndex: 0x01,
  loadKeyIndex: 0x01,
  proves: 'number-after',
};

export const SAM: SamParameters = { application: hex('DF01'), diversifiedByIssuer: false, lastTerminalSequence: 0x29 };

export const PURCHASE_INPUT: PursePurchaseInput = {
  amount: fen(1_250),
  date: { year: 2025, month: 6, day: 1 },
  time: { hour: 12, minute: 30, second: 15 },
  application: APPLICATION,
  sam: SAM,
};

export const LOAD_INPUT: PurseLoadInput = {
  amount: fen(10_000),
  date: { year: 2025, month: 6, day: 1 },
  terminalId: hex('010203040506'),
  application: APPLICATION,
};
