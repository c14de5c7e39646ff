import type { Record } from '../../clearing/contract/record/index.ts';
import type { Queue, StoredPayment } from '../../offline-queue/index.ts';
import { localTime } from '../clock.ts';
import { present } from '../present.ts';

/** What a slip is made of: the payment, its record if it has one, and who the merchant is. */
export interface SlipFacts {
  readonly payment: StoredPayment;
  readonly record?: Record;
  readonly terminal?: string;
  readonly merchant?: { readonly id: string; readonly name?: string };
  /** When it ended, RFC 3339 with the terminal's offset. */
  readonly at: string;
}

export interface SlipSources {
  readonly queue: {
    readonly payments: Pick<Queue['payments'], 'get'>;
    readonly records: Pick<Queue['records'], 'get'>;
    readonly identity: Pick<Queue['identity'], 'get'>;
  };
  /** Of the parameters that hold now. */
  readonly merchant: () => { readonly id: string; readonly name: string } | undefined;
  readonly timeZone: string;
}

/** Reads what there is about a payment. Its record says who was paid then; the name is known only of who is paid now. */
export function slipFacts(payment: StoredPayment, { queue, merchant: paidNow, timeZone }: SlipSources): SlipFacts {
  const place = payment.record;
  const record = place && queue.records.get(place.epoch, place.sequence)?.record;
  const identity = queue.identity.get();
  const id = record?.merchant ?? identity?.merchant;
  const now = paidNow();
  return present({
    payment,
    record,
    terminal: record?.terminal ?? identity?.terminal,
    merchant: id === undefined ? undefined : present({ id, name: now?.id === id ? now.name : undefined }),
    at: record?.at ?? localTime(Date.parse(payment.updatedAt), timeZone).rfc3339,
  });
}
