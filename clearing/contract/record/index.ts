export { cardToken, chainHash, HASH_BYTES, lineDigest, merkleRoot } from './chain.ts';
export { encodeRecord, parseRecord } from './codec.ts';
export {
  type Acknowledgement,
  type AnswerContent,
  acknowledgementBytes,
  answerBytes,
  type BundleContent,
  bundleBytes,
  type ComparisonContent,
  claimDigest,
  comparisonBytes,
  type HotlistDebt,
  type HotlistDelta,
  type HotlistPage,
  hotlistBytes,
  hotlistPageBytes,
  type ParametersContent,
  parametersBytes,
  type ReceiptContent,
  type RecordVerdict,
  type RequestContent,
  receiptBytes,
  requestBytes,
  type SealContent,
  type SettlementContent,
  sealContentBytes,
  settlementBytes,
} from './documents.ts';
export { isApprovedOffline, isDeferred } from './offline.ts';
export type {
  CryptogramType,
  Debited,
  FundedBy,
  Record,
  RecordCard,
  RecordChip,
  RecordConfirmation,
  RecordDraft,
  RecordKind,
  RecordOutcome,
  RecordPurse,
} from './record.ts';
export { paysMerchant, totalsOf } from './totals.ts';
