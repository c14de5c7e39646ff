import { z } from 'zod';
import { type Recording, writeRecording } from '../../emv/trace/index.ts';

const hexDigits = z.string().regex(/^([0-9A-F]{2})*$/);

/** What passed between terminal and card, in the form of `jdpos card replay`. */
export const traceResource = z.strictObject({
  paymentId: z.string(),
  /** Oldest first. An answer of no bytes: the card had left. */
  taps: z.array(z.strictObject({ exchanges: z.array(z.strictObject({ c: hexDigits, r: hexDigits })) })),
});
export type TraceResource = z.output<typeof traceResource>;

export function traceOf(paymentId: string, taps: readonly Recording[]): TraceResource {
  return { paymentId, taps: taps.map((tap) => ({ exchanges: [...writeRecording(tap).exchanges] })) };
}
