import type { Command } from '../command.ts';
import type { ApplicationProfile, CryptogramProfile } from '../profile.ts';
import { type Handler, type Moment, type Reaction, SW } from '../reaction.ts';
import { type StoredApplication, withApplication } from '../state.ts';
import type { DebitCreditAlgorithms, DebitCreditProfile } from './profile.ts';
import type { DebitCreditTransaction, StoredDebitCredit } from './state.ts';

/** The transaction that a command comes into: profile, memory and what has happened since GPO. */
export interface Here {
  readonly moment: Moment;
  readonly application: ApplicationProfile;
  readonly profile: DebitCreditProfile;
  /** Those that GPO has settled on. */
  readonly algorithms: DebitCreditAlgorithms & { readonly cryptogram: CryptogramProfile };
  readonly stored: StoredApplication;
  readonly memory: StoredDebitCredit;
  readonly transaction: DebitCreditTransaction;
}

export interface Changes {
  readonly stored?: Partial<StoredApplication>;
  readonly memory?: Partial<StoredDebitCredit>;
  readonly transaction?: Partial<DebitCreditTransaction>;
  readonly cardBlocked?: true;
}

/** A command that full debit/credit knows between GPO and the next SELECT; at any other time it is 6985. */
export function inTransaction(handle: (command: Command, here: Here) => Reaction): Handler {
  return (command, moment) => {
    const here = whereabouts(moment);
    return here === undefined ? { sw: SW.conditionsNotSatisfied } : handle(command, here);
  };
}

function whereabouts(moment: Moment): Here | undefined {
  const { profile: chip, card, session } = moment;
  if (session.selected !== 'application' || session.debitCredit === undefined) return undefined;
  const application = chip.applications[session.index];
  const stored = card.applications[session.index];
  const profile = application?.debitCredit;
  const memory = stored?.debitCredit;
  if (!application || !profile || !stored || !memory) return undefined;
  const transaction = session.debitCredit;
  const algorithms = algorithmsOf(application, profile, transaction);
  return { moment, application, profile, algorithms, stored, memory, transaction };
}

/** SM throughout a transaction that was opened with it, none of it in any other. */
function algorithmsOf(
  application: ApplicationProfile,
  profile: DebitCreditProfile,
  { sm }: DebitCreditTransaction,
): Here['algorithms'] {
  const { cryptogram } = (sm ? application.smAlgorithms : undefined) ?? application.algorithms;
  return { ...((sm ? profile.smAlgorithms : undefined) ?? profile.algorithms), cryptogram };
}

/** Memory and session after a command has changed them. */
export function changed(
  here: Here,
  { stored, memory, transaction, cardBlocked }: Changes,
): Pick<Reaction, 'card' | 'session'> {
  const { card, session } = here.moment;
  if (session.selected !== 'application') return {};
  const kept = { ...here.stored, ...stored, debitCredit: { ...here.memory, ...memory } };
  const written = { ...withApplication(card, session.index, kept), ...(cardBlocked && { blocked: true }) };
  return {
    ...((stored ?? memory ?? cardBlocked) && { card: written }),
    session: { ...session, debitCredit: { ...here.transaction, ...transaction } },
  };
}
