import type { Verification } from '../interface/queue.ts';

export type Broken = Extract<Verification, { kind: 'broken' }>;
export type FaultName = Broken['fault'];

const REMEDY = 'Stop the agent, keep a copy of the queue file as it is and delete nothing.';
const COMPARE = 'The centre has its own copy of what was uploaded: compare with it, then call support.';

/** A record that is not what it was; `what` completes "Record 7 of epoch 1 …". */
export const badRecord = (epoch: number, sequence: number, fault: FaultName, what: string): Broken => ({
  kind: 'broken',
  epoch,
  sequence,
  fault,
  explanation: `Record ${sequence} of epoch ${epoch} ${what}. ${REMEDY} ${COMPARE}`,
});

/** A batch that does not go with its records or with what was signed over it. */
export const badBatch = (id: string, epoch: number, sequence: number, fault: FaultName, what: string): Broken => ({
  kind: 'broken',
  epoch,
  sequence,
  fault,
  explanation: `Batch ${id} (epoch ${epoch}) ${what}. ${REMEDY} ${COMPARE}`,
});

/** Any other row; `what` is a whole sentence without its full stop. */
export const badRow = (fault: FaultName, what: string): Broken => ({
  kind: 'broken',
  epoch: 0,
  sequence: 0,
  fault,
  explanation: `${what}. ${REMEDY} Then call support.`,
});

/** The first fault that a list of checks finds; later ones do not run. */
export function firstFault(...checks: readonly (() => Broken | undefined)[]): Broken | undefined {
  for (const check of checks) {
    const fault = check();
    if (fault !== undefined) return fault;
  }
  return undefined;
}
