import { ApiProblem } from '../../contract/http/index.ts';
import {
  type BatchRequest,
  BundleError,
  type BundleHead,
  type BundleItem,
  type BundleReceipt,
  bundleHeadOf,
  readBundle,
  type WholeBundle,
} from '../../contract/index.ts';
import { receiptBytes, sealContentBytes } from '../../contract/record/index.ts';
import { reverse } from '../authorise/reverse.ts';
import { receiveBatch } from '../batches/receive.ts';
import type { HostContext } from '../context.ts';
import type { Database } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';
import { assertOpen, findTerminal, hasSigned, type Terminal } from '../terminals/authenticate.ts';

type Outcome = Pick<BundleReceipt, 'reversals' | 'acknowledgements' | 'refused'>;

/**
 * Takes in what a terminal could not send. The whole file is read and its signature checked before the first item counts;
 * then each goes the way on which it would have come, so that a bundle that is imported again, or whose records are uploaded
 * as well, has no second effect and gets the same acknowledgements. Throws `bad-bundle` with nothing done.
 * @param open reads the file from its beginning, each time it is called
 */
export async function importBundle(
  context: HostContext,
  open: () => AsyncIterable<Uint8Array>,
): Promise<BundleReceipt> {
  const { terminal, bundle } = await checked(context, open);
  const outcome: Outcome = { reversals: [], acknowledgements: [], refused: [] };
  for await (const item of readBundle(open())) await take(context, terminal, item, outcome);
  const { bundleId, epoch } = bundle.head;
  const { reversals, acknowledgements, refused } = outcome;
  const counts = { reversals: reversals.length, batches: acknowledgements.length, refused: refused.length };
  context.log.info({ terminal: terminal.terminal, epoch, bundle: bundleId, ...counts }, 'bundle imported');
  const content = { terminal: terminal.terminal, epoch, bundleId, reversals };
  return { ...content, acknowledgements, refused, ...context.hsm.sign('acknowledgement', receiptBytes(content)) };
}

async function checked(
  { database }: HostContext,
  open: () => AsyncIterable<Uint8Array>,
): Promise<{ terminal: Terminal; bundle: WholeBundle }> {
  const bundle = await wholeBundle(open());
  const { head, end, signed } = bundle;
  const terminal = await holderOf(database, head);
  if (!hasSigned(terminal, signed, end.signature)) throw notSigned(terminal);
  return { terminal, bundle };
}

const notSigned = ({ terminal }: Terminal): ApiProblem =>
  badBundle(`the bundle is not signed by ${terminal}: it was changed after it was exported`);

async function holderOf(
  database: Database,
  { terminal, epoch }: Pick<BundleHead, 'terminal' | 'epoch'>,
): Promise<Terminal> {
  const holder = await findTerminal(database, terminal, epoch);
  if (holder === undefined) throw badBundle(`no terminal ${terminal} was enrolled for epoch ${epoch}`);
  return holder;
}

/**
 * The terminal that the first line of a bundle, without its line feed, names. Throws `bad-bundle` unless there is one that was
 * enrolled.
 */
export const knownHolder = ({ database }: HostContext, line: Uint8Array): Promise<Terminal> =>
  asProblem(() => holderOf(database, bundleHeadOf(line)));

/** Throws `bad-bundle` unless a batch at the beginning of a bundle bears this terminal's seal: nobody else can have made one. */
export async function assertSealed(terminal: Terminal, beginning: readonly Uint8Array[]): Promise<void> {
  async function* alone(): AsyncGenerator<Uint8Array> {
    yield* beginning;
    throw notSigned(terminal);
  }
  await asProblem(async () => {
    for await (const item of readBundle(alone())) if ('batch' in item && hasSealed(terminal, item.batch)) return;
  });
}

const hasSealed = (terminal: Terminal, { seal, signature }: BatchRequest): boolean =>
  hasSigned(terminal, sealContentBytes(seal), signature);

const wholeBundle = (chunks: AsyncIterable<Uint8Array>): Promise<WholeBundle> =>
  asProblem(async () => {
    const items = readBundle(chunks);
    for (;;) {
      const next = await items.next();
      if (next.done) return next.value;
    }
  });

async function asProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof BundleError ? badBundle(error.message) : error;
  }
}

const badBundle = (detail: string): ApiProblem => clearingProblem('bad-bundle', { detail });

/** What the host refuses is told in the receipt, and the next item goes on; a fault of the host ends the import. */
async function take(context: HostContext, terminal: Terminal, item: BundleItem, outcome: Outcome): Promise<void> {
  const [kind, id] =
    'batch' in item ? (['batch', item.batch.seal.batchId] as const) : (['reversal', item.reversal.id] as const);
  try {
    if ('batch' in item) {
      const acknowledgement = await receiveBatch(context, terminal, item.batch);
      outcome.acknowledgements.push({ batchId: id, acknowledgement });
    } else {
      assertOpen(terminal);
      await reverse(context, terminal, item.reversal);
      outcome.reversals.push(id);
    }
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.kind.status >= 500) throw error;
    outcome.refused.push({ kind, id, code: error.code, detail: error.message });
  }
}
