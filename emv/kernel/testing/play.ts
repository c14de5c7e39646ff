import { type CaPublicKey, caKeysOf } from '../../oda/index.ts';
import { fen, hex, parseHex, toHex } from '../../values/index.ts';
import type { Outcome, Recovery } from '../outcome.ts';
import { type Request, type RequestName, type Requests, runStepSync, type Step } from '../requests.ts';
import type { TerminalParameters, TransactionInput } from '../transaction.ts';
import { CA_RSA_82 } from './debit-credit-cards.ts';
import { CA_RSA_80, CA_RSA_81, CA_SM2_57, type Exchange, type Script } from './golden-cards.ts';

const RID = hex('A000000333');

/** The CA keys of the golden cards. */
const CA_KEYS: readonly CaPublicKey[] = [
  { rid: RID, index: 0x80, algorithm: 'rsa', modulus: hex(CA_RSA_80), exponent: hex('03') },
  { rid: RID, index: 0x81, algorithm: 'rsa', modulus: hex(CA_RSA_81), exponent: hex('03') },
  { rid: RID, index: 0x82, algorithm: 'rsa', modulus: hex(CA_RSA_82), exponent: hex('03') },
  { rid: RID, index: 0x57, algorithm: 'sm2', point: hex(CA_SM2_57) },
];

/** Attended, online, PIN pad and signature, no contact slot; one application: floor 200.00, CVM 300.00, limit 1000.00. */
export const TERMINAL: TerminalParameters = {
  countryCode: hex('0156'),
  terminalType: 0x22,
  capabilities: hex('E0E9C8'),
  data: new Map(),
  onlineCapable: true,
  onlinePin: true,
  signature: true,
  contactInterface: false,
  statusCheck: false,
  applications: [
    {
      aid: hex('A000000333010101'),
      partialSelection: false,
      version: hex('0030'),
      transactionLimit: fen(100_000),
      cvmLimit: fen(30_000),
      offlineFloorLimit: fen(20_000),
    },
  ],
};

/** The golden cards' payment: 12.50 on 2025-06-01. */
export const INPUT: TransactionInput = {
  amount: fen(1250),
  transactionType: 0x00,
  currencyCode: hex('0156'),
  date: { year: 2025, month: 6, day: 1 },
  time: { hour: 12, minute: 30, second: 15 },
  unpredictableNumber: hex('11223344'),
  transactionCounter: 42,
  terminal: TERMINAL,
  caKeys: caKeysOf(CA_KEYS),
};

/** The same payment at a terminal that differs. */
export function inputAt(terminal: Partial<TerminalParameters>, rest: Partial<TransactionInput> = {}): TransactionInput {
  return { ...INPUT, ...rest, terminal: { ...TERMINAL, ...terminal } };
}

/** A card that answers one command otherwise. */
export function withAnswer(script: Script, name: string, answer: string): Script {
  return change(script, name, (exchange) => ({ ...exchange, answer }));
}

/** A card that is asked, after all else, for its counter (0007) and its balance. */
export function thenAsked(script: Script, balance: string): Script {
  return [
    ...script,
    { name: 'atc now', command: '80CA9F3600', answer: '9F360200079000' },
    { name: 'balance now', command: '80CA9F7900', answer: balance },
  ];
}

/** A card with a piece of hex replaced in one answer; throws when the piece is not there. */
export function edited(script: Script, name: string, piece: string, by: string): Script {
  return change(script, name, (exchange) => {
    if (!exchange.answer.includes(piece)) throw new RangeError(`${piece} is not in the answer to ${name}`);
    return { ...exchange, answer: exchange.answer.replace(piece, by) };
  });
}

/** A card that is told something else: a piece of hex replaced in one command; throws when the piece is not there. */
export function told(script: Script, name: string, piece: string, by: string): Script {
  return change(script, name, (exchange) => {
    if (!exchange.command.includes(piece)) throw new RangeError(`${piece} is not in the command of ${name}`);
    return { ...exchange, command: exchange.command.replace(piece, by) };
  });
}

function change(script: Script, name: string, edit: (exchange: Exchange) => Exchange): Script {
  if (!script.some((exchange) => exchange.name === name)) throw new RangeError(`no exchange ${name}`);
  return script.map((exchange) => (exchange.name === name ? edit(exchange) : exchange));
}

type Answers = { readonly [N in RequestName]?: Requests[N]['answer'] };

const DEFAULTS: Required<Answers> = {
  exchange: { kind: 'torn' },
  'confirm-application': { kind: 'cancelled' },
  'save-intent': { kind: 'saved' },
  'check-exception-file': { listed: false },
  'check-offline-limits': { kind: 'allowed' },
  'verify-cardholder': { kind: 'unavailable' },
  'authorise-online': { kind: 'no-answer' },
};

export interface Played<T> {
  readonly result: T;
  /** Every question in order: the exchange's name, or the question's. */
  readonly asked: readonly string[];
  /** The questions other than exchanges, whole. */
  readonly questions: readonly Request[];
}

export interface PlayOptions {
  readonly answers?: Answers;
  /** The exchange (from 0) whose answer never comes. */
  readonly tearAt?: number;
}

/** Runs a step against a card that expects exactly these commands in this order, and throws at any other. */
export function play<T>(step: Step<T>, script: Script, { answers = {}, tearAt }: PlayOptions = {}): Played<T> {
  const asked: string[] = [];
  const questions: Request[] = [];
  let at = 0;
  const result = runStepSync(step, (request) => {
    if (request.name !== 'exchange') {
      asked.push(request.name);
      questions.push(request);
      return answers[request.name] ?? DEFAULTS[request.name];
    }
    const exchange = script[at];
    const command = toHex(request.command);
    if (exchange === undefined) throw new RangeError(`no command expected, got ${command}`);
    if (exchange.command !== command)
      throw new RangeError(`${exchange.name}: expected ${exchange.command}, got ${command}`);
    asked.push(exchange.name);
    if (at++ === tearAt) return { kind: 'torn' };
    const response = parseHex(exchange.answer);
    if (response === undefined) throw new RangeError(`${exchange.name}: the answer is not hex`);
    return { kind: 'answered', response };
  });
  return { result, asked, questions };
}

/** An outcome in a few words. */
export function inWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'approved': {
      const { fundedBy, offline, cardholderVerification, offlineAuthentication } = outcome;
      return `approved ${fundedBy} ${offline ? 'offline' : 'online'} ${cardholderVerification} ${offlineAuthentication}`;
    }
    case 'declined':
      return `declined ${outcome.reason} ${outcome.debited}`;
    case 'torn':
      return `torn ${outcome.at}`;
    default:
      return `${outcome.kind} ${outcome.reason}`;
  }
}

/** A recovery in a few words. */
export function recoveryInWords(recovery: Recovery): string {
  if (recovery.kind === 'debited') return `debited: ${inWords(recovery.outcome)}`;
  return recovery.kind === 'undecided' ? `undecided ${recovery.why}` : recovery.kind;
}
