import { type Fen, fen } from '../../values/index.ts';
import { ask, type Step } from '../requests.ts';
import type { CardRead } from './read-card.ts';

/** What the terminal knows of this card from before. */
export interface ExceptionFile {
  readonly listed: boolean;
  /** What it has paid here lately (EMV Book 3, §10.6.1). */
  readonly loggedAmount: Fen;
}

/** Terminal exception file check (EMV Book 4, §6.3.5), by PAN and its sequence number. */
export function* checkExceptionFile({ pan, panSequence }: CardRead): Step<ExceptionFile> {
  const { listed, loggedAmount = fen(0) } = yield* ask('check-exception-file', { pan, panSequence });
  return { listed, loggedAmount };
}
