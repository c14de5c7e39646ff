import type { ApplicationParameters } from '../transaction.ts';

/** An application that both card and terminal have (EMV Book 1, §12.3). */
export interface Candidate {
  /** The card's name of it, 5 to 16 bytes. */
  readonly name: Uint8Array;
  readonly label: string;
  /** 87, the byte. */
  readonly priority: number;
  readonly parameters: ApplicationParameters;
}
