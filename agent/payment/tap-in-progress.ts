import type { DebtPolicy } from '../../clearing/contract/index.ts';
import type { Fen } from '../../emv/values/index.ts';
import type { Identity } from '../../offline-queue/index.ts';
import type { CardSession } from './card-session.ts';
import type { TapNotes } from './decide.ts';
import type { Sale, Tools } from './tools.ts';

/** What the handlers note for whoever decides about the outcome. */
export type Notebook = { -readonly [K in keyof TapNotes]: TapNotes[K] };

/** One tap, as those see it who answer the kernel. */
export interface TapInProgress {
  readonly sale: Sale;
  readonly tools: Tools;
  readonly session: CardSession;
  readonly identity: Identity;
  /** Aborts when the card has left its reader. */
  readonly gone: AbortSignal;
  /** The floor limit of the parameters, as it is before anything shrinks it. */
  readonly floor: Fen;
  /** See Tap. */
  readonly deferring: boolean;
  /** Can the host be asked in this tap? */
  readonly onlineCapable: boolean;
  /** What becomes of cards that owe. */
  readonly debts: DebtPolicy;
  readonly notes: Notebook;
}
