import { MAX_EXCHANGES } from '../../emv/kernel/bounds.ts';
import { decodeIntent, describeIntent, encodeIntent, type Outcome } from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { equalBytes, toHex } from '../../emv/values/index.ts';
import { type ChipFacts, provenPan, sameSignedValues, valuesIn } from './chip-proof.ts';
import { chipFactsOf, lastOfAfl, oddCommand, reads, turnsOf } from './conversation.ts';
import type { Asked, Played } from './play.ts';
import type { Transcript } from './transcript.ts';

/** What the judges know and the cards do not. */
export interface Truth {
  /** The roots of the scheme. */
  readonly caKeys: readonly CaPublicKey[];
}

type Approved = Extract<Outcome, { kind: 'approved' }>;

/** A purchase with what every rule looks at. */
interface Case {
  readonly played: Played<Outcome>;
  readonly transcript: Transcript;
  readonly truth: Truth;
  readonly facts: ChipFacts | undefined;
  /** Where the intent was saved among all questions; undefined when it was not. */
  readonly savedAt: number | undefined;
  /** Where the record was asked for that makes the card pay; undefined when it was not. */
  readonly lastReadAt: number | undefined;
}

/** A rule that no tap may break: what is wrong, or nothing. */
type Rule = (one: Case) => string | undefined;

/** PIN 1, authorisation 1, exception file 2, limits 1, intent 1. */
const MOST_OTHER_QUESTIONS = 6;
const CHIP_LENGTHS = [
  ['amountAuthorised', 6],
  ['amountOther', 6],
  ['terminalCountryCode', 2],
  ['tvr', 5],
  ['currencyCode', 2],
  ['transactionDate', 3],
  ['transactionType', 1],
  ['unpredictableNumber', 4],
  ['aip', 2],
  ['atc', 2],
  ['cryptogram', 8],
] as const;

const questions = ({ played }: Case, name: string) => played.asked.filter(({ request }) => request.name === name);

const isKind = (answer: object, kind: string): boolean => 'kind' in answer && answer.kind === kind;

function caseOf(played: Played<Outcome>, transcript: Transcript, truth: Truth): Case {
  const saved = played.asked.findIndex(
    ({ request, answer }) => request.name === 'save-intent' && isKind(answer, 'saved'),
  );
  const turns = turnsOf(played);
  const facts = chipFactsOf(turns);
  const last = lastOfAfl(facts && valuesIn({ ...facts, records: [] })?.get(0x94));
  const lastReadAt = turns.find((turn) => reads(turn, last))?.at;
  return { played, transcript, truth, facts, savedAt: saved < 0 ? undefined : saved, lastReadAt };
}

/** Rules for every purchase, however it ended. */
const ALWAYS: Readonly<{ [name: string]: Rule }> = {
  'an outcome always comes': ({ played: { thrown, result } }) =>
    thrown === undefined && result !== undefined ? undefined : `threw ${String(thrown)}`,
  'exchanges have a bound': ({ played: { given } }) =>
    given.length > MAX_EXCHANGES ? `${given.length} exchanges` : undefined,
  'other questions have a bound': ({ played: { asked, given } }) =>
    asked.length - given.length > MOST_OTHER_QUESTIONS ? `${asked.length - given.length} questions` : undefined,
  'every command is one': ({ played }) => {
    const odd = oddCommand(played);
    return odd && `sent ${toHex(odd)}`;
  },
  'the intent stands before the last record is asked for': ({ savedAt, lastReadAt }) =>
    lastReadAt !== undefined && (savedAt === undefined || savedAt > lastReadAt)
      ? 'no intent before the last record'
      : undefined,
  'an intent can be written, read and told': ({ played }) => {
    for (const { request } of played.asked) {
      if (request.name !== 'save-intent') continue;
      const written = encodeIntent(request.intent);
      const decoded = decodeIntent(written);
      if (decoded === undefined || !equalBytes(encodeIntent(decoded), written))
        return 'it does not survive its encoding';
      if (describeIntent(decoded) === undefined) return 'it cannot be told';
    }
    return undefined;
  },
  'behind the intent no way leads back': ({ savedAt, played: { result } }) => {
    const free =
      savedAt === undefined || result === undefined || ['approved', 'declined', 'torn'].includes(result.kind);
    return free ? undefined : `${result.kind} behind an intent`;
  },
  'a debit is called a debit': (one) => {
    const { result } = one.played;
    if (result?.kind !== 'declined') return undefined;
    const mayHavePaid = one.lastReadAt !== undefined;
    if (result.debited === 'chip') return mayHavePaid ? undefined : 'says debited before the last record';
    return mayHavePaid && !hasAskedForEvidence(one) ? 'says not debited behind the last record' : undefined;
  },
  'a torn card may have paid behind the intent alone': ({ savedAt, played: { result } }) => {
    const expected = savedAt === undefined ? 'before-intent' : 'after-intent';
    return result?.kind === 'torn' && result.at !== expected ? `torn ${result.at}` : undefined;
  },
  'a PIN block is wiped': ({ played: { asked } }) => {
    const left = asked.some(({ answer }) => {
      if (!('pin' in answer)) return false;
      const secret = 'block' in answer.pin ? answer.pin.block : answer.pin;
      return secret.use((bytes) => bytes.some((byte) => byte !== 0));
    });
    return left ? 'a PIN block was left' : undefined;
  },
  'no outcome prints a PAN': ({ played: { result } }) => {
    const card = result !== undefined && 'card' in result ? result.card : undefined;
    return card !== undefined && JSON.stringify(card).includes(card.pan.reveal()) ? 'the PAN in clear' : undefined;
  },
};

/** A card that kept its last record back is believed when counter and balance have been asked behind it. */
function hasAskedForEvidence({ played, savedAt = 0 }: Case): boolean {
  const commands = turnsOf(played).flatMap(({ at, command }) => (at > savedAt ? [toHex(command.subarray(0, 4))] : []));
  return commands.includes('80CA9F36') && commands.includes('80CA9F79');
}

type ApprovalRule = (approved: Approved, one: Case) => string | undefined;

/** Has the host approved, asked for this purpose? */
function hostApproved({ played }: Case, purpose: 'authorise' | 'verify-tc'): boolean {
  return played.asked.some(
    ({ request, answer }) =>
      request.name === 'authorise-online' && request.purpose === purpose && isKind(answer, 'approved'),
  );
}

/** An ARQC that was trusted, since nobody could be asked: of no PIN that only the host can check, and under no authorisation. */
const trusted: ApprovalRule = ({ chip, authorisationId, cardholderVerification }, { played }) => {
  const deferred = played.asked.some(
    ({ request, answer }) =>
      request.name === 'authorise-online' && request.purpose === 'authorise' && isKind(answer, 'deferred'),
  );
  const right =
    chip.cryptogramType === 'arqc' && authorisationId === undefined && cardholderVerification !== 'online-pin';
  return deferred && right ? undefined : 'approved without the host';
};

/** The proof of a payment from the chip. */
const proven: ApprovalRule = ({ card }, { facts, transcript, truth }) => {
  if (facts === undefined) return 'approved without GPO';
  const genuine = sm2Facts(transcript);
  if (genuine !== undefined) return sameSignedValues(facts, genuine) ? undefined : 'approved with changed signatures';
  const proved = provenPan(facts, transcript.input, truth.caKeys);
  return proved === card.pan.reveal() ? undefined : 'approved without proof';
};

/** The one card whose chain is SM2, which `provenPan` cannot follow. */
const SM2_CARD = /^golden SM\b/;

/** What the SM2 card gave in its honest tap; undefined for all others. */
export function sm2Facts({ name, exchanges }: Transcript): ChipFacts | undefined {
  if (!SM2_CARD.test(name)) return undefined;
  const asked: Asked[] = exchanges.map(({ command, answer }) => ({
    request: { name: 'exchange', command },
    answer: { kind: 'answered', response: answer },
  }));
  return chipFactsOf(turnsOf({ asked }));
}

/** Rules for approvals. */
const APPROVALS: Readonly<{ [name: string]: ApprovalRule }> = {
  'the chip pays with a proof, or the host has seen its TC': (approved, one) => {
    if (approved.fundedBy !== 'chip') return undefined;
    if (one.savedAt === undefined || one.lastReadAt === undefined) return 'approved without a debit';
    if (approved.offline) return proven(approved, one);
    return hostApproved(one, 'verify-tc') ? undefined : 'approved without the host';
  },
  'the account pays with the host alone, or on trust': (approved, one) => {
    if (approved.fundedBy !== 'account') return undefined;
    if (one.savedAt !== undefined) return 'the account pays beside the chip';
    if (approved.offline) return trusted(approved, one);
    return !approved.offline && hostApproved(one, 'authorise') ? undefined : 'approved without the host';
  },
  'the host is asked once': (_, one) =>
    questions(one, 'authorise-online').length > 1 ? 'the host was asked twice' : undefined,
  'the card was told this payment': ({ chip }, { transcript: { input } }) => {
    const amount = String(input.amount).padStart(12, '0');
    const right =
      toHex(chip.amountAuthorised) === amount && equalBytes(chip.unpredictableNumber, input.unpredictableNumber);
    return right ? undefined : `told ${toHex(chip.amountAuthorised)} ${toHex(chip.unpredictableNumber)}`;
  },
  'the host can check the cryptogram': ({ chip }) => {
    const odd = CHIP_LENGTHS.find(([name, length]) => chip[name].length !== length);
    return odd && `${odd[0]} is not ${odd[1]} bytes`;
  },
  'nobody has refused': (_, { played: { asked } }) => {
    const refused = asked.some(
      ({ answer }) => ('listed' in answer && answer.listed) || isKind(answer, 'refused') || isKind(answer, 'declined'),
    );
    return refused ? 'approved against a refusal' : undefined;
  },
  'limits are kept': ({ fundedBy, cardholderVerification }, { transcript: { input } }) => {
    const { cvmLimit, offlineFloorLimit } = input.terminal.applications[0] ?? {};
    if (fundedBy === 'chip' && offlineFloorLimit !== undefined && input.amount > offlineFloorLimit) {
      return 'above the floor';
    }
    const verified = cardholderVerification !== 'none';
    return cvmLimit !== undefined && input.amount >= cvmLimit && !verified ? 'nobody was verified' : undefined;
  },
};

/** What is wrong with a purchase: the rules that it breaks. */
export function judgePurchase(played: Played<Outcome>, transcript: Transcript, truth: Truth): readonly string[] {
  const one = caseOf(played, transcript, truth);
  const { result } = played;
  const faults: string[] = [];
  const note = (rule: string, fault: string | undefined): void => {
    if (fault !== undefined) faults.push(`${rule}: ${fault}`);
  };
  for (const [name, rule] of Object.entries(ALWAYS)) note(name, rule(one));
  if (result?.kind !== 'approved') return faults;
  for (const [name, rule] of Object.entries(APPROVALS)) note(name, rule(result, one));
  return faults;
}
