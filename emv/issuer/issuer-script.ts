import { cardKey } from '../crypto/index.ts';
import { encodeTlv } from '../tlv/index.ts';
import { concat, hex, type Secret, uintBytes } from '../values/index.ts';
import type { KeyContext } from './card-session-key.ts';
import { scriptCommand } from './issuer-response.ts';
import { assertPin, pinField } from './pin-block.ts';
import { encipherScriptData } from './script-data.ts';

/** Whom a script command is for. `mdk` is the issuer's master key for MACs, `atc` that of the transaction it belongs to. */
export interface ScriptContext extends KeyContext {
  /** The ARQC of the same transaction (9F26), 8 bytes. */
  readonly cryptogram: Uint8Array;
}

const NOTHING = new Uint8Array();
/** CLA INS P1 P2 (JR/T 0025.5; CLA 84 and 04: with a MAC). */
const APPLICATION_BLOCK = hex('841E0000');
const APPLICATION_UNBLOCK = hex('84180000');
const CARD_BLOCK = hex('84160000');
const PIN_UNBLOCK = hex('84240000');
const PIN_CHANGE_WITH_CURRENT = hex('84240001');
const PIN_CHANGE = hex('84240002');
const PUT_DATA = hex('04DA');

/**
 * PUT DATA: gives one data object of the card another value, such as the electronic-cash balance (9F79, 6 bytes n12: the
 * whole new balance). `tag`: two bytes. Header, Lc, value, MAC of 4 bytes. Throws RangeError on a tag of another length or
 * over 251 bytes of value.
 */
export function putData(context: ScriptContext & { readonly tag: number; readonly value: Uint8Array }): Uint8Array {
  const { tag, value, ...rest } = context;
  return scriptCommand({ ...rest, header: concat(PUT_DATA, uintBytes(tag, 2)), data: value });
}

const bare =
  (header: Uint8Array) =>
  (context: ScriptContext): Uint8Array =>
    scriptCommand({ ...context, header, data: NOTHING });

/** APPLICATION BLOCK: the application answers SELECT with 6283 and every payment with a refusal until it is unblocked. */
export const applicationBlock: (context: ScriptContext) => Uint8Array = bare(APPLICATION_BLOCK);

/** APPLICATION UNBLOCK: takes an APPLICATION BLOCK back. */
export const applicationUnblock: (context: ScriptContext) => Uint8Array = bare(APPLICATION_UNBLOCK);

/** CARD BLOCK: all applications, for good. */
export const cardBlock: (context: ScriptContext) => Uint8Array = bare(CARD_BLOCK);

/** PIN UNBLOCK: the PIN try counter begins anew; the PIN stays. */
export const pinUnblock: (context: ScriptContext) => Uint8Array = bare(PIN_UNBLOCK);

const PIN_BLOCK_LENGTH = 8;
/** The part of the card's key that hides the new PIN: the right half of its left half. */
const KEY_PART = { from: 4, to: 8 };

/** The current PIN as it is taken off the block: digits, then zeros. In place. */
function addCurrentPin(block: Uint8Array, digits: Uint8Array): void {
  for (const [at, digit] of digits.entries()) {
    const place = at >> 1;
    block[place] = (block[place] ?? 0) ^ (at % 2 === 0 ? (digit & 0x0f) << 4 : digit & 0x0f);
  }
}

/** The new PIN's block: its PIN field xor 00000000 ‖ four bytes of the card's AC key, xor the current PIN where it is given. */
function newPinBlock(acKey: Uint8Array, newPin: Secret, currentPin: Secret | undefined): Uint8Array {
  const block = newPin.use((digits) => {
    assertPin(digits);
    return pinField(digits, PIN_BLOCK_LENGTH);
  });
  for (const [at, byte] of acKey.subarray(KEY_PART.from, KEY_PART.to).entries()) {
    const place = PIN_BLOCK_LENGTH / 2 + at;
    block[place] = (block[place] ?? 0) ^ byte;
  }
  currentPin?.use((digits) => {
    assertPin(digits);
    addCurrentPin(block, digits);
  });
  return block;
}

/**
 * PIN CHANGE: the card gets another PIN, and its try counter begins anew. With `currentPin` the card checks that too (P2 01),
 * without it the issuer alone answers for the change (P2 02). `mdk` is the master key for MACs, `encMdk` that for enciphering,
 * `acMdk` that for cryptograms, 16 bytes each; PINs are 4 to 12 ASCII digits. For triple DES alone: the block that JR/T 0025.17
 * §11 gives for SM4 is not known here. Throws RangeError on anything else.
 */
export function pinChange(
  context: ScriptContext & {
    readonly encMdk: Uint8Array;
    readonly acMdk: Uint8Array;
    readonly newPin: Secret;
    readonly currentPin?: Secret;
  },
): Uint8Array {
  const { encMdk, acMdk, newPin, currentPin, ...script } = context;
  if (script.algorithm !== '3des') throw new RangeError('a PIN change under SM4 is not known');
  const acKey = cardKey(acMdk, script.pan, script.panSequence, script.algorithm);
  let block: Uint8Array | undefined;
  try {
    block = newPinBlock(acKey, newPin, currentPin);
    const data = encipherScriptData({ ...script, mdk: encMdk, data: block });
    return scriptCommand({ ...script, header: currentPin === undefined ? PIN_CHANGE : PIN_CHANGE_WITH_CURRENT, data });
  } finally {
    acKey.fill(0);
    block?.fill(0);
  }
}

const TEMPLATES = { 'before-final-cryptogram': 0x71, 'after-final-cryptogram': 0x72 } as const;
const IDENTIFIER = 0x9f18;
const IDENTIFIER_LENGTH = 4;
const COMMAND = 0x86;
/** EMV Book 3, §10.10: all scripts of one answer together. */
const MAX_SCRIPT_BYTES = 128;

/**
 * An issuer script as it stands in the host's answer (EMV Book 3, §10.10): template 71 or 72 by when the terminal shall
 * deliver it, the identifier (9F18, 4 bytes) under which its result is reported, and the commands (86) in their order.
 * Throws RangeError on another identifier, no command, or more than 128 bytes.
 */
export function issuerScript(script: {
  readonly when: keyof typeof TEMPLATES;
  readonly identifier: Uint8Array;
  readonly commands: readonly Uint8Array[];
}): Uint8Array {
  const { when, identifier, commands } = script;
  if (identifier.length !== IDENTIFIER_LENGTH || commands.length === 0) throw new RangeError('not an issuer script');
  const objects = [encodeTlv(IDENTIFIER, identifier), ...commands.map((command) => encodeTlv(COMMAND, command))];
  const encoded = encodeTlv(TEMPLATES[when], concat(...objects));
  if (encoded.length > MAX_SCRIPT_BYTES) throw new RangeError(`a script of ${encoded.length} bytes is too long`);
  return encoded;
}
