import { chainPosition, type EnrolmentAnswer } from '../../clearing/contract/index.ts';
import { sm3 } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { type Identity, type Queue, QueueError } from '../../offline-queue/index.ts';
import { type EnrolmentParts, enrolmentRound } from './enrolment.ts';
import type { Round } from './loop.ts';
import type { Sealer } from './sealer.ts';

/** What an enrolment came to. `unreachable`: nothing was sent, or the centre has not answered; then it goes on by itself. */
export type EnrolmentOutcome =
  | { readonly kind: 'enrolled'; readonly identity: Identity; readonly closed?: EnrolmentAnswer['closed'] }
  | { readonly kind: 'refused'; readonly code: string; readonly detail?: string }
  | { readonly kind: 'unreachable'; readonly begun: boolean };

/**
 * Takes the terminal into the centre, for the first time or anew. The code is on disk before it is sent, and nothing is sold
 * until the centre has answered: it may have closed the epoch, and a record that came after that would have no place.
 */
export interface Enroller {
  /** Throws QueueError `unacknowledged` while the centre lacks something; it is sealed, and goes up meanwhile. */
  enrol(code: string, signal: AbortSignal): Promise<EnrolmentOutcome>;
  /** Goes on with what has begun, and takes up the code of the settings if this terminal has not used it yet. */
  round(signal: AbortSignal): Promise<Round>;
}

export interface EnrollerParts
  extends Omit<EnrolmentParts, 'queue' | 'code' | 'signingKey' | 'previous' | 'enrolled' | 'refused'> {
  readonly queue: Pick<Queue, 'identity' | 'records'>;
  /** Of the settings; it stays there after it was used. */
  readonly configuredCode?: string;
  readonly sealer: Pick<Sealer, 'sealNow'>;
  readonly reachable: () => boolean;
  /** The terminal has another identity now. */
  readonly changed: () => void;
  /** The centre has ended the epoch of the terminal all the same. */
  readonly epochClosed: (epoch: number) => void;
}

/** While something that holds an enrolment up goes up, or the host is away. */
const LOOK_AGAIN_MS = 2_000;

export function enroller(parts: EnrollerParts): Enroller {
  const { queue, configuredCode, sealer, reachable, changed } = parts;
  const { identity } = queue;
  const used = usedCodes(identity, configuredCode);
  /** The host has refused it; a terminal that is enrolled does not ask again in this run. */
  let refusedCode: string | undefined;

  const send = async (code: string, signal: AbortSignal): Promise<EnrolmentOutcome & { readonly round: Round }> => {
    let outcome = { kind: 'unreachable', begun: true } as EnrolmentOutcome;
    const round = await enrolmentRound(
      {
        ...parts,
        code,
        signingKey: identity.nextSigningKey(),
        ...previousOf(queue),
        enrolled(known, closed) {
          outcome = { kind: 'enrolled', identity: known, ...(closed && { closed }) };
        },
        refused(why, detail) {
          outcome = { kind: 'refused', code: why, ...(detail !== undefined && { detail }) };
        },
      },
      signal,
    );
    if (outcome.kind === 'enrolled') {
      used.add(code);
      // Whoever has given another code does not want this one at the next start.
      if (configuredCode !== undefined) used.add(configuredCode);
      changed();
    } else if (outcome.kind === 'refused') {
      const standing = await epochAfterRefusal(parts, signal);
      if (standing === 'unknown') return { kind: 'unreachable', begun: true, round };
      refusedCode = code;
      // Another one may have been given meanwhile.
      if (identity.enrolmentUnderWay() === code) identity.giveUpEnrolment();
      if (standing !== 'open') parts.epochClosed(standing.closed);
    }
    return { ...outcome, round };
  };

  return {
    async enrol(code, signal) {
      const begun = identity.enrolmentUnderWay();
      const enrolled = identity.get() !== undefined;
      // With the code that was sent the centre may have closed the epoch; a terminal that has none loses nothing.
      if (enrolled && begun !== undefined && begun !== code)
        return { kind: 'refused', code: 'under-way', detail: 'an enrolment with another code has begun' };
      if (begun !== code) {
        sealer.sealNow();
        if (enrolled && !reachable()) return { kind: 'unreachable', begun: false };
        identity.beginEnrolment(code);
      }
      const { round: _, ...outcome } = await send(code, signal);
      return outcome;
    },
    async round(signal) {
      const begun = identity.enrolmentUnderWay();
      if (begun !== undefined) return (await send(begun, signal)).round;
      if (configuredCode === undefined || used.has(configuredCode)) return { kind: 'done' };
      if (identity.get() !== undefined) {
        if (configuredCode === refusedCode) return { kind: 'done' };
        if (!reachable()) return { kind: 'done', nextMs: LOOK_AGAIN_MS };
      }
      if (!beginWhenAcknowledged(configuredCode)) return { kind: 'done', nextMs: LOOK_AGAIN_MS };
      return { kind: 'more' };
    },
  };

  function beginWhenAcknowledged(code: string): boolean {
    sealer.sealNow();
    try {
      identity.beginEnrolment(code);
      return true;
    } catch (error) {
      if (error instanceof QueueError && error.code === 'unacknowledged') return false;
      throw error;
    }
  }
}

/**
 * Nobody signs the refusal of an enrolment, and the centre may have closed the epoch before somebody else refused: an enrolled terminal
 * sells on only when the centre has said so itself.
 */
async function epochAfterRefusal(
  { queue, client, timeoutMs }: Pick<EnrollerParts, 'queue' | 'client' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<'open' | 'unknown' | { readonly closed: number }> {
  const me = queue.identity.get();
  if (me === undefined) return 'open';
  const asked = { method: 'GET', path: '/v1/chain', fresh: true } as const;
  const told = await client.send({ ...asked, answer: chainPosition, timeoutMs, signal });
  if (told.kind === 'failed') return 'unknown';
  return told.kind === 'refused' && told.code === 'epoch-closed' ? { closed: me.epoch } : 'open';
}

/** Where the epoch stands: an enrolment begins only when its last record is acknowledged. */
function previousOf({ identity, records }: EnrollerParts['queue']): Pick<EnrolmentParts, 'previous'> {
  const me = identity.get();
  if (me === undefined) return {};
  const { epoch, sequence, hash } = records.head();
  return { previous: { terminal: me.terminal, epoch, sequence, chainHash: toHex(hash) } };
}

const SETTING = 'enrolment-codes-used';
/** More codes than that do not stay in anybody's settings. */
const KEPT = 8;

/** Codes that this terminal has used, by their hash: one that stays in the settings is not tried at each start. */
function usedCodes(identity: Queue['identity'], configured: string | undefined) {
  const hashOf = (code: string): string =>
    toHex(sm3(new TextEncoder().encode(`jdpos-used-code/1 ${code}`))).slice(0, 32);
  const kept = (): readonly string[] => (identity.setting(SETTING) ?? '').split(' ').filter((one) => one !== '');
  const add = (code: string): void => {
    const others = kept().filter((one) => one !== hashOf(code));
    identity.setSetting(SETTING, [...others, hashOf(code)].slice(-KEPT).join(' '));
  };
  // Enrolled by a version that did not keep them: the code of the settings is the one that was used.
  if (identity.get() !== undefined && identity.setting(SETTING) === undefined && configured !== undefined)
    add(configured);
  return { add, has: (code: string): boolean => kept().includes(hashOf(code)) };
}
