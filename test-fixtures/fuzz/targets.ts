import { type ByteTarget, byteFuzzerOf } from './byte-fuzz.ts';
import { dialogueEntry, inquiryEntry, inspectEntry, loadEntry, openDialogueEntry } from './dialogue-entries.ts';
import { genuineDialogues } from './dialogue-taps.ts';
import type { EntryPoint } from './entry-point.ts';
import { purchaseEntry, recoveryEntry, sm2PurchaseEntry, tornEntry } from './entry-points.ts';
import { type Fuzzer, fuzzerOf } from './fuzz.ts';
import { genuinePurchases, openPayments } from './genuine-taps.ts';
import { liveEntry } from './live-card.ts';
import { liveDialogueEntry } from './live-dialogue.ts';
import { parserTargets } from './parser-targets.ts';
import { proofTargets } from './proof-targets.ts';
import { livePurseEntry, purseEntry } from './purse-entries.ts';
import { SAMPLE_RECORDS } from './sample-records.ts';
import { storedTargets } from './stored-targets.ts';
import { toolTargets } from './tool-targets.ts';

/** Cards whose chains are usual, old, and long, and one whose bytes nobody here has made. */
const PROVING: readonly string[] = ['rich 1280', 'fdda-00 100', 'long-chain 100', 'golden MODERN'];

export const parsers = (): readonly ByteTarget[] => parserTargets(genuinePurchases());
export const proofs = (): readonly ByteTarget[] =>
  proofTargets(genuinePurchases().filter(({ name }) => PROVING.includes(name)));
export const stored = (): readonly ByteTarget[] =>
  storedTargets({ intents: openPayments().map(({ intent }) => intent), records: SAMPLE_RECORDS });

export const tools = (): readonly ByteTarget[] => toolTargets([...genuinePurchases(), ...genuineDialogues()]);

/** All ways into the core. A new step is one entry more. */
const ENTRY_POINTS: readonly (() => EntryPoint)[] = [
  () => purchaseEntry(),
  recoveryEntry,
  tornEntry,
  sm2PurchaseEntry,
  liveEntry,
  () => dialogueEntry(),
  () => loadEntry(),
  inquiryEntry,
  inspectEntry,
  openDialogueEntry,
  () => liveDialogueEntry(),
  () => purseEntry(),
  livePurseEntry,
];

/** Everything that is fuzzed: for the long run. */
export function allFuzzers(): readonly Fuzzer[] {
  const targets = [...parsers(), ...proofs(), ...stored(), ...tools()];
  return [...ENTRY_POINTS.map((entry) => fuzzerOf(entry())), ...targets.map(byteFuzzerOf)];
}
