import { concat, equalBytes, uintBytes } from '../../../emv/values/index.ts';
import type { Command } from '../command.ts';
import { mac } from '../cryptogram.ts';
import { sessionKey } from '../keys.ts';
import { type Handler, SW } from '../reaction.ts';
import { type Changes, changed, type Here, inTransaction } from './here.ts';

const MAC_LENGTH = 4;
const MAX_COUNT = 15;

/** What a script command comes to: refused with a status word, or changes to make. */
type ScriptResult = { readonly sw: number } | { readonly changes: Changes };

/** An issuer script command as its author meant it: without the MAC, and surely the issuer's. */
export type ScriptCommand = Pick<Command, 'p1' | 'p2' | 'data'>;

/**
 * A command of an issuer script (JR/T 0025.5, secure messaging): accepted from the first cryptogram on, when that was an ARQC (or the AAC
 * of a blocked application, which could not be unblocked otherwise). Its MAC covers header ‖ ATC ‖ cryptogram ‖ data. A wrong one
 * is 6988 and changes nothing, but that the next card verification results tell of a failed script.
 */
export function scriptCommand(run: (command: ScriptCommand, here: Here) => ScriptResult): Handler {
  return inTransaction((command, here) => {
    const { cryptogram, takesScripts } = here.transaction;
    if (cryptogram === undefined || !takesScripts) return { sw: SW.conditionsNotSatisfied };
    if (command.data.length < MAC_LENGTH) return { sw: SW.wrongLength };
    const data = command.data.subarray(0, -MAC_LENGTH);
    if (!equalBytes(scriptMac(command, here, cryptogram), command.data.subarray(-MAC_LENGTH))) {
      return { sw: SW.wrongMac, ...changed(here, { memory: { scriptFailed: true } }) };
    }
    const result = run({ ...command, data }, here);
    if ('sw' in result) return { sw: result.sw, ...changed(here, { memory: { scriptFailed: true } }) };
    const scripts = Math.min(here.memory.scripts + 1, MAX_COUNT);
    return { sw: SW.ok, ...changed(here, { ...result.changes, memory: { ...result.changes.memory, scripts } }) };
  });
}

function scriptMac(
  { cla, ins, p1, p2, data }: Command,
  { algorithms, stored }: Here,
  cryptogram: Uint8Array,
): Uint8Array {
  const { algorithm, macKey } = algorithms.cryptogram;
  const header = Uint8Array.of(cla, ins, p1, p2, data.length);
  const covered = concat(header, uintBytes(stored.atc, 2), cryptogram, data.subarray(0, -MAC_LENGTH));
  return mac(algorithm, sessionKey(algorithm, macKey, stored.atc), covered).subarray(0, MAC_LENGTH);
}
