/**
 * The steps of a payment in their order. After each one `onStep` is called, so that a test can end the process exactly
 * there; whatever has been told or made durable before a step must survive it.
 */
export const STEPS = [
  /** The payment is on disk; the register has not been told. */
  'registered',
  /** A card has arrived; nothing has been asked of it. */
  'card-arrived',
  /** The state card-present is on disk and told. */
  'card-present',
  /** A pending intent was held against the card; what was found is in memory only. */
  'intent-probed',
  /** What was found is committed. */
  'intent-resolved',
  /** No intent is in the way: the kernel starts. */
  'kernel-started',
  /** The intent is on disk; the card has not paid yet. Of a load: after the host has answered, before its script goes. */
  'intent-saved',
  /** The PIN is awaited. */
  'pin-awaited',
  /** The PIN entry has ended. */
  'pin-ended',
  /** The reversal is on disk; the host has not been asked yet. */
  'reversal-written',
  /** The host has answered, or the wait for it has ended. */
  'host-answered',
  /** The kernel has ended; its outcome is in memory only. */
  'outcome-known',
  /** The outcome is on disk; nobody has been told. */
  'outcome-committed',
  /** The outcome is told. */
  'outcome-told',
] as const;

export type StepName = (typeof STEPS)[number];

/** One step as it is reported: numbers count from 1 in the order of the table. */
export interface StepDone {
  readonly number: number;
  readonly name: StepName;
  readonly paymentId: string;
}

/** Called after each step; the payment goes on when it has returned. */
export type OnStep = (step: StepDone) => void | Promise<void>;

export const stepDone = (name: StepName, paymentId: string): StepDone => ({
  number: STEPS.indexOf(name) + 1,
  name,
  paymentId,
});
