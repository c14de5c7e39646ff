import { sm3 } from '../../../emv/crypto/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { escapeText, unescapeText } from './escape.ts';
import {
  amount,
  flag,
  hexOf,
  integer,
  type Leaf,
  leaf,
  list,
  matching,
  oneOf,
  optional,
  text,
  time,
} from './fields.ts';
import { lineForm } from './line-form.ts';

/** What the terminal signs when it seals a batch. */
export interface SealContent {
  readonly terminal: string;
  readonly epoch: number;
  readonly batchId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Records in the batch: lastSequence - firstSequence + 1. */
  readonly count: number;
  /** Sum of the approved purchases, fen. */
  readonly totalMinor: number;
  /** Chain hash at lastSequence, 64 upper-case hex digits. */
  readonly chainHead: string;
  /** `merkleRoot` of the chain hashes from firstSequence to lastSequence, 64 upper-case hex digits. */
  readonly merkleRoot: string;
}

/** What the host says of one record. */
export interface RecordVerdict {
  readonly sequence: number;
  readonly verdict: 'accepted' | 'disputed';
  /** Why it is disputed, a word in a stable catalogue; none when accepted. */
  readonly reason?: string;
}

/** What the host signs when it holds a batch durably. */
export interface Acknowledgement {
  readonly terminal: string;
  readonly epoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Chain hash at lastSequence, 64 upper-case hex digits. */
  readonly chainHash: string;
  /** One a record, in sequence order. */
  readonly verdicts: readonly RecordVerdict[];
}

/** What the host signs when a merchant has got the money of a record that its batch settled without. */
export interface CollectionContent {
  /** Order of collection, from 1. */
  readonly number: number;
  /** Of the debt that was collected, or of the claim that an operator has paid. */
  readonly id: string;
  /** Where that record stands. */
  readonly terminal: string;
  readonly epoch: number;
  readonly sequence: number;
  /** Who is paid. */
  readonly merchant: string;
  /** 64 upper-case hex digits. */
  readonly cardToken: string;
  readonly amountMinor: number;
  /** RFC 3339. */
  readonly collectedAt: string;
}

/** What the host signs when a batch is settled. */
export interface SettlementContent {
  readonly batchId: string;
  readonly terminal: string;
  readonly epoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly reference: string;
  /** RFC 3339. */
  readonly settledAt: string;
  /** Records that settle: those of the batch that are not disputed. */
  readonly recordCount: number;
  /** Sum of the approved purchases that settle, fen. */
  readonly totalMinor: number;
  /** Sequences that are left out, rising. */
  readonly disputed: readonly number[];
  /** Chain hash at lastSequence, 64 upper-case hex digits. */
  readonly chainHead: string;
}

/** A change of the hotlist, by card token (64 upper-case hex digits). */
export interface HotlistDelta {
  /** The version that the change starts from; 0 with `full`. */
  readonly from: number;
  readonly to: number;
  /** True: `add` is the whole list. */
  readonly full: boolean;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What a card owes since the host could not collect a deferred authorisation. */
export interface HotlistDebt {
  /** Names the debt; no two share it. */
  readonly id: string;
  readonly token: string;
  /** What is open, fen; 0 once it is collected or waived. */
  readonly amountMinor: number;
}

/**
 * A piece of the way from one version of the hotlist to another: what changes for the tokens behind `after` up to `through`. The
 * pieces of one way join without gaps, from one without `after` to one without `through`.
 */
export interface HotlistPage {
  /** The version that the change starts from; 0 with `full`. */
  readonly from: number;
  /** Names the list at `from`, 64 upper-case hex digits: two lists of one number have two hashes. */
  readonly fromHash: string;
  readonly to: number;
  /** Names the list at `to`. */
  readonly hash: string;
  /** Cards on the list at `to`. */
  readonly entries: number;
  /** True: what is added, on all pages, is the whole list. */
  readonly full: boolean;
  readonly after?: string;
  readonly through?: string;
  /** Card tokens, rising. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** By token, then by id. */
  readonly debts: readonly HotlistDebt[];
}

/** The signed parameters: everything of the answer besides version and signature, the key's name too, as JSON of whole numbers. */
export interface ParametersContent {
  readonly version: number;
  readonly content: unknown;
}

/** What the terminal signs at the end of a bundle. */
export interface BundleContent {
  readonly terminal: string;
  readonly epoch: number;
  readonly bundleId: string;
  /** RFC 3339. */
  readonly madeAt: string;
  readonly reversals: number;
  readonly batches: number;
  /** All records of the batches. */
  readonly records: number;
  /** `lineDigest` of the last line before the end, 64 upper-case hex digits. */
  readonly content: string;
}

/** What the host signs over the reversals of a bundle; each batch has an acknowledgement of its own. */
export interface ReceiptContent {
  readonly terminal: string;
  readonly epoch: number;
  readonly bundleId: string;
  /** Ids of the reversals that the host has carried out. */
  readonly reversals: readonly string[];
}

/** What the host signs when it has compared a range: everything that it says, as JSON of whole numbers. */
export interface ComparisonContent {
  readonly terminal: string;
  readonly epoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly content: unknown;
}

/** A request of an enrolled terminal. */
export interface RequestContent {
  readonly method: 'GET' | 'POST';
  /** Path with its query, as sent: from the first `/`. */
  readonly path: string;
  /** The body as sent; empty when there is none. */
  readonly body: Uint8Array;
}

/** What the host signs over an answer, where a terminal asks for it: nobody has kept it from before, or from another one. */
export interface AnswerContent {
  readonly terminal: string;
  readonly epoch: number;
  /** As the terminal drew it for this request: 32 upper-case hex digits. */
  readonly nonce: string;
  /** Path with its query, as the terminal sent it. */
  readonly path: string;
  /** The body as sent. */
  readonly body: Uint8Array;
}

const hash = hexOf(32);
const position = integer(1);
const path = leaf<string>(escapeText, (line) => (line.startsWith('/') ? text.read(line) : undefined));

const verdict: Leaf<RecordVerdict> = leaf(
  ({ sequence, verdict: word, reason }) =>
    [String(sequence), word, ...(reason === undefined ? [] : [escapeText(reason, true)])].join(':'),
  readVerdict,
);

function readVerdict(written: string): RecordVerdict | undefined {
  const [sequenceText = '', wordText = '', reasonText, ...rest] = written.split(':');
  const sequence = position.read(sequenceText);
  const word = oneOf('accepted', 'disputed').read(wordText);
  if (sequence === undefined || word === undefined || rest.length > 0) return undefined;
  if (reasonText === undefined) return word === 'accepted' ? { sequence, verdict: word } : undefined;
  const reason = unescapeText(reasonText, true);
  return word === 'disputed' && reason ? { sequence, verdict: word, reason } : undefined;
}

const SEAL = lineForm<SealContent>('jdpos-seal/1', {
  terminal: text,
  epoch: position,
  batchId: text,
  firstSequence: position,
  lastSequence: position,
  count: position,
  totalMinor: integer(0),
  chainHead: hash,
  merkleRoot: hash,
});

const ACKNOWLEDGEMENT = lineForm<Acknowledgement>('jdpos-acknowledgement/1', {
  terminal: text,
  epoch: position,
  firstSequence: position,
  lastSequence: position,
  chainHash: hash,
  verdicts: list(verdict),
});

const SETTLEMENT = lineForm<SettlementContent>('jdpos-settlement/1', {
  batchId: text,
  terminal: text,
  epoch: position,
  firstSequence: position,
  lastSequence: position,
  reference: text,
  settledAt: time,
  recordCount: integer(0),
  totalMinor: integer(0),
  disputed: list(position),
  chainHead: hash,
});

const COLLECTION = lineForm<CollectionContent>('jdpos-collection/1', {
  number: integer(1),
  id: text,
  terminal: text,
  epoch: position,
  sequence: position,
  merchant: text,
  cardToken: hash,
  amountMinor: integer(1),
  collectedAt: time,
});

const HOTLIST = lineForm<HotlistDelta>('jdpos-hotlist/1', {
  from: integer(0),
  to: integer(0),
  full: flag,
  add: list(hash),
  remove: list(hash),
});

const debt: Leaf<HotlistDebt> = leaf(
  ({ token, id, amountMinor }) => [token, id, String(amountMinor)].join(':'),
  readDebt,
);

const DEBT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function readDebt(written: string): HotlistDebt | undefined {
  const [tokenText = '', id = '', amountText = '', ...rest] = written.split(':');
  const token = hash.read(tokenText);
  const amountMinor = amount.read(amountText);
  const fits = token !== undefined && amountMinor !== undefined && DEBT_ID.test(id) && rest.length === 0;
  return fits ? { id, token, amountMinor } : undefined;
}

const HOTLIST_PAGE = lineForm<HotlistPage>('jdpos-hotlist-page/1', {
  from: integer(0),
  fromHash: hash,
  to: integer(0),
  hash,
  entries: integer(0),
  full: flag,
  after: optional(hash),
  through: optional(hash),
  add: list(hash),
  remove: list(hash),
  debts: list(debt),
});

const PARAMETERS = lineForm<{ version: number; content: string }>('jdpos-parameters/1', {
  version: integer(0),
  content: leaf(escapeText, unescapeText),
});

const BUNDLE = lineForm<BundleContent>('jdpos-bundle/1', {
  terminal: text,
  epoch: position,
  bundleId: text,
  madeAt: time,
  reversals: integer(0),
  batches: integer(0),
  records: integer(0),
  content: hash,
});

const RECEIPT = lineForm<ReceiptContent>('jdpos-receipt/1', {
  terminal: text,
  epoch: position,
  bundleId: text,
  reversals: list(matching(/^[0-9a-f-]{36}$/)),
});

const COMPARISON = lineForm<Omit<ComparisonContent, 'content'> & { content: string }>('jdpos-comparison/1', {
  terminal: text,
  epoch: position,
  firstSequence: position,
  lastSequence: position,
  content: leaf(escapeText, unescapeText),
});

const REQUEST = lineForm<{ method: string; path: string; body: string }>('jdpos-request/1', {
  method: oneOf('GET', 'POST'),
  path,
  body: hash,
});

const ANSWER = lineForm<Omit<AnswerContent, 'body'> & { body: string }>('jdpos-answer/1', {
  terminal: text,
  epoch: position,
  nonce: hexOf(16),
  path,
  body: hash,
});

/** What the terminal signs over a batch. Throws RangeError when a value does not fit its field. */
export const sealContentBytes = (seal: SealContent): Uint8Array => SEAL.encode(seal);

/** What the host signs over the verdicts on a batch. Throws RangeError when a value does not fit its field. */
export const acknowledgementBytes = (acknowledgement: Acknowledgement): Uint8Array =>
  ACKNOWLEDGEMENT.encode(acknowledgement);

/** What the host signs over a settlement. Throws RangeError when a value does not fit its field. */
export const settlementBytes = (settlement: SettlementContent): Uint8Array => SETTLEMENT.encode(settlement);

/** What the host signs over what it has collected for a merchant. Throws RangeError when a value does not fit its field. */
export const collectionBytes = (collection: CollectionContent): Uint8Array => COLLECTION.encode(collection);

/** What the host signs over a change of the hotlist. Throws RangeError when a value does not fit its field. */
export const hotlistBytes = (delta: HotlistDelta): Uint8Array => HOTLIST.encode(delta);

/** What the host signs over a page of the hotlist. Throws RangeError when a value does not fit its field. */
export const hotlistPageBytes = (page: HotlistPage): Uint8Array => HOTLIST_PAGE.encode(page);

/** What the host signs over the parameters. Throws RangeError when the content has no canonical JSON. */
export const parametersBytes = ({ version, content }: ParametersContent): Uint8Array =>
  PARAMETERS.encode({ version, content: canonicalJson(content) });

/** What the terminal signs at the end of a bundle. Throws RangeError when a value does not fit its field. */
export const bundleBytes = (bundle: BundleContent): Uint8Array => BUNDLE.encode(bundle);

/** What the host signs over the reversals of a bundle. Throws RangeError when a value does not fit its field. */
export const receiptBytes = (receipt: ReceiptContent): Uint8Array => RECEIPT.encode(receipt);

/** What the host signs over a comparison. Throws RangeError when the content has no canonical JSON. */
export const comparisonBytes = ({ content, ...range }: ComparisonContent): Uint8Array =>
  COMPARISON.encode({ ...range, content: canonicalJson(content) });

/** What a terminal has claimed in a comparison: SM3 of the canonical JSON of its records, hex. */
export const claimDigest = (records: readonly unknown[]): string =>
  toHex(sm3(new TextEncoder().encode(canonicalJson(records))));

/** What a terminal signs over a request of its own, the body by its SM3. Throws RangeError when the path does not begin with `/`. */
export const requestBytes = ({ method, path, body }: RequestContent): Uint8Array =>
  REQUEST.encode({ method, path, body: toHex(sm3(body)) });

/** What the host signs over an answer to a nonce, the body by its SM3. Throws RangeError when a value does not fit its field. */
export const answerBytes = ({ body, ...about }: AnswerContent): Uint8Array =>
  ANSWER.encode({ ...about, body: toHex(sm3(body)) });
