import type { CryptogramType, RecordChip } from '../../clearing/contract/record/index.ts';
import { bcd, concat, hex, Pan, toHex, uintBytes } from '../../emv/values/index.ts';
import { applicationCryptogram, balanceData } from '../card/cryptogram.ts';
import { cardKey, sessionKey } from '../card/keys.ts';
import { TEST_MASTER_KEYS } from '../tray/index.ts';

/** First byte of the CVR: second GENERATE AC not requested, and the card's decision. */
const DECISIONS: { readonly [type in CryptogramType]: number } = { tc: 0x90, arqc: 0xa0, aac: 0x80 };

const COUNTRY_TVR_CURRENCY = { terminalCountryCode: '0156', tvr: '0000000000', currencyCode: '0156' };

export interface ChipOptions {
  /** Fen on the chip. */
  readonly balance: number;
  readonly algorithm?: '3des' | 'sm4';
}

let issued = 0;

/** A chip reduced to what a centre sees of it: an ATC that rises, a balance, and cryptograms of cryptogram version 01. */
export class Chip {
  readonly pan: Pan;
  readonly panSequence = 1;
  readonly #algorithm: '3des' | 'sm4';
  balance: number;
  atc = 0;

  constructor({ balance, algorithm = '3des' }: ChipOptions) {
    issued += 1;
    const pan = Pan.parse(`629999${String(issued).padStart(13, '0')}`);
    if (pan === undefined) throw new Error('a test PAN is none');
    this.pan = pan;
    this.balance = balance;
    this.#algorithm = algorithm;
  }

  /** An offline payment that came to its end. */
  pay(amount: number): RecordChip {
    return this.torn(amount, true);
  }

  /** A TC whose card left before anyone knew whether it has paid. */
  torn(amount: number, debited: boolean): RecordChip {
    this.atc += 1;
    const chip = this.#cryptogram('tc', amount, this.balance - amount);
    if (debited) this.balance -= amount;
    return chip;
  }

  askOnline(amount: number): RecordChip {
    this.atc += 1;
    return this.#cryptogram('arqc', amount, this.balance);
  }

  refuse(amount: number): RecordChip {
    this.atc += 1;
    return this.#cryptogram('aac', amount, this.balance);
  }

  #cryptogram(type: CryptogramType, amount: number, balance: number): RecordChip {
    const [acKey, macKey] = (['ac', 'mac'] as const).map((use) =>
      sessionKey(
        this.#algorithm,
        cardKey(this.#algorithm, TEST_MASTER_KEYS[use], this.pan.reveal(), this.panSequence),
        this.atc,
      ),
    );
    if (acKey === undefined || macKey === undefined) throw new Error('a key is missing');
    const cvr = Uint8Array.of(3, DECISIONS[type], 0, 0);
    const amountBytes = bcd(amount, 6);
    const unpredictableNumber = uintBytes(this.atc * 7919, 4);
    const cryptogram = applicationCryptogram(this.#algorithm, 1, acKey, {
      amount: amountBytes,
      // 9F03, 9F1A, 95, 5F2A, 9A, 9C
      terminal: hex('000000000000 0156 0000000000 0156 260301 00'),
      unpredictableNumber,
      aip: hex('7C00'),
      atc: this.atc,
      cvr,
    });
    const algorithmByte = this.#algorithm === '3des' ? '01' : '04';
    const iad = concat(
      hex('070101'),
      cvr,
      hex(algorithmByte),
      balanceData(this.#algorithm, macKey, this.atc, bcd(balance, 6)),
    );
    return {
      cryptogramType: type,
      cryptogram: toHex(cryptogram),
      amountAuthorised: toHex(amountBytes),
      amountOther: '000000000000',
      ...COUNTRY_TVR_CURRENCY,
      transactionDate: '260301',
      transactionType: '00',
      unpredictableNumber: toHex(unpredictableNumber),
      aip: '7C00',
      atc: toHex(uintBytes(this.atc, 2)),
      issuerApplicationData: toHex(iad),
    };
  }
}
