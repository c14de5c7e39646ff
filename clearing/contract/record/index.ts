export { cardToken, chainHash, HASH_BYTES, merkleRoot } from './chain.ts';
export { encodeRecord, type ParsedRecord, parseRecord } from './codec.ts';
export {
  type Acknowledgement,
  acknowledgementBytes,
  type HotlistDelta,
  hotlistBytes,
  type ParametersContent,
  parametersBytes,
  type RecordVerdict,
  type RequestContent,
  requestBytes,
  type SealContent,
  type SettlementContent,
  sealContentBytes,
  settlementBytes,
} from './documents.ts';
export type {
  ClockState,
  CryptogramType,
  Debited,
  FundedBy,
  Record,
  RecordCard,
  RecordChip,
  RecordDraft,
  RecordKind,
  RecordOutcome,
} from './record.ts';
export { type Totals, totalsOf } from './totals.ts';
