import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../contract/http/index.ts';
import {
  amountMinor,
  cardToken,
  cursor,
  moment,
  ordinal,
  pageOf,
  queryNumber,
  shortName,
  uuid,
} from '../../contract/values.ts';
import type { HostContext } from '../context.ts';
import { listDebts } from '../debts/debts.ts';
import { waiveDebt } from '../debts/waive.ts';
import { listSuspense } from '../ledger/suspense.ts';
import { clearingProblem } from '../problems.ts';

const place = { terminal: shortName, epoch: ordinal, sequence: ordinal };

const debtResource = z.strictObject({
  id: uuid,
  token: cardToken,
  merchant: shortName,
  ...place,
  amountMinor,
  reason: z.string(),
  state: z.enum(['open', 'collected', 'waived']),
  openedAt: moment,
  closedAt: moment.exactOptional(),
  note: z.string().exactOptional(),
  waivedBy: shortName.exactOptional(),
});

const suspenseResource = z.strictObject({
  ...place,
  claimant: z.enum(['merchant', 'card']),
  merchant: shortName,
  amountMinor,
  reason: z.string(),
  receivedAt: moment,
});

/** Who asks: what they look at is logged under this name, what they decide is kept with it. */
const operatorHeaders = z.looseObject({ 'jdpos-operator': shortName });

const limit = queryNumber.pipe(z.int().min(1).max(500)).default(100);
const page = { after: cursor.exactOptional(), limit };

/** What the operator of the centre sees and decides (docs/clearing-api.md). */
export function addOperatorRoutes(app: ApiServer, context: HostContext): void {
  app.get(
    '/operator/v1/suspense',
    {
      schema: {
        summary: 'What terminals claim and the host has not paid, in the order in which it came',
        headers: operatorHeaders,
        querystring: z.strictObject(page),
        response: { 200: pageOf(suspenseResource), ...problemResponses(400, 503) },
      },
    },
    async ({ query, headers }) => {
      seen(context, headers, 'suspense');
      const { items, last } = await listSuspense(context.database, { ...query, after: placeAfter(query.after) });
      return { items: [...items], next: cursorTo(last) };
    },
  );
  app.get(
    '/operator/v1/debts',
    {
      schema: {
        summary: 'What cards owe, or have owed, for deferred authorisations',
        headers: operatorHeaders,
        querystring: z.strictObject({ ...page, state: debtResource.shape.state.exactOptional() }),
        response: { 200: pageOf(debtResource), ...problemResponses(400, 503) },
      },
    },
    async ({ query, headers }) => {
      seen(context, headers, 'debts');
      const { items, last } = await listDebts(context.database, { ...query, after: placeAfter(query.after) });
      return { items: [...items], next: cursorTo(last) };
    },
  );
  addWaiver(app, context);
}

function seen({ log }: HostContext, headers: z.output<typeof operatorHeaders>, list: 'suspense' | 'debts'): void {
  log.info({ operator: headers['jdpos-operator'], list }, 'an operator has read a list');
}

function addWaiver(app: ApiServer, context: HostContext): void {
  app.post(
    '/operator/v1/debts/:id/waive',
    {
      schema: {
        summary: 'Lets a card off a debt; the merchant gets nothing for it',
        headers: operatorHeaders,
        params: z.strictObject({ id: uuid }),
        body: z.strictObject({ note: z.string().min(1).max(200) }),
        response: { 200: debtResource, ...problemResponses(400, 404, 409, 503) },
      },
    },
    async ({ params, body, headers }) => {
      const by = { operator: headers['jdpos-operator'], note: body.note };
      const waived = await waiveDebt(context, params.id, by);
      if (waived.kind === 'not-found') throw clearingProblem('debt-unknown');
      if (waived.kind === 'waived') return waived.debt;
      throw clearingProblem('debt-closed', { detail: `it was ${waived.debt.state} at ${waived.debt.closedAt}` });
    },
  );
}

const cursorTo = (number: number | undefined): string | null => (number === undefined ? null : `n${number}`);

function placeAfter(given: string | undefined): number {
  if (given === undefined) return 0;
  const digits = /^n([0-9]{1,15})$/.exec(given)?.[1];
  if (digits === undefined) throw clearingProblem('bad-cursor', { detail: 'leave out `after` to begin at the oldest' });
  return Number(digits);
}
