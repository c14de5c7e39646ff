import { concat, uintBytes } from '../../../emv/values/index.ts';
import { cryptogramOver, issuerApplicationData } from '../issuer-application-data.ts';
import type { StoredApplication } from '../state.ts';
import { tlv } from '../tlv.ts';
import type { Sent } from '../transaction.ts';
import type { Cryptogram } from './cvr.ts';
import type { Here } from './here.ts';

/** 9F27. */
const CID = { aac: 0x00, tc: 0x40, arqc: 0x80 } as const;

/** What one GENERATE AC came to. */
interface Made {
  readonly kind: Cryptogram;
  /** With its length, 4 bytes. */
  readonly cvr: Uint8Array;
  readonly sent: Sent;
  /** The values of PDOL and CDOLs so far. */
  readonly values: Uint8Array;
  /** Was a combined signature (CDA) asked for? */
  readonly combined: boolean;
  /** The application as it is from now on. */
  readonly after: StoredApplication;
}

/** The answer to GENERATE AC, and 9F26 for what will be bound to it. An AAC is never signed (EMV Book 2 §6.6). */
export function cryptogramAnswer(here: Here, made: Made): { data: Uint8Array; cryptogram: Uint8Array } {
  const { algorithms, profile, transaction } = here;
  const { kind, cvr, sent, after } = made;
  const { atc } = after;
  const { aip } = profile.files[transaction.over];
  const cryptogram = cryptogramOver(algorithms.cryptogram, { sent, aip, atc, cvr });
  const tellsBalance = profile.electronicCash && algorithms.cryptogram.withBalance;
  const balance = tellsBalance ? after.balance : undefined;
  const issuerData = issuerApplicationData(algorithms.cryptogram, { atc, cvr, balance });
  const cid = Uint8Array.of(CID[kind]);
  const counter = uintBytes(atc, 2);
  if (made.combined && kind !== 'aac') {
    return { cryptogram, data: combinedAnswer(here, made, { cid, counter, cryptogram, issuerData }) };
  }
  const data =
    profile.format === 0x80
      ? tlv(0x80, cid, counter, cryptogram, issuerData)
      : tlv(0x77, tlv(0x9f27, cid), tlv(0x9f36, counter), tlv(0x9f26, cryptogram), tlv(0x9f10, issuerData));
  return { cryptogram, data };
}

/** Template 77 with 9F4B over the cryptogram and the whole transaction (EMV Book 2 §6.6.1). */
function combinedAnswer(
  { algorithms, moment }: Here,
  { sent, values }: Made,
  parts: { cid: Uint8Array; counter: Uint8Array; cryptogram: Uint8Array; issuerData: Uint8Array },
): Uint8Array {
  const { cid, counter, cryptogram, issuerData } = parts;
  const before = concat(tlv(0x9f27, cid), tlv(0x9f36, counter));
  const after = tlv(0x9f10, issuerData);
  const combined = { cryptogram: concat(cid, cryptogram), transactionData: concat(values, before, after) };
  const signature = algorithms.sign(sent(0x9f37, 4), moment.random(8), combined);
  return tlv(0x77, before, tlv(0x9f4b, signature), after);
}
