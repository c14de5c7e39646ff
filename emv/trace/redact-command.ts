import { wipeCommandCode } from './redact-purse.ts';

/** Their data are a PIN, in clear or enciphered: VERIFY, CHANGE REFERENCE DATA and PIN CHANGE, RESET RETRY COUNTER, the purse's PIN change. */
const PIN_COMMANDS: ReadonlySet<number> = new Set([0x20, 0x21, 0x24, 0x25, 0x2c, 0x2d, 0x5e]);
const EXTERNAL_AUTHENTICATE = 0x82;
/** The issuer's cryptogram; the response code behind it stays. */
const ARPC_LENGTH = 8;
/** Class, bit 3: secure messaging, whose data end with a MAC of four bytes. */
const SECURE = 0x04;
const MAC_LENGTH = 4;
/** CLA INS P1 P2 Lc. */
const DATA_AT = 5;

/**
 * A copy of a command that may be kept: of the same length, without PIN, ARPC and MACs. For whoever records exchanges, at the
 * moment of recording: a PIN must not be held until the rest of the recording is known.
 */
export function redactCommand(command: Uint8Array): Uint8Array {
  const [cla = 0, ins = 0] = command;
  const kept = command.slice();
  if (PIN_COMMANDS.has(ins)) return kept.fill(0, DATA_AT);
  const end = DATA_AT + (command[DATA_AT - 1] ?? 0);
  if (ins === EXTERNAL_AUTHENTICATE) kept.fill(0, DATA_AT, DATA_AT + ARPC_LENGTH);
  const isSecured = (cla & SECURE) !== 0 && command.length > DATA_AT && end <= command.length;
  if (isSecured) kept.fill(0, Math.max(DATA_AT, end - MAC_LENGTH), end);
  wipeCommandCode(kept);
  return kept;
}
