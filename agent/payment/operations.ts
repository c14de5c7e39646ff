import { balance } from './balance.ts';
import { load } from './load.ts';
import type { PaymentKind } from './payment-kind.ts';
import { purchase } from './purchase.ts';
import type { Operation } from './runner.ts';

/** What is done for each kind of payment; one file each. */
export const OPERATIONS: { readonly [kind in PaymentKind]: Operation } = { purchase, load, balance };
