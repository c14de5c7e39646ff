import { fen, hex, toHex } from '../../values/index.ts';
import { contactPurchase } from '../debit-credit/contact-purchase.ts';
import type { Outcome } from '../outcome.ts';
import type { IssuerAnswer, OnlineAnswer, RequestName, Requests } from '../requests.ts';
import type { ApplicationParameters, DebitCreditInput, TransactionInput } from '../transaction.ts';
import type { Script } from './golden-cards.ts';
import { inputAt, inWords, play, TERMINAL, told } from './play.ts';

/** The golden cards' terminal: floor limit 200.00, no action codes of its own. */
export function dialogueInput(
  terminal: Parameters<typeof inputAt>[0] = {},
  rest: Partial<TransactionInput> = {},
  application: Partial<ApplicationParameters> = {},
): TransactionInput {
  const applications = TERMINAL.applications.map((one) => ({
    ...one,
    terminalFloorLimit: fen(20_000),
    ...application,
  }));
  return inputAt({ applications, ...terminal }, rest);
}

/** The cashier wants the host asked. */
export const FORCED: DebitCreditInput = { randomPercent: 50, pinPadding: new Uint8Array(4000), forcedOnline: true };

/** What the golden cards' issuer says: approved, with its authentication data. */
export const ISSUER: IssuerAnswer = {
  authorisationResponseCode: hex('3030'),
  issuerAuthenticationData: hex('C1C2C3C4C5C6C7C83030'),
};
export const APPROVED = { kind: 'approved', authorisationId: 'A1', issuer: ISSUER } as const satisfies OnlineAnswer;
export const DECLINED = {
  kind: 'declined',
  reason: 'host-declined',
  issuer: { ...ISSUER, authorisationResponseCode: hex('3035') },
} as const satisfies OnlineAnswer;

export type Answers = { readonly [N in RequestName]?: Requests[N]['answer'] };

/** Bytes of an outcome's part in hex, or a dash. */
export const inHex = (bytes: Uint8Array | undefined): string => (bytes === undefined ? '-' : toHex(bytes));

export const HOST: Answers = { 'authorise-online': APPROVED };

export interface Circumstances {
  readonly answers?: Answers;
  readonly input?: TransactionInput;
  readonly tearAt?: number;
}

export function pay(card: Script, { answers = {}, input = dialogueInput(), tearAt }: Circumstances = {}) {
  const options = { answers, ...(tearAt !== undefined && { tearAt }) };
  const { result, asked, questions } = play(contactPurchase(input), card, options);
  return { result, said: inWords(result), asked, questions };
}

/** A card up to one of its exchanges; what comes after is another story. */
export const until = (card: Script, name: string): Script =>
  card.slice(0, card.findIndex((one) => one.name === name) + 1);
export const at = (card: Script, name: string): number => card.findIndex((one) => one.name === name);
/** Commands with other values; hex with spaces. */
export const asks = (card: Script, name: string, piece: string, by: string): Script =>
  told(card, name, piece.replaceAll(' ', ''), by.replaceAll(' ', ''));

export const chipOf = (outcome: Outcome) => ('chip' in outcome ? outcome.chip : undefined);
export const completionOf = (outcome: Outcome) => ('completion' in outcome ? outcome.completion : undefined);
export const toReverse = (outcome: Outcome) =>
  outcome.kind === 'declined' ? outcome.authorisationToReverse : undefined;

/** Answers to GENERATE AC in template 80, without discretionary data. */
export const AAC = '8013000007A1A2A3A4A5A6A7A807010103800000019000';
export const ARQC = '8013800007A1A2A3A4A5A6A7A807010103A00000019000';
export const TC = '8013400007A1A2A3A4A5A6A7A807010103900000019000';
export const AAR = '8013C00007A1A2A3A4A5A6A7A807010103900000019000';
