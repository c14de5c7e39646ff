/** One decision of the kernel: what was decided and why. No PAN, no secret. */
export interface Decision {
  /** The part of the standard that decides it, such as `JR/T 0025.12-2013 §6.2`. */
  readonly section: string;
  /** One sentence. */
  readonly text: string;
}

/** Hears of each decision as it is taken. It must not throw, and cannot change anything. */
export type Explain = (decision: Decision) => void;

/** Sections that several steps rest on. */
export const SECTION = {
  preProcessing: 'JR/T 0025.12-2013 §6.2',
  selection: 'JR/T 0025.12-2013 §6.4.1',
  initiation: 'JR/T 0025.12-2013 §6.5',
  reading: 'JR/T 0025.12-2013 §7.7',
  expiry: 'JR/T 0025.12-2013 §7.7.20',
  outcome: 'JR/T 0025.12-2013 §7.8',
  certificates: 'EMV Book 2 §6.3, §6.4',
  fdda: 'JR/T 0025.12-2013 annex B',
  recovery: 'JR/T 0025.12-2018 annex F',
} as const;

/** Fen as yuan, for sentences: 12.80. */
export const yuan = (minor: number): string => (minor / 100).toFixed(2);
