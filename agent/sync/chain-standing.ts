import type { Logger } from 'pino';
import { z } from 'zod';
import { type ChainPosition, chainPosition } from '../../clearing/contract/index.ts';
import { equalBytes, hex } from '../../emv/values/index.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { parseJson } from '../json.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import { acknowledgedAt, acknowledgedFrom, type LostAtHost, nothingLost } from './send-again.ts';
import type { Troubles } from './troubles.ts';

/** Why this terminal may add nothing to its chain. */
export const STOP_REASONS = ['enrolling', 'forked', 'restored', 'superseded'] as const;
type StopReason = (typeof STOP_REASONS)[number];

export interface Stopped {
  readonly reason: StopReason;
  /** What has happened and what to do, for whoever looks after the terminal. */
  readonly detail: string;
}

const NEXT =
  'Nothing is sold. Keep this state folder as it is, and have the terminal declared lost at the centre and enrolled anew from an empty one';
const DETAILS: Readonly<Record<StopReason, string>> = {
  enrolling: 'an enrolment has begun, and the centre has not answered yet. Nothing is sold until it has',
  forked: `the centre holds another history of this terminal: it runs twice, or from a copy. ${NEXT}`,
  restored: `the queue is an older copy, or was cut: what was written here, or the centre holds, is not in it. ${NEXT}`,
  superseded: `this terminal has been enrolled anew elsewhere. ${NEXT}`,
};

/**
 * Whether this terminal is the one that the centre knows, and the only one. A copied, restored or forgotten terminal would write
 * other records under numbers that were given already; it stops before it does, and stays stopped over a restart.
 */
export interface ChainStanding {
  stopped(): Stopped | undefined;
  /** The epoch in which the terminal is. */
  epoch(): number | undefined;
  /** The host has refused something that was sent in this epoch, with this code. */
  refused(code: string, epoch: number | undefined): void;
  /** What the host had acknowledged and does not hold any more, as it was last seen. */
  readonly lost: LostAtHost;
  /** Compares with what the host holds. */
  round(signal: AbortSignal): Promise<Round>;
}

export interface ChainParts {
  readonly queue: Pick<Queue, 'batches' | 'identity' | 'records' | 'checkHead'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeoutMs: number;
  readonly troubles: Troubles;
  readonly changed: () => void;
  /** The host has lost what it had acknowledged: it is to get that again. */
  readonly foundLost: () => void;
}

const SETTING = 'chain-stopped';
const stored = z.strictObject({
  epoch: z.int(),
  reason: z.enum(STOP_REASONS).exclude(['enrolling']),
  since: z.string(),
});
type Stored = z.output<typeof stored>;

export function chainStanding(parts: ChainParts): ChainStanding {
  const { queue, client, clock, log, timeoutMs, changed } = parts;
  let kept = readKept(queue.identity.setting(SETTING));

  /** A file that the host has not signed says nothing. */
  const headSaysOtherwise = (): boolean => {
    const fault = queue.checkHead()?.fault;
    return fault !== undefined && fault !== 'acknowledgement';
  };
  const currentEpoch = (): number | undefined => queue.identity.get()?.epoch;

  const keep = (reason: Stored['reason']): void => {
    kept = { epoch: currentEpoch() ?? 0, reason, since: utc(clock.now()) };
    queue.identity.setSetting(SETTING, JSON.stringify(kept));
    log.fatal({ reason }, DETAILS[reason]);
  };
  const stop = (reason: Stored['reason']): void => {
    if (kept?.reason === reason && kept.epoch === (currentEpoch() ?? 0)) return;
    keep(reason);
    changed();
  };
  const goOn = (): void => {
    if (kept === undefined || headSaysOtherwise()) return;
    kept = undefined;
    queue.identity.setSetting(SETTING, '');
    log.info('the centre and this terminal agree again');
    changed();
  };
  // Whoever was stopped, and whose setting was taken away, is stopped before the first sale.
  if (kept === undefined && headSaysOtherwise()) keep('restored');
  const lost = lostAtHost(parts);
  const position = (signal: AbortSignal) =>
    client.send({
      ...{ method: 'GET', path: '/v1/chain', answer: chainPosition },
      ...{ fresh: true, timeoutMs, signal },
    });
  const standing: ChainStanding = {
    stopped() {
      if (queue.identity.enrolmentUnderWay() !== undefined) return { reason: 'enrolling', detail: DETAILS.enrolling };
      // A new epoch is a new chain.
      if (kept === undefined || kept.epoch !== (currentEpoch() ?? 0)) return undefined;
      return { reason: kept.reason, detail: DETAILS[kept.reason] };
    },
    epoch: currentEpoch,
    lost,
    refused(code, epoch) {
      // Sent before the terminal was enrolled anew, or while it is.
      if (epoch !== currentEpoch() || queue.identity.enrolmentUnderWay() !== undefined) return;
      if (code === 'epoch-closed') stop('superseded');
      if (code === 'fork') stop('forked');
      if (code === 'overlap') stop('restored');
    },
    async round(signal) {
      if (headSaysOtherwise()) stop('restored');
      const epoch = currentEpoch();
      const first = await position(signal);
      // It may have taken a batch in since it answered: what it says after that counts.
      const again = first.kind === 'answered' && lost.isBehind(first.value) ? await position(signal) : undefined;
      const answer = again ?? first;
      if (answer.kind === 'failed') return failedRound(answer);
      if (answer.kind === 'answered') {
        const reason = compare(answer.value, queue);
        if (reason === undefined) goOn();
        else stop(reason);
        if (reason === undefined && !(goesOn(first, again) && lost.isBehind(answer.value))) lost.heard(answer.value);
      } else standing.refused(answer.code, epoch);
      return { kind: 'done' };
    },
  };
  return standing;
}

/** Has the host taken something in between its two answers? Then it may have done so after the second as well, and has lost nothing. */
const goesOn = (first: ClearingAnswer<ChainPosition>, again: ClearingAnswer<ChainPosition> | undefined): boolean =>
  first.kind === 'answered' && again?.kind === 'answered' && again.value.sequence > first.value.sequence;

interface Lost extends LostAtHost {
  /** Does the host stand before what it has acknowledged? */
  isBehind(position: ChainPosition): boolean;
  /** The host stands here, in a chain that is this terminal's. */
  heard(position: ChainPosition): void;
}

function lostAtHost({ queue, troubles, foundLost }: ChainParts): Lost {
  /** What it lacks lies from here up to what it had acknowledged then. */
  let known: { readonly epoch: number; readonly next: number; readonly upTo: number } | undefined;
  const isBehind = ({ epoch, sequence }: ChainPosition): boolean =>
    epoch === queue.identity.get()?.epoch && acknowledgedAt(queue, epoch, sequence + 1) !== undefined;
  return {
    from() {
      if (known === undefined || known.epoch !== queue.identity.get()?.epoch || known.next > known.upTo)
        return undefined;
      return known.next;
    },
    heldAgain(sequence) {
      if (known !== undefined) known = { ...known, next: sequence + 1 };
    },
    isBehind,
    heard(position) {
      const { epoch, sequence } = position;
      known = undefined;
      if (!isBehind(position)) return nothingLost({ troubles }, { epoch });
      let upTo = sequence;
      for (const { lastSequence } of acknowledgedFrom(queue, epoch, sequence + 1)) upTo = lastSequence;
      known = { epoch, next: sequence + 1, upTo };
      foundLost();
    },
  };
}

const readKept = (text: string | undefined): Stored | undefined => {
  const parsed = stored.safeParse(parseJson(text ?? ''));
  return parsed.success ? parsed.data : undefined;
};

/** Undefined when the host holds a beginning of this chain, all of it, or speaks of another epoch. */
function compare(
  { terminal, epoch, genesisHash, sequence, chainHash }: ChainPosition,
  { batches, identity, records }: ChainParts['queue'],
): 'forked' | 'restored' | undefined {
  const me = identity.get();
  if (me === undefined || me.terminal !== terminal || me.epoch !== epoch) return undefined;
  if (!equalBytes(me.genesisHash, hex(genesisHash))) return 'forked';
  if (sequence > records.head().sequence) return 'restored';
  // The host holds whole batches; of the end of one nothing in the archive needs to be read.
  const batch = batches.holding(epoch, sequence);
  const mine = batch?.lastSequence === sequence ? hex(batch.chainHead) : records.hashAt(epoch, sequence);
  return mine === undefined || equalBytes(mine, hex(chainHash)) ? undefined : 'forked';
}

/** Tells the chain's standing what the host refuses, whoever asked. */
export const heardBy = (
  client: ClearingClient,
  standing: Pick<ChainStanding, 'refused' | 'epoch'>,
): ClearingClient => ({
  ...client,
  async send(request) {
    const epoch = standing.epoch();
    const answer = await client.send(request);
    if (answer.kind === 'refused') standing.refused(answer.code, epoch);
    return answer;
  },
});
