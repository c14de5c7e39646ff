import { describe, expect, it } from 'vitest';
import { inspect } from '../../emv/inspect/index.ts';
import type { Answer, Outcome, Request, Step } from '../../emv/kernel/index.ts';
import { Secret } from '../../emv/values/index.ts';
import { dialogueEntry, inquiryEntry, inspectEntry, loadEntry, openDialogueEntry } from './dialogue-entries.ts';
import { type DialogueTap, genuineDialogues, stepOf } from './dialogue-taps.ts';
import type { EntryPoint } from './entry-point.ts';
import { fuzz, fuzzerOf } from './fuzz.ts';
import { FRIENDLY_WORLD } from './world.ts';

/*
 * Do the judges of full debit/credit notice? Each wrong kernel here breaks one rule, and the fuzzer must say which.
 */

interface Meddling {
  /** Answers in place of the world, which is then not asked. */
  answer?: (request: Request) => Answer | undefined;
  /** Asks for something else. */
  ask?: (request: Request) => Request;
  /** Hears something else than the world has said. */
  hear?: (answer: Answer, request: Request) => Answer;
  outcome?: (outcome: Outcome) => Outcome;
}

function* meddled({ way, input }: DialogueTap, meddle: Meddling): Step<Outcome> {
  const step = stepOf(way, input);
  let next = step.next();
  while (!next.done) {
    const own = meddle.answer?.(next.value);
    const said = own ?? (yield meddle.ask?.(next.value) ?? next.value);
    next = step.next(meddle.hear?.(said, next.value) ?? said);
  }
  return meddle.outcome?.(next.value) ?? next.value;
}

/** What the fuzzer says of a kernel, within so many inputs. */
function foundIn(entry: EntryPoint, count = 60): string {
  try {
    fuzz(fuzzerOf(entry), { seed: 1, count });
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

const isPurchase = ({ way }: DialogueTap): boolean => way === 'contact';
const genuine = genuineDialogues();
const paid = (step: (tap: DialogueTap) => Step<Outcome>): EntryPoint => dialogueEntry(step, genuine.filter(isPurchase));

describe('the judges of full debit/credit notice', () => {
  it('a kernel that is right as one that is right', () => {
    expect(foundIn(paid(({ way, input }) => stepOf(way, input)))).toBe('nothing');
  });

  it.each<[string, Meddling, string]>([
    [
      'a kernel that saves no intent',
      { answer: (request) => (request.name === 'save-intent' ? { kind: 'saved' } : undefined) },
      'no intent before it',
    ],
    [
      'a kernel that needs no host',
      {
        answer: (request) =>
          request.name === 'authorise-online' ? { kind: 'approved', authorisationId: 'mine' } : undefined,
      },
      'approved without the host',
    ],
    [
      'a kernel that forgets what the host has granted',
      {
        outcome: (outcome) => {
          if (outcome.kind !== 'declined') return outcome;
          const { authorisationToReverse: _, ...rest } = outcome;
          return rest;
        },
      },
      'what the host has granted in vain is to be reversed',
    ],
    [
      'a kernel that does not ask the card a second time',
      {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.authorisationToReverse && outcome.card && outcome.chip
            ? { ...ONLINE, card: outcome.card, chip: outcome.chip }
            : outcome,
      },
      'the card has agreed',
    ],
    [
      'a kernel that calls an unanswered TC of electronic cash no debit',
      { outcome: (outcome) => (outcome.kind === 'torn' ? DECLINED : outcome) },
      'says not debited behind no cryptogram',
    ],
    [
      'a kernel that asks nobody for limits',
      { answer: (request) => (request.name === 'check-offline-limits' ? { kind: 'allowed' } : undefined) },
      'nobody has allowed it',
    ],
    [
      'a kernel that takes cards of the exception file',
      { hear: (answer) => ('listed' in answer ? { listed: false } : answer) },
      'approved against a refusal',
    ],
    [
      'a kernel that says CDA where it was DDA',
      {
        outcome: (outcome) =>
          outcome.kind === 'approved' && outcome.offlineAuthentication === 'dda'
            ? { ...outcome, offlineAuthentication: 'cda' }
            : outcome,
      },
      'cda without proof',
    ],
    [
      'a kernel that pays from the account and calls it the chip',
      { outcome: (outcome) => (outcome.kind === 'approved' ? { ...outcome, fundedBy: 'chip' } : outcome) },
      'it has not taken that path',
    ],
    [
      'a kernel that approves what the card declines',
      {
        outcome: (outcome) => {
          if (outcome.kind !== 'declined' || outcome.card === undefined) return outcome;
          const chip = outcome.completion?.chip ?? outcome.chip;
          return chip?.cryptogramType === 'aac' ? { ...ONLINE, offline: true, card: outcome.card, chip } : outcome;
        },
      },
      'the card has agreed',
    ],
    [
      'a kernel that does not mark its VERIFY',
      {
        ask: (request) => {
          if (request.name !== 'exchange') return request;
          return { name: 'exchange', command: request.command.slice() };
        },
      },
      'a VERIFY is not marked',
    ],
    [
      'a kernel that leaves the PIN in its command',
      {
        ask: (request) =>
          request.name === 'exchange' && request.secret ? { ...request, command: request.command.slice() } : request,
      },
      'a secret command was left',
    ],
    [
      'a kernel that leaves the PIN',
      {
        hear: (answer) => {
          const block = 'pin' in answer && 'block' in answer.pin ? answer.pin.block : undefined;
          if (block === undefined || !('pin' in answer) || !('block' in answer.pin)) return answer;
          return { kind: 'entered', pin: { ...answer.pin, block: block.use((bytes) => new Secret(bytes.slice())) } };
        },
      },
      'a PIN was left',
    ],
    [
      'a kernel that lets a card go behind the intent',
      {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.reason === 'card-error'
            ? { kind: 'other-interface', reason: 'card-error' }
            : outcome,
      },
      'other-interface behind an intent',
    ],
    [
      'a kernel that tells another amount than the card was told',
      {
        outcome: (outcome) =>
          outcome.kind === 'approved'
            ? { ...outcome, chip: { ...outcome.chip, amountAuthorised: new Uint8Array(6) } }
            : outcome,
      },
      'the card was told this payment',
    ],
  ])('%s', (_, meddle, said) => {
    expect(
      foundIn(
        paid((tap) => meddled(tap, meddle)),
        3_000,
      ),
    ).toContain(said);
  });

  it('a load that is called one without the chip', () => {
    const entry = loadEntry((tap) =>
      meddled(tap, {
        outcome: (outcome) =>
          outcome.kind === 'declined' && outcome.card && outcome.chip && outcome.authorisationToReverse
            ? { ...ONLINE, card: outcome.card, chip: outcome.chip }
            : outcome,
      }),
    );
    expect(foundIn(entry, 2_000)).toContain('a load is granted and shows on the chip');
  });
});

const ONLINE = {
  kind: 'approved',
  fundedBy: 'account',
  offline: false,
  cardholderVerification: 'none',
  offlineAuthentication: 'none',
} as const;
const DECLINED = { kind: 'declined', reason: 'card-error', debited: 'none' } as const;

const ENDS: readonly (readonly [make: () => EntryPoint, ends: string])[] = [
  [() => dialogueEntry(), 'approved declined'],
  [() => loadEntry(), 'approved'],
  [inquiryEntry, 'balance'],
  [openDialogueEntry, 'debited loaded not-debited not-loaded'],
];

describe('honest cards', () => {
  it.each(ENDS)('end as their story says, and break no rule', (make, ends) => {
    const entry = make();
    const reached = new Set<string>();
    for (const [nth, transcript] of entry.genuine.entries()) {
      const { played, faults } = entry.run(nth, entry.card(nth), FRIENDLY_WORLD);
      expect([entry.name, transcript.name, faults]).toEqual([entry.name, transcript.name, []]);
      if (typeof played.result === 'object' && played.result !== null && 'kind' in played.result) {
        reached.add(String(played.result.kind));
      }
    }
    expect([...reached].sort().join(' ')).toBe(ends);
  });

  it('are not called genuine by an inspection that has not seen them prove it', () => {
    function* credulous({ input, over }: Parameters<NonNullable<Parameters<typeof inspectEntry>[0]>>[0]) {
      const { date, caKeys, unpredictableNumber } = input;
      const report = yield* inspect({ over, date, caKeys, unpredictableNumber });
      const genuine = { caKeyIndex: 0xf1, issuerAlgorithm: 'rsa', cardAlgorithm: 'rsa' } as const;
      const applications = report.applications.map((application) => ({
        ...application,
        authentication: { kind: 'card-genuine', method: 'dda', ...genuine } as const,
      }));
      return { ...report, applications };
    }
    expect(foundIn(inspectEntry(credulous))).toMatch(/[1-9] called genuine by dda, 0 proved/);
  });

  it('are inspected to their end', () => {
    const entry = inspectEntry();
    for (const nth of entry.genuine.keys()) {
      expect(entry.run(nth, entry.card(nth), FRIENDLY_WORLD).played.result).toMatchObject({ torn: false });
    }
  });

  it('approve in every way that there is', () => {
    const entry = dialogueEntry();
    const ways = new Set<string>();
    for (const nth of entry.genuine.keys()) {
      const { result } = entry.run(nth, entry.card(nth), FRIENDLY_WORLD).played;
      const outcome = result as Outcome | undefined;
      if (outcome?.kind !== 'approved') continue;
      ways.add(`${outcome.fundedBy} ${outcome.offline ? 'offline' : 'online'} ${outcome.offlineAuthentication}`);
    }
    expect([...ways].sort()).toEqual([
      'account offline cda',
      'account offline dda',
      'account offline sda',
      'account online cda',
      'account online dda',
      'account online none',
      'chip offline dda',
      'chip offline fdda-01',
    ]);
  });
});
