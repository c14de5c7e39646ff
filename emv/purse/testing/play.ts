import { hex, parseHex, Secret, toHex } from '../../values/index.ts';
import type { PurseLoadOutcome, PurseLoadRecovery, PursePurchaseOutcome, PurseRecovery } from '../outcome.ts';
import { type PurseRequest, type PurseRequests, type PurseStep, runPurseStepSync } from '../requests.ts';
import type { Exchange, Script } from './golden-purse.ts';

type Answers = { readonly [N in Exclude<keyof PurseRequests, 'exchange'>]?: PurseRequests[N]['answer'] };

const pin = () => new Secret(new TextEncoder().encode('123456'));

const DEFAULTS = (): Required<Answers> => ({
  'save-intent': { kind: 'saved' },
  'check-exception-file': { listed: false },
  'check-offline-limits': { kind: 'allowed' },
  'verify-cardholder': { kind: 'entered', pin: pin() },
  'authorise-load': {
    kind: 'approved',
    mac2: hex('D753D841'),
    date: { year: 2025, month: 6, day: 1 },
    time: { hour: 12, minute: 31, second: 0 },
    authorisationId: 'L1',
  },
});

export interface Played<T> {
  readonly result: T;
  /** Every question in order: the exchange's name, or the question's. */
  readonly asked: readonly string[];
  /** The questions other than exchanges, whole. */
  readonly questions: readonly PurseRequest[];
}

export interface PlayOptions {
  readonly answers?: Answers;
  /** The exchange (from 0) whose answer never comes. */
  readonly tearAt?: number;
}

/** Runs a step against a card and a PSAM that expect exactly these commands in this order, and throws at any other. */
export function play<T>(step: PurseStep<T>, script: Script, { answers = {}, tearAt }: PlayOptions = {}): Played<T> {
  const asked: string[] = [];
  const questions: PurseRequest[] = [];
  const defaults = DEFAULTS();
  let at = 0;
  const result = runPurseStepSync(step, (request) => {
    if (request.name !== 'exchange') {
      asked.push(request.name);
      questions.push(request);
      return answers[request.name] ?? defaults[request.name];
    }
    const exchange = script[at];
    const command = `${request.to} ${toHex(request.command)}`;
    if (exchange === undefined) throw new RangeError(`no command expected, got ${command}`);
    const expected = `${exchange.to} ${exchange.command}`;
    if (expected !== command) throw new RangeError(`${exchange.name}: expected ${expected}, got ${command}`);
    asked.push(exchange.name);
    if (at++ === tearAt) return { kind: 'torn' };
    const response = parseHex(exchange.answer);
    if (response === undefined) throw new RangeError(`${exchange.name}: the answer is not hex`);
    return { kind: 'answered', response };
  });
  if (at !== script.length && tearAt === undefined) throw new RangeError(`${script[at]?.name}: never asked`);
  return { result, asked, questions };
}

/** The script up to and with one exchange, which is answered otherwise; then, maybe, others. */
export function until(script: Script, name: string, answer: string, ...then: readonly Exchange[]): Script {
  const at = script.findIndex((exchange) => exchange.name === name);
  const exchange = script[at];
  if (exchange === undefined) throw new RangeError(`no exchange ${name}`);
  return [...script.slice(0, at), { ...exchange, answer }, ...then];
}

/** An outcome in a few words. */
export function inWords(outcome: PursePurchaseOutcome | PurseLoadOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return 'approved';
    case 'loaded':
      return `loaded${outcome.finding ? ` ${outcome.finding}` : ''}`;
    case 'declined':
      return `declined ${outcome.reason} ${outcome.debited}${outcome.finding ? ` ${outcome.finding}` : ''}`;
    case 'torn':
      return `torn ${outcome.at}`;
    case 'cancelled':
      return `cancelled ${outcome.reason}`;
  }
}

/** A recovery in a few words. */
export function recoveryInWords(recovery: PurseRecovery | PurseLoadRecovery): string {
  if (recovery.kind === 'debited' || recovery.kind === 'credited') {
    return `${recovery.kind}: ${inWords(recovery.outcome)}`;
  }
  return recovery.kind === 'undecided' ? `undecided ${recovery.why}` : recovery.kind;
}
