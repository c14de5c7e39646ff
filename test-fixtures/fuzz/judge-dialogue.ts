import { MAX_EXCHANGES } from '../../emv/kernel/bounds.ts';
import { decodeIntent, encodeIntent, type Intent, type Outcome } from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { equalBytes, toHex } from '../../emv/values/index.ts';
import { oddCommand, turnsOf, turnsOfGpo } from './conversation.ts';
import { type DialogueFacts, dialogueFacts, toldIn } from './dialogue-facts.ts';
import { provedBy } from './dialogue-proof.ts';
import type { DialogueTap } from './dialogue-taps.ts';
import { judgePurchase } from './judge-purchase.ts';
import type { Played } from './play.ts';
import { leavesOf, readTree } from './tlv-tree.ts';

type Approved = Extract<Outcome, { kind: 'approved' }>;

interface Case {
  readonly played: Played<Outcome>;
  readonly tap: DialogueTap;
  readonly caKeys: readonly CaPublicKey[];
  readonly facts: DialogueFacts;
  /** Where the intent was saved among all questions, and which. */
  readonly saved: { readonly at: number; readonly intent: Intent } | undefined;
}

/** A rule that no dialogue may break: what is wrong, or nothing. */
type Rule = (one: Case) => string | undefined;
type ApprovalRule = (approved: Approved, one: Case) => string | undefined;

/** Each of two offline PIN methods fifteen times, applications to confirm, and one of each of the rest. */
const MOST_OTHER_QUESTIONS = 60;
const VERIFY = 0x20;
const TYPES = ['aac', 'tc', 'arqc'] as const;

const isKind = (answer: object, kind: string): boolean => 'kind' in answer && answer.kind === kind;

function caseOf(played: Played<Outcome>, tap: DialogueTap, caKeys: readonly CaPublicKey[]): Case {
  let saved: Case['saved'];
  for (const [at, { request, answer }] of played.asked.entries()) {
    if (request.name === 'save-intent' && isKind(answer, 'saved')) saved ??= { at, intent: request.intent };
  }
  return { played, tap, caKeys, facts: dialogueFacts(played), saved };
}

const answersTo = ({ played }: Pick<Case, 'played'>, name: string): readonly object[] =>
  played.asked.flatMap(({ request, answer }) => (request.name === name ? [answer] : []));

const granted = (one: Case): boolean => answersTo(one, 'authorise-online').some((answer) => isKind(answer, 'approved'));

/** A PIN in the clear in a command that is not marked, or a marked one that was left. */
function leftCommand({ played }: Pick<Case, 'played'>): string | undefined {
  for (const { request } of played.asked) {
    if (request.name !== 'exchange') continue;
    if (request.secret !== true && request.command[1] === VERIFY) return 'a VERIFY is not marked';
    if (request.secret === true && request.command.some((byte) => byte !== 0)) return 'a secret command was left';
  }
  return undefined;
}

/** Rules for every dialogue with a card, whatever it is for and however it ended. */
const MANNERS: Readonly<{ [name: string]: (played: Played<unknown>) => string | undefined }> = {
  'an outcome always comes': ({ thrown, result }) =>
    thrown === undefined && result !== undefined ? undefined : `threw ${String(thrown)}`,
  'exchanges have a bound': ({ given }) => (given.length > MAX_EXCHANGES ? `${given.length} exchanges` : undefined),
  'other questions have a bound': ({ asked, given }) =>
    asked.length - given.length > MOST_OTHER_QUESTIONS ? `${asked.length - given.length} questions` : undefined,
  'every command is one': (played) => {
    const odd = oddCommand(played);
    return odd && `sent ${toHex(odd)}`;
  },
  'secret commands are marked and zeroed': (played) => leftCommand({ played: played as Played<Outcome> }),
  'a PIN is wiped': ({ asked }) => {
    const left = asked.some(({ answer }) => {
      if (!('pin' in answer)) return false;
      const secret = 'block' in answer.pin ? answer.pin.block : answer.pin;
      return secret.use((bytes) => bytes.some((byte) => byte !== 0));
    });
    return left ? 'a PIN was left' : undefined;
  },
};

export function mannersOf(played: Played<unknown>): readonly string[] {
  return Object.entries(MANNERS).flatMap(([name, rule]) => {
    const fault = rule(played);
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
}

/** Has the card been asked for counter and balance behind its last cryptogram? */
function hasAskedForEvidence({ facts }: Case): boolean {
  const last = facts.generated.at(-1)?.at ?? 0;
  const behind = facts.turns.filter(({ at }) => at > last).map(({ command }) => toHex(command.subarray(0, 4)));
  return behind.includes('80CA9F36') && behind.includes('80CA9F79');
}

/** The first command that the card is sent when the host has granted something. */
function firstBehindGrant({ played: { asked } }: Case): number | undefined {
  const grantedAt = asked.findIndex(
    ({ request, answer }) => request.name === 'authorise-online' && isKind(answer, 'approved'),
  );
  const at = asked.findIndex(({ request }, nth) => grantedAt >= 0 && nth > grantedAt && request.name === 'exchange');
  return at < 0 ? undefined : at;
}

/** Rules for every purchase and load. */
const ALWAYS: Readonly<{ [name: string]: Rule }> = {
  'the intent stands before money can move': (one) => {
    const { saved, facts, tap } = one;
    // A purchase may pay with its first cryptogram; of a load, nothing but what the host has granted changes the chip.
    const from = isLoad(tap) ? firstBehindGrant(one) : facts.generated[0]?.at;
    return from !== undefined && (saved === undefined || saved.at > from) ? 'no intent before it' : undefined;
  },
  'an intent can be written and read': ({ played }) => {
    for (const { request } of played.asked) {
      if (request.name !== 'save-intent') continue;
      const written = encodeIntent(request.intent);
      const decoded = decodeIntent(written);
      if (decoded === undefined || !equalBytes(encodeIntent(decoded), written))
        return 'it does not survive its encoding';
    }
    return undefined;
  },
  'behind the intent no way leads back': ({ saved, played: { result } }) =>
    saved === undefined || result === undefined || ['approved', 'declined', 'torn'].includes(result.kind)
      ? undefined
      : `${result.kind} behind an intent`,
  'a torn card may have paid behind the intent alone': ({ saved, played: { result } }) => {
    const expected = saved === undefined ? 'before-intent' : 'after-intent';
    return result?.kind === 'torn' && result.at !== expected ? `torn ${result.at}` : undefined;
  },
  'what the host has granted in vain is to be reversed': (one) => {
    const { result } = one.played;
    if (result?.kind !== 'declined') return undefined;
    return (result.authorisationToReverse !== undefined) === granted(one) ? undefined : `granted: ${granted(one)}`;
  },
  'a debit is called a debit': (one) => {
    const { saved, facts, played } = one;
    const { result } = played;
    if (result?.kind !== 'declined') return undefined;
    const [first] = facts.generated;
    if (result.debited === 'chip') return first === undefined ? 'says debited before GENERATE AC' : undefined;
    const mayPay = saved?.intent.path === 'debit-credit' && saved.intent.electronicCash && first?.asked === 'tc';
    if (!mayPay || first?.given === 'aac' || hasAskedForEvidence(one)) return undefined;
    // The account pays instead where the card wants the host.
    return first?.given === 'arqc' ? undefined : `says not debited behind ${first?.given ?? 'no'} cryptogram`;
  },
  'the host is asked once': (one) =>
    answersTo(one, 'authorise-online').length > 1 ? 'the host was asked twice' : undefined,
  'no outcome prints a PAN': ({ played: { result } }) => {
    const card = result !== undefined && 'card' in result ? result.card : undefined;
    return card !== undefined && JSON.stringify(card).includes(card.pan.reveal()) ? 'the PAN in clear' : undefined;
  },
  'what is said to be genuine is': ({ played: { result }, facts, tap, caKeys }) => {
    if (result?.kind !== 'approved' || result.offlineAuthentication === 'none') return undefined;
    const proved = provedBy(facts, tap.input, caKeys) as ReadonlyMap<string, string>;
    return proved.get(result.offlineAuthentication) === result.card.pan.reveal()
      ? undefined
      : `${result.offlineAuthentication} without proof`;
  },
  'nobody has refused': (one) => {
    if (one.played.result?.kind !== 'approved') return undefined;
    const refused =
      answersTo(one, 'check-exception-file').some((answer) => 'listed' in answer && answer.listed === true) ||
      answersTo(one, 'save-intent').some((answer) => isKind(answer, 'refused')) ||
      answersTo(one, 'authorise-online').some((answer) => isKind(answer, 'declined'));
    return refused ? 'approved against a refusal' : undefined;
  },
  'the host can check the cryptogram': ({ played: { result } }) => {
    const chip = result !== undefined && 'chip' in result ? result.chip : undefined;
    if (chip === undefined) return undefined;
    const lengths = [
      chip.amountAuthorised.length,
      chip.unpredictableNumber.length,
      chip.tvr.length,
      chip.cryptogram.length,
    ];
    return lengths.join() === '6,4,5,8' && TYPES.includes(chip.cryptogramType)
      ? undefined
      : `lengths ${lengths.join()}`;
  },
};

/** CVR and card's word: an offline PIN that this card says it has checked. */
function cardCheckedPin(answer: Uint8Array): boolean | undefined {
  const [template] = readTree(answer) ?? [];
  const data =
    template?.body instanceof Uint8Array
      ? template.body.subarray(11)
      : leavesOf(template?.body ?? []).find(({ tag }) => tag === 0x9f10)?.value;
  if (data?.[0] !== 7 || data[3] !== 3) return undefined;
  return ((data[4] ?? 0) & 0x06) === 0x04;
}

const isDeferred = (one: Case): boolean =>
  answersTo(one, 'authorise-online').some((answer) => isKind(answer, 'deferred'));

/** Two cryptograms: the ARQC, and the AAC that was asked for; no PIN that only the host can check. */
const trusted: ApprovalRule = ({ fundedBy, authorisationId, cardholderVerification }, one) => {
  const said = one.facts.generated.map(({ asked, given }) => `${asked} ${given}`);
  const right =
    fundedBy === 'account' &&
    authorisationId === undefined &&
    cardholderVerification !== 'online-pin' &&
    said.length === 2 &&
    /^(arqc|tc) arqc$/.test(said[0] ?? '') &&
    said[1] === 'aac aac';
  return isDeferred(one) && right ? undefined : `trusted behind ${said.join(', ')}`;
};

/** Rules for approved purchases. */
const APPROVALS: Readonly<{ [name: string]: ApprovalRule }> = {
  'the card has agreed, or was asked to refuse and its ARQC is trusted': (approved, one) => {
    const last = one.facts.generated.at(-1);
    if (approved.chip.cryptogramType === 'arqc' && approved.offline) return trusted(approved, one);
    return last?.given === 'tc' && last.asked === 'tc' ? undefined : `asked ${last?.asked}, given ${last?.given}`;
  },
  'offline with a proof, within the limits': ({ offline, offlineAuthentication, chip }, one) => {
    if (!offline) return undefined;
    if (offlineAuthentication === 'none') return 'offline without proof';
    // On trust, the bounds are those of whoever answers for the host.
    if (chip.cryptogramType === 'arqc') return undefined;
    const allowed = answersTo(one, 'check-offline-limits').at(-1);
    return allowed !== undefined && isKind(allowed, 'allowed') ? undefined : 'nobody has allowed it';
  },
  'online behind the host alone, and a second cryptogram': ({ offline, fundedBy, authorisationId }, one) => {
    if (offline) return authorisationId === undefined ? undefined : 'offline with an authorisation';
    if (fundedBy !== 'account') return 'the chip pays online';
    return granted(one) && one.facts.generated.length === 2 && one.facts.generated[0]?.given === 'arqc'
      ? undefined
      : 'approved without the host';
  },
  'the chip pays by electronic cash alone': ({ fundedBy }, { saved }) => {
    if (fundedBy !== 'chip') return undefined;
    const path = saved?.intent.path === 'debit-credit' && saved.intent.electronicCash;
    return path ? undefined : 'it has not taken that path';
  },
  'the card was told this payment': ({ chip }, { facts, tap: { input } }) => {
    const amount = String(input.amount).padStart(12, '0');
    const [first] = facts.generated;
    const pdol = leavesOf(readTree(facts.chip?.fci ?? new Uint8Array()) ?? []).find(({ tag }) => tag === 0x9f38)?.value;
    const told = (tag: number): readonly string[] => [
      ...toldIn(pdol, facts.chip?.pdolValues ?? new Uint8Array(), tag),
      ...toldIn(facts.values?.get(0x8c), first?.values ?? new Uint8Array(), tag),
    ];
    const number = toHex(input.unpredictableNumber);
    const right = told(0x9f02).includes(amount) && told(0x9f37).includes(number);
    const kept = toHex(chip.amountAuthorised) === amount && toHex(chip.unpredictableNumber) === number;
    return right && kept ? undefined : `told ${told(0x9f02).join()} ${told(0x9f37).join()}`;
  },
  'offline, a PIN that was checked was checked by this card': ({ offline, cardholderVerification }, { facts }) => {
    if (!offline || !cardholderVerification.startsWith('offline-pin')) return undefined;
    return cardCheckedPin(facts.generated.at(-1)?.answer ?? new Uint8Array()) === false
      ? 'its CVR knows of none'
      : undefined;
  },
};

/** A load is proved by the chip's balance. */
const LOADS: Readonly<{ [name: string]: ApprovalRule }> = {
  'a load is granted and shows on the chip': ({ card, offline, fundedBy }, one) => {
    const { balanceBefore, balanceAfter } = card;
    const moved = balanceBefore !== undefined && balanceAfter === balanceBefore + one.tap.input.amount;
    return granted(one) && !offline && fundedBy === 'account' && moved ? undefined : `${balanceBefore} ${balanceAfter}`;
  },
};

const isLoad = ({ way }: DialogueTap): boolean => way === 'load' || way === 'contactless load';

/** A contactless card whose answer to GPO has a cryptogram is one of qPBOC, which has a judge of its own. */
function isQpboc(played: Played<Outcome>): boolean {
  const gpo = turnsOfGpo(turnsOf(played)).at(-1)?.data ?? new Uint8Array();
  return leavesOf(readTree(gpo) ?? []).some(({ tag }) => tag === 0x9f26);
}

/** What is wrong with a dialogue: the rules that it breaks. */
export function judgeDialogue(
  played: Played<Outcome>,
  tap: DialogueTap,
  caKeys: readonly CaPublicKey[],
): readonly string[] {
  if (tap.way === 'contactless' && isQpboc(played)) return judgePurchase(played, tap, { caKeys });
  const one = caseOf(played, tap, caKeys);
  const { result } = played;
  const faults: string[] = [...mannersOf(played)];
  const note = (rule: string, fault: string | undefined): void => {
    if (fault !== undefined) faults.push(`${rule}: ${fault}`);
  };
  for (const [name, rule] of Object.entries(ALWAYS)) note(name, rule(one));
  if (result?.kind !== 'approved') return faults;
  for (const [name, rule] of Object.entries(isLoad(tap) ? LOADS : APPROVALS)) note(name, rule(result, one));
  return faults;
}
