import type { DebtPolicy } from '../../clearing/contract/index.ts';
import type { CardReader } from '../../drivers/index.ts';
import type { TransactionInput } from '../../emv/kernel/index.ts';
import type { Fen } from '../../emv/values/index.ts';
import type { Identity } from '../../offline-queue/index.ts';
import type { CardSession } from './card-session.ts';
import type { TapNotes } from './decide.ts';
import type { PurseTerms } from './purse/terms.ts';
import type { Sale } from './tools.ts';

/** One card in the field, for one payment, with what the terminal knew when it came. */
export interface Tap {
  readonly sale: Sale;
  readonly session: CardSession;
  readonly reader: Pick<CardReader, 'name' | 'role' | 'port'>;
  /** Aborts when the card has left it. */
  readonly gone: AbortSignal;
  readonly identity: Identity;
  readonly input: TransactionInput;
  /** The largest floor limit of the parameters. */
  readonly floor: Fen;
  /** The host is away, and an ARQC may be approved on trust: the card is told that the terminal can go online. */
  readonly deferring: boolean;
  /** Purses that the terminal takes; empty when it takes none. */
  readonly purses: readonly PurseTerms[];
  /** What becomes of cards that owe. */
  readonly debts: DebtPolicy;
}

export const interfaceOf = ({ reader }: Pick<Tap, 'reader'>): TapNotes['interface'] =>
  reader.role === 'contact' ? 'contact' : 'contactless';
