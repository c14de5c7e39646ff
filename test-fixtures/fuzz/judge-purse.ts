import {
  decodePurseIntent,
  encodePurseIntent,
  type PurseLoadOutcome,
  type PurseLoadRecovery,
  type PursePurchaseOutcome,
  type PurseRecovery,
} from '../../emv/purse/index.ts';
import { equalBytes, toHex } from '../../emv/values/index.ts';
import { readCommand } from '../card/command.ts';
import type { PurseAsked, PursePlayed } from './purse-play.ts';

export type PurseEnd = PursePurchaseOutcome | PurseLoadOutcome | PurseRecovery | PurseLoadRecovery;

type Played = PursePlayed<PurseEnd>;
type Rule = (played: Played) => string | undefined;

/** 27 commands of a purchase that has to be settled, each in four rounds. */
const MOST_EXCHANGES = 120;
/** PIN three times, and each of the others once. */
const MOST_OTHER_QUESTIONS = 8;
const DEBIT = '8054';
const CREDIT = '8052';
const PROOF = '805A';
const BALANCE = '805C';
const VERDICT = '8072';
const VERIFY = '0020';
const GET_RESPONSE = '00C0';

/** Is there anything in it still? What fetches the answer to a VERIFY is marked as well, and holds nothing. */
const leaves = (command: Uint8Array): boolean => command[1] !== 0xc0 && command.some((byte) => byte !== 0);

const isKind = (answer: object, kind: string): boolean => 'kind' in answer && answer.kind === kind;

function placeOf({ asked }: Played, wanted: (one: PurseAsked) => boolean): number | undefined {
  const at = asked.findIndex(wanted);
  return at < 0 ? undefined : at;
}

const sends =
  (to: 'card' | 'sam', header: string) =>
  ({ request }: PurseAsked): boolean =>
    request.name === 'exchange' && request.to === to && toHex(request.command.subarray(0, 2)) === header;

const saves = ({ request, answer }: PurseAsked): boolean => request.name === 'save-intent' && isKind(answer, 'saved');
const grants = ({ request, answer }: PurseAsked): boolean =>
  request.name === 'authorise-load' && isKind(answer, 'approved');

const isRecovery = ({ asked }: Played): boolean => !asked.some(({ request }) => request.name === 'save-intent');

/** The card's word for what is approved: that of a purchase, or of a probe that has found it paid. */
function approvedIn({ result }: Played) {
  const outcome = result?.kind === 'debited' ? result.outcome : result;
  return outcome?.kind === 'approved' ? outcome : undefined;
}

/** The PSAM's last word on MAC2, fetched by GET RESPONSE as the case may be. */
function verdictIn({ asked }: Played): string | undefined {
  const first = asked.findLastIndex(sends('sam', VERDICT));
  const behind = first < 0 ? [] : asked.slice(first + 1);
  const other = behind.findIndex((one) => !sends('sam', GET_RESPONSE)(one));
  const word = asked[first + (other < 0 ? behind.length : other)]?.answer;
  return word !== undefined && 'response' in word ? toHex(word.response.subarray(-2)) : undefined;
}

const RULES: Readonly<{ [name: string]: Rule }> = {
  'an outcome always comes': ({ thrown, result }) =>
    thrown === undefined && result !== undefined ? undefined : `threw ${String(thrown)}`,
  'exchanges have a bound': ({ given }) => (given.length > MOST_EXCHANGES ? `${given.length} exchanges` : undefined),
  'other questions have a bound': ({ asked, given }) =>
    asked.length - given.length > MOST_OTHER_QUESTIONS ? `${asked.length - given.length} questions` : undefined,
  'every command is one': ({ asked }) => {
    for (const { request } of asked) {
      if (request.name !== 'exchange' || request.secret) continue;
      if (readCommand(request.command) === undefined) return `sent ${toHex(request.command)}`;
    }
    return undefined;
  },
  'the intent stands before DEBIT and CREDIT, and before the host': (played) => {
    const saved = placeOf(played, saves) ?? Number.POSITIVE_INFINITY;
    const moving = [sends('card', DEBIT), sends('card', CREDIT)].map((one) => placeOf(played, one));
    const host = placeOf(played, ({ request }) => request.name === 'authorise-load');
    return [...moving, host].some((at) => at !== undefined && at < saved) ? 'no intent before it' : undefined;
  },
  'an intent can be written and read': ({ asked }) => {
    for (const { request } of asked) {
      if (request.name !== 'save-intent') continue;
      const written = encodePurseIntent(request.intent);
      const decoded = decodePurseIntent(written);
      if (decoded === undefined || !equalBytes(encodePurseIntent(decoded), written)) return 'it does not survive';
    }
    return undefined;
  },
  'secret commands are marked and zeroed, PINs are wiped': ({ asked }) => {
    for (const one of asked) {
      const { request, answer } = one;
      if (request.name === 'exchange' && !request.secret && sends('card', VERIFY)(one)) return 'a VERIFY is not marked';
      if (request.name === 'exchange' && request.secret && leaves(request.command)) return 'a secret command was left';
      if ('pin' in answer && answer.pin.use((bytes) => bytes.some((byte) => byte !== 0))) return 'a PIN was left';
    }
    return undefined;
  },
  'approved is what the PSAM takes for genuine': (played) => {
    if (approvedIn(played) === undefined) return undefined;
    const genuine = verdictIn(played) === '9000';
    const paid = isRecovery(played) || placeOf(played, sends('card', DEBIT)) !== undefined;
    return genuine && paid ? undefined : 'approved without its verdict';
  },
  'an approval adds up': (played) => {
    const debit = approvedIn(played)?.debit;
    if (debit === undefined) return undefined;
    const { amount, balanceBefore, balanceAfter, balanceSeen = balanceAfter } = debit;
    return balanceBefore - amount === balanceAfter && balanceSeen === balanceAfter ? undefined : `${balanceBefore}`;
  },
  'a debit is called a debit': (played) => {
    const { result, asked } = played;
    const debit = placeOf(played, sends('card', DEBIT));
    if (result?.kind !== 'declined' || result.debited !== 'none' || debit === undefined) return undefined;
    const behind = asked.slice(debit);
    return behind.some(sends('card', PROOF)) && behind.some(sends('card', BALANCE)) ? undefined : 'says not debited';
  },
  'what the host has granted in vain is named': (played) => {
    const { result, asked } = played;
    if (result?.kind !== 'declined') return undefined;
    const named = 'authorisationId' in result && result.authorisationId !== undefined;
    return named === asked.some(grants) ? undefined : `granted: ${asked.some(grants)}`;
  },
  'loaded is what the host has granted': (played) => {
    const { result, asked } = played;
    return result?.kind === 'loaded' && !asked.some(grants) ? 'loaded without the host' : undefined;
  },
  'a torn card may have moved behind the intent alone': (played) => {
    const { result } = played;
    if (result?.kind !== 'torn' || !('at' in result)) return undefined;
    const expected = played.asked.some(saves) ? 'after-intent' : 'before-intent';
    return result.at === expected ? undefined : `torn ${result.at}`;
  },
  'nobody has refused': (played) => {
    if (approvedIn(played) === undefined) return undefined;
    const refused = played.asked.some(
      ({ answer }) => ('listed' in answer && answer.listed) || isKind(answer, 'refused') || isKind(answer, 'declined'),
    );
    return refused ? 'approved against a refusal' : undefined;
  },
};

/** What is wrong with a purse transaction or a probe: the rules that it breaks. */
export function judgePurse(played: Played): readonly string[] {
  return Object.entries(RULES).flatMap(([name, rule]) => {
    const fault = rule(played);
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
}
