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
import { clearingProblem } from '../problems.ts';
import { chipShows, transactionOf } from '../suspense/chip-shows.ts';
import { settleClaim } from '../suspense/settle-claim.ts';
import { listSuspense, type SuspenseItem } from '../suspense/suspense.ts';

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

const suspenseState = z.enum(['open', 'paid', 'rejected']);

const suspenseResource = z.strictObject({
  id: uuid,
  ...place,
  claimant: z.enum(['merchant', 'card']),
  merchant: shortName,
  amountMinor,
  reason: z.string(),
  receivedAt: moment,
  /** What the terminal says. Nobody has checked it. */
  record: z.strictObject({
    kind: z.string(),
    outcome: z.string(),
    fundedBy: z.string(),
    offline: z.boolean(),
    at: z.string(),
    reference: z.string(),
    authorisationId: z.string().exactOptional(),
    maskedPan: z.string().exactOptional(),
    cardToken: cardToken.exactOptional(),
    /** 9F36 as a number. */
    atc: z.int().exactOptional(),
  }),
  /** Of a load, or of a debit for nothing: what the chip's own balance has shown since. */
  chipShows: z.enum(['loaded', 'not-loaded', 'debited', 'not-debited']).exactOptional(),
  state: suspenseState,
  settledAt: moment.exactOptional(),
  settledBy: shortName.exactOptional(),
  note: z.string().exactOptional(),
  paidBy: z.enum(['chip', 'account', 'purse', 'centre']).exactOptional(),
});

/** Why an operator decides as they do: one line. */
const note = z
  .string()
  .max(200)
  .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, 'expected 1 to 200 characters in one line');

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
        summary:
          'What terminals claim and the host has not paid, or what has become of it, in the order in which it came',
        headers: operatorHeaders,
        querystring: z.strictObject({ ...page, state: suspenseState.default('open') }),
        response: { 200: pageOf(suspenseResource), ...problemResponses(400, 503) },
      },
    },
    async ({ query, headers }) => {
      seen(context, headers, 'suspense');
      const { items, last } = await listSuspense(context.database, { ...query, after: placeAfter(query.after) });
      const shown: z.output<typeof suspenseResource>[] = [];
      for (const item of items) shown.push(await suspenseOf(context, item));
      return { items: shown, next: cursorTo(last) };
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
  addSettling(app, context);
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
        body: z.strictObject({ note }),
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

function addSettling(app: ApiServer, context: HostContext): void {
  app.post(
    '/operator/v1/suspense/:id/settle',
    {
      schema: {
        summary: 'Pays what a terminal claims, or drops it; once. The same decision again gets the same answer',
        headers: operatorHeaders,
        params: z.strictObject({ id: uuid }),
        body: z.strictObject({ decision: z.enum(['paid', 'rejected']), note }),
        response: { 200: suspenseResource, ...problemResponses(400, 404, 409, 503) },
      },
    },
    async ({ params, body, headers }) => {
      const settled = await settleClaim(context, params.id, { ...body, operator: headers['jdpos-operator'] });
      if (settled.kind === 'settled') return suspenseOf(context, settled.item);
      if (settled.kind === 'not-found') throw clearingProblem('suspense-unknown');
      if (settled.kind === 'unpayable') throw clearingProblem('suspense-unpayable', { detail: settled.why });
      const { state, settledBy, settledAt } = settled.item;
      throw clearingProblem('suspense-settled', { detail: `${state} by ${settledBy} at ${settledAt}` });
    },
  );
}

async function suspenseOf(context: HostContext, { record, sealedPan: _, ...item }: SuspenseItem) {
  const { kind, outcome, fundedBy, offline, at, reference, authorisationId, card } = record;
  const atc = transactionOf(record)?.atc;
  const shows = await chipShows(context.database, context, record);
  return {
    ...item,
    ...(shows && { chipShows: shows }),
    record: {
      ...{ kind, outcome, fundedBy, offline, at, reference },
      ...(authorisationId !== undefined && { authorisationId }),
      ...(card && { maskedPan: card.maskedPan, cardToken: card.token }),
      ...(atc !== undefined && { atc }),
    },
  };
}

const cursorTo = (number: number | undefined): string | null => (number === undefined ? null : `n${number}`);

function placeAfter(given: string | undefined): number {
  if (given === undefined) return 0;
  const digits = /^n([0-9]{1,15})$/.exec(given)?.[1];
  if (digits === undefined) throw clearingProblem('bad-cursor', { detail: 'leave out `after` to begin at the oldest' });
  return Number(digits);
}
