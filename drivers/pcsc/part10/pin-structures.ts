import { concat, hex, uintBytes } from '../../../emv/values/index.ts';

/** How a PIN is asked for. */
export interface PinPrompt {
  readonly minDigits: number;
  readonly maxDigits: number;
  /** 1 to 255: until the first key, and from there to the end. */
  readonly timeoutS: number;
  readonly typingS: number;
  /** bEntryValidationCondition: 01 when the most digits are typed, 02 by the OK key, 04 when the time is up. */
  readonly entryValidation: number;
  /** Has the reader a display, it shows its own words in this language (LANGID of Windows); without one it shows nothing. */
  readonly display?: { readonly langId: number };
}

/** bNumberMessage: none, or as many as the reader itself thinks right. */
const NO_MESSAGE = 0x00;
const OWN_MESSAGES = 0xff;

/**
 * ISO 9564-1 format 2 as the reader has to make it (PC/SC part 10; USB CCID 1.1, §6.1.11):
 * bmFormatString 89: units are bytes, the PIN begins at the second byte of data, left-justified, BCD;
 * bmPINBlockString 47: its length takes 4 bits, its digits 7 bytes;
 * bmPINLengthFormat 04: units are bits, the length stands at bit 4, behind the control nibble 2.
 */
const FORMAT_2 = hex('894704');

/** 2 and no length yet, no digit yet, and filling. */
const EMPTY_BLOCK = hex('20FFFFFFFFFFFFFF');

/** VERIFY of a plaintext PIN (EMV Book 3, §6.5.12.2), as far as it can be written without the PIN. */
const VERIFY = concat(hex('0020008008'), EMPTY_BLOCK);

/** CHANGE REFERENCE DATA (ISO/IEC 7816-4) of the same PIN: the old block, then the new one. */
const CHANGE = concat(hex('0024008010'), EMPTY_BLOCK, EMPTY_BLOCK);

const OFFSET_OLD = 0;
const OFFSET_NEW = EMPTY_BLOCK.length;
/** bConfirmPIN: the new PIN is typed twice (bit 0), the old one is asked for (bit 1). */
const CONFIRM_AND_OLD = 0x03;

const littleEndian = (value: number, length: number): Uint8Array => uintBytes(value, length).reverse();

/** wPINMaxExtraDigit, wire order: most digits, then fewest. */
const digits = ({ minDigits, maxDigits }: PinPrompt): Uint8Array => Uint8Array.of(maxDigits, minDigits);

/** From wLangId on: language, the message indices, bTeoPrologue, the command with its length. */
const tail = ({ display }: PinPrompt, messages: number, command: Uint8Array): Uint8Array =>
  concat(
    littleEndian(display?.langId ?? 0, 2),
    Uint8Array.from({ length: messages }, (_, index) => index),
    new Uint8Array(3),
    littleEndian(command.length, 4),
    command,
  );

const head = ({ timeoutS, typingS }: PinPrompt): Uint8Array => concat(Uint8Array.of(timeoutS, typingS), FORMAT_2);

const numberOfMessages = ({ display }: PinPrompt): number => (display === undefined ? NO_MESSAGE : OWN_MESSAGES);

/** PIN_VERIFY_STRUCTURE (PC/SC part 10) for FEATURE_VERIFY_PIN_DIRECT: 19 bytes and the command. */
export function pinVerifyStructure(prompt: PinPrompt): Uint8Array {
  const conditions = Uint8Array.of(prompt.entryValidation, numberOfMessages(prompt));
  return concat(head(prompt), digits(prompt), conditions, tail(prompt, 1, VERIFY));
}

/**
 * PIN_MODIFY_STRUCTURE (PC/SC part 10) for FEATURE_MODIFY_PIN_DIRECT: 24 bytes and the command. The old PIN is asked
 * for, and the new one twice.
 */
export function pinModifyStructure(prompt: PinPrompt): Uint8Array {
  const { entryValidation } = prompt;
  return concat(
    head(prompt),
    Uint8Array.of(OFFSET_OLD, OFFSET_NEW),
    digits(prompt),
    Uint8Array.of(CONFIRM_AND_OLD, entryValidation, numberOfMessages(prompt)),
    tail(prompt, 3, CHANGE),
  );
}
