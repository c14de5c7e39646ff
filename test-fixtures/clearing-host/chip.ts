import type { CryptogramType, Record, RecordChip } from '../../clearing/contract/record/index.ts';
import { bcd, concat, hex, Pan, parseBcd, toHex, uintBytes } from '../../emv/values/index.ts';
import { applicationCryptogram, balanceData, mac } from '../card/cryptogram.ts';
import { cardKey, encipher, sessionKey } from '../card/keys.ts';
import { TEST_MASTER_KEYS } from '../tray/index.ts';

/** First byte of the CVR: second GENERATE AC not requested, and the card's decision. */
const DECISIONS: { readonly [type in CryptogramType]: number } = { tc: 0x90, arqc: 0xa0, aac: 0x80 };
/** The same at the second, behind an ARQC. */
const SECOND_DECISIONS = { tc: 0x60, aac: 0x20 } as const;
/** PUT DATA of the electronic-cash balance, as it must stand in script 72 behind the identifier. */
const PUT_BALANCE = /^72189F1804([0-9A-F]{8})860F(04DA9F790A)([0-9A-F]{12})([0-9A-F]{8})$/;
const APPLICATION_BLOCK = /^72129F1804([0-9A-F]{8})8609(841E000004)()([0-9A-F]{8})$/;

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

  /** A payment from the account that the card approves alone: full debit/credit without electronic cash. */
  payFromAccount(amount: number): RecordChip {
    this.atc += 1;
    return this.#cryptogram('tc', amount, this.balance);
  }

  /** The second GENERATE AC behind its last ARQC: what the record has of it. */
  confirm(arqc: RecordChip, cryptogramType: 'tc' | 'aac' = 'tc'): NonNullable<Record['confirmation']> {
    const second = this.#cryptogram(cryptogramType, Number(arqc.amountAuthorised), this.balance, SECOND_DECISIONS);
    const { cryptogram, tvr, unpredictableNumber, atc, issuerApplicationData } = second;
    const authorisationResponseCode = cryptogramType === 'tc' ? '3030' : '3035';
    return {
      cryptogramType,
      cryptogram,
      authorisationResponseCode,
      tvr,
      unpredictableNumber,
      atc,
      issuerApplicationData,
    };
  }

  /** The second GENERATE AC without the host's word: the record's own cryptogram then. */
  approveUnable(arqc: RecordChip): RecordChip {
    return this.#cryptogram('tc', Number(arqc.amountAuthorised), this.balance, SECOND_DECISIONS);
  }

  /** Is 91 an answer to this ARQC of the card, with this response code? */
  believes(arqc: RecordChip, issuerAuthenticationData: string, responseCode: string): boolean {
    const key = this.#sessionKey('ac', Number.parseInt(arqc.atc, 16));
    const code = new TextEncoder().encode(responseCode);
    const block = new Uint8Array(this.#algorithm === '3des' ? 8 : 16);
    block.set(hex(arqc.cryptogram));
    for (const [at, byte] of code.entries()) block[at] = (block[at] ?? 0) ^ byte;
    const arpc = encipher(this.#algorithm, key, block).subarray(0, 8);
    return issuerAuthenticationData === toHex(concat(arpc, code));
  }

  /** Takes a load as script 72 brings it, behind this ARQC; false when its MAC is not the issuer's. */
  takeLoad(arqc: RecordChip, script: string): boolean {
    const balance = this.#scriptData(arqc, PUT_BALANCE.exec(script));
    if (balance === undefined) return false;
    this.balance = parseBcd(hex(balance)) ?? 0;
    return true;
  }

  /** Does this script block the application? */
  takesBlock(arqc: RecordChip, script: string): boolean {
    return this.#scriptData(arqc, APPLICATION_BLOCK.exec(script)) !== undefined;
  }

  #scriptData(arqc: RecordChip, script: RegExpExecArray | null): string | undefined {
    const [, , header = '', data = '', given = ''] = script ?? [];
    const key = this.#sessionKey('mac', Number.parseInt(arqc.atc, 16));
    const own = mac(this.#algorithm, key, hex(`${header}${arqc.atc}${arqc.cryptogram}${data}`)).subarray(0, 4);
    return script !== null && toHex(own) === given ? data : undefined;
  }

  #sessionKey(use: 'ac' | 'mac', atc: number): Uint8Array {
    const key = cardKey(this.#algorithm, TEST_MASTER_KEYS[use], this.pan.reveal(), this.panSequence);
    return sessionKey(this.#algorithm, key, atc);
  }

  #cryptogram<T extends CryptogramType>(
    type: T,
    amount: number,
    balance: number,
    decisions: { readonly [type in T]: number } = DECISIONS,
  ): RecordChip {
    const [acKey, macKey] = [this.#sessionKey('ac', this.atc), this.#sessionKey('mac', this.atc)];
    const cvr = Uint8Array.of(3, decisions[type], 0, 0);
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
