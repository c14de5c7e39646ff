import type { Logger } from 'pino';
import { type Clock, utc } from '../clock.ts';

/** What a person must look at, by a stable word (docs/operations.md says what to do). */
export const TROUBLES = {
  'batch-refused': 'the host refuses a batch; it stays here until somebody mends it',
  'record-missing': 'a record is missing here; nothing behind it can be sealed',
  'acknowledgement-invalid': 'an acknowledgement does not hold; the batch is sent again',
  'acknowledgement-contradicts': 'the host acknowledges a batch otherwise than before; the first word stays',
  'records-lost-at-host': 'the host has lost records that it had acknowledged; they are sent again',
  'settlement-contradicts': 'a settlement contradicts what was acknowledged; call the centre',
  'reversal-refused': 'the host refuses a reversal; it stays due',
  'answer-unproven': 'an answer of the clearing host is not signed as it must be; it counts as none',
  'authorisation-refused': 'the host refuses to decide about a payment; it was declined and reversed',
  'answer-unusable': 'the clearing host breaks on a request; it is asked again',
  'certificate-trouble': 'the client certificate of this terminal must be renewed',
} as const;
export type TroubleCode = keyof typeof TROUBLES;

export interface Trouble {
  readonly code: TroubleCode;
  /** Of what: a batch id, a reversal id, or nothing. */
  readonly subject: string;
  readonly detail: string;
  /** When it was first seen: RFC 3339, UTC. */
  readonly since: string;
}

/** What is wrong between terminal and centre now. Kept in memory: what lasts is found again. */
export interface Troubles {
  /** Logs it each time; keeps it until it is settled. */
  note(
    code: TroubleCode,
    subject: string,
    fields: Readonly<Record<string, unknown>> & { readonly detail?: string },
  ): void;
  /** It is no longer so. */
  settled(code: TroubleCode, subject: string): void;
  list(): readonly Trouble[];
}

/** Each has its line in the log; more than this in a list would help nobody. */
const MAX_KEPT = 20;

/** @param changed called when one comes or goes */
export function troubles({ clock, log, changed }: { clock: Clock; log: Logger; changed: () => void }): Troubles {
  const kept = new Map<string, Trouble>();
  return {
    note(code, subject, fields) {
      log.error({ trouble: code, ...fields }, TROUBLES[code]);
      const name = `${code} ${subject}`;
      if (kept.has(name) || kept.size >= MAX_KEPT) return;
      kept.set(name, { code, subject, detail: fields.detail ?? TROUBLES[code], since: utc(clock.now()) });
      changed();
    },
    settled(code, subject) {
      if (kept.delete(`${code} ${subject}`)) changed();
    },
    list: () => [...kept.values()],
  };
}
