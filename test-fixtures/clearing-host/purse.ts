import type { Record } from '../../clearing/contract/record/index.ts';
import { concat, hex, PurseSerial, toHex, uintBytes } from '../../emv/values/index.ts';
import { encipher } from '../card/keys.ts';

/** TEST KEY. The master key for TACs of the sandbox's centre (test-fixtures/sandbox/test-keys.ts). */
const TAC_MASTER_KEY = hex('303132333435363738393A3B3C3D3E3F');

const TERMINAL_ID = '010203040506';
const [DATE, TIME] = ['20260301', '120000'];

let issued = 0;
/** Every purchase has its number at the one PSAM. */
let samNumber = 0;

type PurseFields = NonNullable<Record['purse']>;

/** An electronic purse reduced to what a centre sees of it: its number, a balance, and TACs. */
export class Purse {
  readonly pan: PurseSerial;
  readonly panSequence = 0;
  balance: number;
  sequence = 0;

  constructor(balance: number) {
    issued += 1;
    const serial = PurseSerial.parse(hex(`3100${String(issued).padStart(16, '0')}`));
    if (serial === undefined) throw new Error('a test serial is none');
    this.pan = serial;
    this.balance = balance;
  }

  /** A purchase that the purse has paid. */
  pay(amount: number, transactionType: '05' | '06' = '06'): PurseFields {
    samNumber += 1;
    const fields = {
      transactionType,
      sequence: this.sequence,
      terminalId: TERMINAL_ID,
      terminalSequence: samNumber,
      date: DATE,
      time: TIME,
      keyIndex: 1,
      keyVersion: 0,
      random: 'A1B2C3D4',
      mac1: '00000000',
      mac2: '00000000',
      mac2Verdict: 'genuine',
    } as const;
    const covered = `${transactionType}${TERMINAL_ID}${toHex(uintBytes(samNumber, 4))}${DATE}${TIME}`;
    this.balance -= amount;
    this.sequence += 1;
    return { ...fields, transactionCode: this.#tac(concat(uintBytes(amount, 4), hex(covered))) };
  }

  /** Single DES in CBC under the halves of the purse's key, one over the other; the left four bytes. */
  #tac(covered: Uint8Array): string {
    const x = this.pan.bytes().subarray(2);
    const own = encipher(
      '3des',
      TAC_MASTER_KEY,
      concat(
        x,
        x.map((byte) => byte ^ 0xff),
      ),
    );
    const half = own.subarray(0, 8).map((byte, at) => byte ^ (own[8 + at] ?? 0));
    const key = concat(half, half);
    const padded = new Uint8Array((Math.floor(covered.length / 8) + 1) * 8);
    padded.set(covered);
    padded[covered.length] = 0x80;
    let chained: Uint8Array = new Uint8Array(8);
    for (let at = 0; at < padded.length; at += 8) {
      const before = chained;
      chained = encipher(
        '3des',
        key,
        padded.subarray(at, at + 8).map((byte, place) => byte ^ (before[place] ?? 0)),
      );
    }
    return toHex(chained.subarray(0, 4));
  }
}
