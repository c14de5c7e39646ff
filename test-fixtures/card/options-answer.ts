import { bcd, hex, uintBytes } from '../../emv/values/index.ts';
import { cryptogramOver, issuerApplicationData } from './issuer-application-data.ts';
import type { Decision } from './risk.ts';
import type { StoredApplication } from './state.ts';
import { tlv } from './tlv.ts';
import type { Transaction } from './transaction.ts';

/** 9F63, card product identification: "0988000000000000". */
const PRODUCT = hex('30393838303030303030303030303030');
/** CVR byte 2, bits 6 and 5. */
const DECISION_BITS = { tc: 0x10, arqc: 0x20, aac: 0x00 } as const;

/** Template 77 with a TC. `after`: the application as it will be once the money is gone. `signature`: 9F4B, unless in a record. */
export function approval(
  transaction: Transaction,
  after: StoredApplication,
  signature: Uint8Array | undefined,
): Uint8Array {
  return tlv(
    0x77,
    tlv(0x82, transaction.application.aip),
    tlv(0x94, transaction.application.afl),
    ...cryptogramData(transaction, after),
    ...(signature === undefined ? [] : [tlv(0x9f4b, signature)]),
    ...qualifiersAndBalance(transaction, after),
  );
}

/** Template 77 with an ARQC or AAC: no AFL, nothing to read. */
export function refusal(transaction: Transaction, after: StoredApplication): Uint8Array {
  return tlv(
    0x77,
    tlv(0x82, transaction.application.aip),
    ...cryptogramData(transaction, after),
    tlv(0x9f63, PRODUCT),
    ...qualifiersAndBalance(transaction, after),
  );
}

function cryptogramData({ application, sent, decision }: Transaction, after: StoredApplication): Uint8Array[] {
  const { cryptogram, aip } = application;
  const { atc } = after;
  const cvr = verificationResults(decision, after);
  const balance = cryptogram.withBalance ? after.balance : undefined;
  return [
    tlv(0x9f36, uintBytes(atc, 2)),
    tlv(0x9f26, cryptogramOver(cryptogram, { sent, aip, atc, cvr })),
    tlv(0x9f10, issuerApplicationData(cryptogram, { atc, cvr, balance })),
    tlv(0x57, application.track2),
    tlv(0x5f34, application.panSequence),
  ];
}

/** Card verification results with their length: no second cryptogram was asked for (80), and what this one is. */
function verificationResults({ cryptogram, overLimit }: Decision, { pinTries }: StoredApplication): Uint8Array {
  const third = (pinTries === 0 ? 0x40 : 0) | (overLimit ? 0x20 : 0);
  return Uint8Array.of(0x03, 0x80 | DECISION_BITS[cryptogram], third, 0x00);
}

function qualifiersAndBalance({ application, decision }: Transaction, after: StoredApplication): Uint8Array[] {
  const qualifiers = tlv(0x9f6c, uintBytes(decision.ctq, 2));
  return application.showsBalance ? [qualifiers, tlv(0x9f5d, bcd(after.balance, 6))] : [qualifiers];
}
