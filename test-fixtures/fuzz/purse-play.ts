import type { Answer, Request } from '../../emv/kernel/index.ts';
import {
  type LoadAnswer,
  type PurseAnswer,
  type PurseRequest,
  type PurseStep,
  runPurseStepSync,
} from '../../emv/purse/index.ts';
import type { TapAnswer, TapCard } from './transcript.ts';
import type { World } from './world.ts';

/** A question of a purse transaction and what it was told. */
export interface PurseAsked {
  readonly request: PurseRequest;
  readonly answer: PurseAnswer;
}

export interface PursePlayed<R> {
  readonly result: R | undefined;
  readonly thrown: unknown;
  readonly asked: readonly PurseAsked[];
  readonly given: readonly { readonly command: Uint8Array; readonly answer: TapAnswer }[];
}

/** Commands to the PSAM stand behind this byte in transcripts: card and PSAM are one to who is hostile. */
const TO_SAM = 0x5a;
const MOST_QUESTIONS = 500;

export const isToSam = (command: Uint8Array): boolean => command[0] === TO_SAM;
const toSamCommand = (command: Uint8Array): Uint8Array => Uint8Array.of(TO_SAM, ...command);

/** A card and a PSAM in one, as a transcript has them. */
export function bothOf(card: TapCard, sam: TapCard): TapCard {
  return (command) => (isToSam(command) ? sam(command.subarray(1)) : card(command));
}

/** The world as full debit/credit asks it, asked by a purse. `granted`: what a host that approves a load says to the card. */
function inWorld(
  request: Exclude<PurseRequest, { name: 'exchange' }>,
  world: World,
  granted: (request: Extract<PurseRequest, { name: 'authorise-load' }>) => LoadAnswer,
): PurseAnswer {
  const ask = (question: object): Answer => world(question as Exclude<Request, { name: 'exchange' }>);
  if (request.name === 'verify-cardholder') return ask({ ...request, method: 'offline-pin' }) as PurseAnswer;
  if (request.name !== 'authorise-load') return ask(request) as PurseAnswer;
  const said = ask({ name: 'authorise-online', purpose: 'authorise' });
  return 'kind' in said && said.kind === 'approved' ? granted(request) : (said as LoadAnswer);
}

/** Runs a step against card, PSAM and the world, and keeps everything that was said. Never throws, always ends. */
export function playPurse<R>(
  step: PurseStep<R>,
  { card, world, granted }: { card: TapCard; world: World; granted: Parameters<typeof inWorld>[2] },
): PursePlayed<R> {
  const asked: PurseAsked[] = [];
  const given: { command: Uint8Array; answer: TapAnswer }[] = [];
  const answerTo = (request: PurseRequest): PurseAnswer => {
    if (request.name !== 'exchange') return inWorld(request, world, granted);
    const command = request.to === 'sam' ? toSamCommand(request.command) : request.command.slice();
    const answer = card(command);
    given.push({ command, answer });
    return answer === 'torn' ? { kind: 'torn' } : { kind: 'answered', response: answer };
  };
  try {
    const result = runPurseStepSync(step, (request) => {
      if (asked.length >= MOST_QUESTIONS) throw new Error(`still asking after ${MOST_QUESTIONS} questions`);
      const answer = answerTo(request);
      asked.push({ request, answer });
      return answer;
    });
    return { result, thrown: undefined, asked, given };
  } catch (thrown) {
    return { result: undefined, thrown, asked, given };
  }
}
