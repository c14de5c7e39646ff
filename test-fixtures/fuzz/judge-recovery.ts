import { MAX_EXCHANGES } from '../../emv/kernel/bounds.ts';
import type { Intent, Recovery } from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { equalBytes, parseAmount, readUint, toHex } from '../../emv/values/index.ts';
import { type ChipFacts, provenPan, sameSignedValues } from './chip-proof.ts';
import { lastOfAfl, oddCommand, readingsOf, reads, type Turn, turnsOf, turnsOfGpo } from './conversation.ts';
import type { Played } from './play.ts';
import { leavesOf, readTree } from './tlv-tree.ts';
import type { Transcript } from './transcript.ts';

/** An honest intent, and what is known of its payment. */
export interface OpenPayment extends Transcript {
  readonly intent: Intent;
  /** What the honest card gave, where `provenPan` cannot follow its chain: SM2. */
  readonly genuineFacts?: ChipFacts | undefined;
}

type PlayedRecovery = Played<Recovery>;
type Rule = (played: PlayedRecovery, payment: OpenPayment, caKeys: readonly CaPublicKey[]) => string | undefined;

/** What GET DATA gave for a tag; undefined when it did not. */
function toldBy(turns: readonly Turn[], command: string, tag: number): Uint8Array | undefined {
  const turn = turns.find((one) => toHex(one.command.subarray(0, 4)) === command);
  const objects = turn?.sw === 0x9000 ? leavesOf(readTree(turn.data) ?? []) : [];
  return objects.length === 1 && objects[0]?.tag === tag ? objects[0].value : undefined;
}

/** Counter and balance as the card in the field told them. */
function movedTo(played: PlayedRecovery): { atc: number | undefined; balance: number | undefined } {
  const turns = turnsOf(played);
  const [atc, balance] = [toldBy(turns, '80CA9F36', 0x9f36), toldBy(turns, '80CA9F79', 0x9f79)];
  return { atc: atc?.length === 2 ? readUint(atc) : undefined, balance: balance && parseAmount(balance) };
}

/** What the terminal holds of the card: the intent, and the last record as it was read now. */
function factsOf({ intent }: OpenPayment, played: PlayedRecovery): ChipFacts | undefined {
  if (intent.path !== 'qpboc') return undefined;
  const place = lastOfAfl(intent.afl);
  const last = readingsOf(turnsOf(played)).findLast((turn) => reads(turn, place));
  if (last === undefined || place === undefined) return undefined;
  const { fci, pdolValues, gpoAnswer, records } = intent;
  return { fci, pdolValues, gpoAnswer, records: [...records, { ...place, data: last.data }] };
}

const RULES: Readonly<{ [name: string]: Rule }> = {
  'an answer always comes': ({ thrown, result }) =>
    thrown === undefined && result !== undefined ? undefined : `threw ${String(thrown)}`,
  'exchanges have a bound': ({ given }) => (given.length > MAX_EXCHANGES ? `${given.length} exchanges` : undefined),
  'every command is one': (played) => {
    const odd = oddCommand(played);
    return odd && `sent ${toHex(odd)}`;
  },
  'no GPO destroys the evidence': (played) => (turnsOfGpo(turnsOf(played)).length > 0 ? 'asked for GPO' : undefined),
  'a debit is found where counter and balance say so': (played, { intent }) => {
    const { result } = played;
    if (result?.kind !== 'debited' && result?.kind !== 'not-debited') return undefined;
    const { atc, balance } = movedTo(played);
    const paid = result.kind === 'debited' ? intent.amount : 0;
    const right = atc === intent.atc && balance === (intent.balanceBefore ?? Number.NaN) - paid;
    return right ? undefined : `${result.kind} at ATC ${atc}, balance ${balance}`;
  },
  'an approval has its proof, or the host has seen its TC': (played, payment, caKeys) => {
    const { result, asked } = played;
    if (result?.kind !== 'debited' || result.outcome.kind !== 'approved') return undefined;
    const { outcome } = result;
    if (outcome.fundedBy !== 'chip') return 'the account pays';
    if (!outcome.offline) {
      const approved = asked.some(
        ({ request, answer }) =>
          request.name === 'authorise-online' &&
          request.purpose === 'verify-tc' &&
          'kind' in answer &&
          answer.kind === 'approved',
      );
      return approved ? undefined : 'approved without the host';
    }
    const facts = factsOf(payment, played);
    if (facts === undefined) return 'approved without the last record';
    if (payment.genuineFacts !== undefined) {
      return sameSignedValues(facts, payment.genuineFacts) ? undefined : 'approved with changed signatures';
    }
    const proved = provenPan(facts, payment.input, caKeys);
    return proved === payment.intent.pan.reveal() ? undefined : 'approved without proof';
  },
  'an approval is of this payment': ({ result }, { intent, input }) => {
    if (result?.kind !== 'debited' || !('chip' in result.outcome) || result.outcome.chip === undefined)
      return undefined;
    const { chip } = result.outcome;
    const right = equalBytes(chip.unpredictableNumber, input.unpredictableNumber) && readUint(chip.atc) === intent.atc;
    return right ? undefined : 'the outcome tells another payment';
  },
};

/** What is wrong with a recovery: the rules that it breaks. */
export function judgeRecovery(
  played: PlayedRecovery,
  payment: OpenPayment,
  caKeys: readonly CaPublicKey[],
): readonly string[] {
  return Object.entries(RULES).flatMap(([name, rule]) => {
    const fault = rule(played, payment, caKeys);
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
}
