import { dialogueEntry, inquiryEntry, inspectEntry, loadEntry, openDialogueEntry } from './dialogue-entries.ts';
import { fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';

fuzzSuite('full debit/credit with a hostile card', [
  [fuzzerOf(dialogueEntry()), 4_000],
  [fuzzerOf(loadEntry()), 2_000],
  [fuzzerOf(inquiryEntry()), 2_000],
  [fuzzerOf(inspectEntry()), 1_000],
  [fuzzerOf(openDialogueEntry()), 3_000],
]);
