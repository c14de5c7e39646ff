import type { AnswerBody, QuestionResource } from '../api/question-resource.ts';
import type { Daemon } from './daemon.ts';
import type { CliIo } from './io.ts';
import { printable } from './text.ts';

type Of<K extends QuestionResource['kind']> = Extract<QuestionResource, { kind: K }>;
type Choice = Of<'application' | 'id-document'>;

/** What goes to the daemon; `cancel`: the payment is to be cancelled; undefined: the question was over first. */
type Reply = AnswerBody | 'cancel' | undefined;

export interface Asked<Q extends Choice = Choice> {
  readonly question: Q;
  readonly paymentId: string;
  readonly daemon: Pick<Daemon, 'document'>;
  /** What the command line says: 1 is the first one. */
  readonly application: number | undefined;
  /** Aborts when the question is over. */
  readonly signal: AbortSignal;
}

const offered = ({ candidates }: Of<'application'>): string[] =>
  candidates.map(
    ({ index, label, aid }) => `  ${index + 1}  ${printable(label || aid)}${label === '' ? '' : `  ${aid}`}`,
  );

/** By the option, else by whoever sits at the terminal; without either the payment is cancelled, which is said. */
export function answerQuestion(asked: Asked, io: CliIo): Promise<Reply> {
  const { question } = asked;
  return question.kind === 'application'
    ? chooseApplication({ ...asked, question }, io)
    : compareDocument({ ...asked, question }, io);
}

async function chooseApplication(
  { question, application, signal }: Asked<Of<'application'>>,
  io: CliIo,
): Promise<Reply> {
  const { id, kind, candidates } = question;
  const answer = (number: number): AnswerBody => ({ question: id, kind, index: number - 1 });
  if (application !== undefined && application <= candidates.length) return answer(application);
  for (const line of ['the card asks which application it shall be:', ...offered(question)]) io.err(line);
  if (application !== undefined) {
    io.err(`there is none with number ${application}: the payment is cancelled`);
    return 'cancel';
  }
  if (io.prompt === undefined) {
    io.err('nobody can be asked here: the payment is cancelled; take it again with --application <number>');
    return 'cancel';
  }
  for (;;) {
    const text = await io.prompt(`which one (1 to ${candidates.length}; nothing cancels)? `, signal);
    if (text === undefined) return signal.aborted ? undefined : 'cancel';
    if (text === '') return 'cancel';
    if (/^[0-9]{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= candidates.length)
      return answer(Number(text));
  }
}

/** The number on it is shown to a person alone: on a terminal, never in a pipe or a file. */
async function compareDocument(
  { question, paymentId, daemon, signal }: Asked<Of<'id-document'>>,
  io: CliIo,
): Promise<Reply> {
  if (io.prompt === undefined) {
    io.err('somebody must look at the customer’s document, and nobody can be asked here: the payment is cancelled');
    return 'cancel';
  }
  const { documentType, number } = await daemon.document(paymentId);
  const shown = `${documentType.en} ${printable(number)}: does the customer show this one (y or n; nothing cancels)? `;
  for (;;) {
    const text = await io.prompt(shown, signal);
    if (text === undefined) return signal.aborted ? undefined : 'cancel';
    if (text === '') return 'cancel';
    if (/^[yn]$/i.test(text)) {
      return { question: question.id, kind: question.kind, matches: text.toLowerCase() === 'y' };
    }
  }
}
