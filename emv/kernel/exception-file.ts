import { SECTION } from './explain.ts';
import { ask, type Step } from './requests.ts';
import { panSequence, type Tap } from './tap.ts';

/** Terminal exception file check (JR/T 0025.12-2013 §7.8): by PAN and its sequence number as they are known now. */
export function* isOnExceptionFile(tap: Tap): Step<boolean> {
  const { listed } = yield* ask('check-exception-file', { pan: tap.answer.pan, panSequence: panSequence(tap) });
  tap.input.explain?.({ section: SECTION.outcome, text: `On the exception file: ${listed ? 'yes' : 'no'}` });
  return listed;
}
