import { equalBytes, parseBcd } from '../../emv/values/index.ts';
import type { RiskProfile } from './profile.ts';

/** What the terminal said in the PDOL values, as far as card risk management looks at it. */
export interface Asked {
  /** 9F66, 4 bytes. */
  readonly ttq: Uint8Array;
  /** 9F02, 6 bytes. */
  readonly amount: Uint8Array;
  /** 5F2A, 2 bytes. */
  readonly currency: Uint8Array;
  /** 9C, 1 byte. */
  readonly type: Uint8Array;
}

/** Terminal transaction qualifiers (JR/T 0025.12), as the card reads them. */
export interface Qualifiers {
  readonly debitCredit: boolean;
  readonly qpboc: boolean;
  readonly offlineOnly: boolean;
  readonly onlinePin: boolean;
  readonly signature: boolean;
  readonly onlineRequired: boolean;
  readonly cvmRequired: boolean;
  readonly fddaVersion1: boolean;
}

/** Card transaction qualifiers, first byte. */
const CTQ_ONLINE_PIN = 0x8000;
const CTQ_SIGNATURE = 0x4000;

export function readQualifiers(ttq: Uint8Array): Qualifiers {
  const [first = 0, second = 0, , fourth = 0] = ttq;
  return {
    debitCredit: (first & 0x40) !== 0,
    qpboc: (first & 0x20) !== 0,
    offlineOnly: (first & 0x08) !== 0,
    onlinePin: (first & 0x04) !== 0,
    signature: (first & 0x02) !== 0,
    onlineRequired: (second & 0x80) !== 0,
    cvmRequired: (second & 0x40) !== 0,
    fddaVersion1: (fourth & 0x80) !== 0,
  };
}

/** What the card makes of a transaction. */
export interface Decision {
  readonly cryptogram: 'tc' | 'arqc' | 'aac';
  /** 9F6C. */
  readonly ctq: number;
  /** The amount is more than the balance or the single limit: CVR byte 3 bit 6. */
  readonly overLimit: boolean;
}

/**
 * Card risk management of qPBOC (JR/T 0025.12): who the cardholder is comes first, then whether the chip may pay alone.
 * `balance` in fen. Undefined: the amount is not one.
 */
export function decide(risk: RiskProfile, balance: number, asked: Asked): Decision | undefined {
  const amount = parseBcd(asked.amount);
  if (amount === undefined) return undefined;
  const terminal = readQualifiers(asked.ttq);
  const ownMoney = equalBytes(asked.currency, risk.currency);
  const overLimit = ownMoney && (amount > balance || amount > risk.singleLimit);
  const online = terminal.offlineOnly ? 'aac' : 'arqc';
  const chipMayPay =
    ownMoney &&
    !overLimit &&
    amount > 0 &&
    asked.type[0] === 0x00 &&
    !terminal.onlineRequired &&
    risk.policy === 'offline';
  const settled = (cryptogram: Decision['cryptogram'], bits = 0): Decision => ({
    cryptogram,
    ctq: risk.ctq | bits,
    overLimit,
  });

  if (risk.policy === 'decline') return settled('aac');
  const mustVerify = terminal.cvmRequired || (ownMoney && amount > risk.cvmLimit);
  if (!mustVerify) return settled(chipMayPay ? 'tc' : online);
  // Only the host can check a PIN, so a PIN means ARQC; a signature does not stand in the chip's way.
  if (risk.methods.onlinePin && terminal.onlinePin && !terminal.offlineOnly) return settled('arqc', CTQ_ONLINE_PIN);
  if (risk.methods.signature && terminal.signature) return settled(chipMayPay ? 'tc' : online, CTQ_SIGNATURE);
  return settled('aac');
}
