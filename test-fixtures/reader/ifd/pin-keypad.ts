import type { CardInReader, ControlReply, ReaderFirmware } from './relay-reader.ts';

/** Features by tag with the control codes that this reader gives them. */
const CODES = { verify: 0x42330006, modify: 0x42330007, properties: 0x4233000a, tlvProperties: 0x42330012 } as const;
const TAGS = { verify: 0x06, modify: 0x07, properties: 0x0a, tlvProperties: 0x12 } as const;

type KeypadFeature = keyof typeof CODES;

const GET_FEATURE_REQUEST = 0x42000d48;

/** What somebody does at the keypad; the digits are typed and OK is pressed. */
type KeypadAct = { readonly pin: string } | { readonly key: 'cancel' } | { readonly timeOut: true };

export interface PinKeypad extends ReaderFirmware {
  /** How many PINs it has asked for since it was made: one for VERIFY; old, new and new again to change it. */
  readonly asked: number;
  /** False when it asks for nothing. */
  act(act: KeypadAct): boolean;
}

export interface PinKeypadOptions {
  readonly features?: readonly KeypadFeature[];
  /** Answers in place of the right ones. */
  readonly answers?: Readonly<Record<number, ControlReply>>;
}

/** The two structures of PC/SC part 10 differ by what stands between the formats and the digits, and by their messages. */
interface Layout {
  readonly extra: 0 | 2;
  readonly messages: 1 | 3;
}
const VERIFY: Layout = { extra: 0, messages: 1 };
const MODIFY: Layout = { extra: 2, messages: 3 };

interface Instruction {
  readonly format: number;
  readonly block: number;
  readonly lengthFormat: number;
  /** Where a PIN's block begins in the command's data: one of VERIFY; the old and the new one of a change. */
  readonly offsets: readonly number[];
  readonly minDigits: number;
  readonly maxDigits: number;
  readonly confirmed: boolean;
  readonly command: Uint8Array;
}

const sw = (word: number): Uint8Array => Uint8Array.of(word >> 8, word & 0xff);

/**
 * The firmware of a reader with a keypad (PC/SC part 10): it puts what is typed into the command and sends that to the card
 * itself. Written from the standard's structures and from nothing of the driver that fills them.
 */
export function pinKeypad({
  features = ['verify', 'modify', 'tlvProperties'],
  answers = {},
}: PinKeypadOptions = {}): PinKeypad {
  let asked = 0;
  let awaiting: ((act: KeypadAct | 'pulled') => void) | undefined;

  const typed = (card: CardInReader): Promise<KeypadAct | 'pulled'> =>
    new Promise((resolve) => {
      asked += 1;
      awaiting = (act) => {
        awaiting = undefined;
        resolve(act);
      };
      const pulled = (): void => awaiting?.('pulled');
      card.gone.addEventListener('abort', pulled, { once: true });
      if (card.gone.aborted) pulled();
    });

  /** The PINs in the order of their blocks, or the word that the reader gives in the card's place. */
  const collect = async (instruction: Instruction, card: CardInReader): Promise<string[] | ControlReply> => {
    const { minDigits, maxDigits, offsets, confirmed } = instruction;
    const pins: string[] = [];
    for (let entry = 0; entry < offsets.length + (confirmed ? 1 : 0); entry++) {
      const act = await typed(card);
      if (act === 'pulled') return 'failed';
      if ('key' in act) return sw(0x6401);
      if ('timeOut' in act) return sw(0x6400);
      if (act.pin.length < minDigits || act.pin.length > maxDigits) return sw(0x6403);
      pins.push(act.pin);
    }
    return confirmed && pins.pop() !== pins.at(-1) ? sw(0x6402) : pins;
  };

  const perform = async (layout: Layout, data: Uint8Array, card: CardInReader | undefined): Promise<ControlReply> => {
    const instruction = readStructure(Buffer.from(data), layout);
    if (instruction === undefined) return sw(0x6b80);
    if (card === undefined) return 'failed';
    const pins = await collect(instruction, card);
    if (typeof pins === 'string' || pins instanceof Uint8Array) return pins;
    const command = Uint8Array.from(instruction.command);
    pins.forEach((pin, index) => {
      insertPin(command, pin, instruction.offsets[index] ?? 0, instruction);
    });
    return card.transmit(command) ?? 'failed';
  };

  const right = (
    code: number,
    data: Uint8Array,
    card: CardInReader | undefined,
  ): ControlReply | Promise<ControlReply> => {
    switch (code) {
      case GET_FEATURE_REQUEST:
        return Buffer.concat(features.map(entryOf));
      case CODES.verify:
        return perform(VERIFY, data, card);
      case CODES.modify:
        return perform(MODIFY, data, card);
      // Two lines of sixteen; the OK key alone ends an entry.
      case CODES.properties:
        return Uint8Array.of(0x02, 0x10, 0x02, 0x00);
      case CODES.tlvProperties:
        return Uint8Array.of(0x01, 0x02, 0x02, 0x10, 0x02, 0x01, 0x02, 0x06, 0x01, 0x04, 0x07, 0x01, 0x08);
      default:
        return 'not-supported';
    }
  };

  return {
    get asked() {
      return asked;
    },
    act: (act) => {
      awaiting?.(act);
      return awaiting !== undefined;
    },
    control: (code, data, card) => answers[code] ?? right(code, data, card),
  };
}

function entryOf(feature: KeypadFeature): Buffer {
  const entry = Buffer.from([TAGS[feature], 4, 0, 0, 0, 0]);
  entry.writeUInt32BE(CODES[feature], 2);
  return entry;
}

/** Undefined when it is not whole, or wants what this reader does not do. */
function readStructure(data: Buffer, { extra, messages }: Layout): Instruction | undefined {
  // Two time-outs, three formats, the offsets, the digits, [confirmation,] condition, number of messages, language.
  const digitsAt = 5 + extra;
  const conditionAt = digitsAt + 2 + (extra > 0 ? 1 : 0);
  const lengthAt = conditionAt + 4 + messages + 3;
  if (data.length < lengthAt + 4) return undefined;
  const command = data.subarray(lengthAt + 4);
  const [condition = 0] = data.subarray(conditionAt);
  const confirmation = extra > 0 ? (data[conditionAt - 1] ?? 0) : 0;
  if (data.readUInt32LE(lengthAt) !== command.length || command.length < 5 || !(condition & 0x02)) return undefined;
  const [format = 0, block = 0, lengthFormat = 0] = data.subarray(2, 5);
  const [maxDigits = 0, minDigits = 0] = data.subarray(digitsAt);
  const [oldAt = 0, newAt = 0] = data.subarray(5, 7);
  // BCD, left-justified.
  if ((format & 0x07) !== 0x01 || minDigits > maxDigits) return undefined;
  return {
    format,
    block,
    lengthFormat,
    offsets: extra === 0 ? [0] : confirmation & 0x02 ? [oldAt, newAt] : [newAt],
    minDigits,
    maxDigits,
    confirmed: (confirmation & 0x01) !== 0,
    command,
  };
}

/** A position of bmFormatString or bmPINLengthFormat, in bits from the first byte of data. */
const inBits = (position: number, isBytes: boolean): number => (isBytes ? position * 8 : position);

const HEADER_BITS = 5 * 8;

function insertPin(
  command: Uint8Array,
  pin: string,
  offset: number,
  { format, block, lengthFormat }: Instruction,
): void {
  const start = HEADER_BITS + offset * 8;
  const pinAt = start + inBits((format >> 3) & 0x0f, (format & 0x80) !== 0);
  const most = (block & 0x0f) * 2;
  [...pin].slice(0, most).forEach((digit, index) => {
    setNibble(command, pinAt + index * 4, Number(digit));
  });
  const lengthAt = start + inBits(lengthFormat & 0x0f, (lengthFormat & 0x10) !== 0);
  if (block >> 4 === 4) setNibble(command, lengthAt, pin.length);
}

function setNibble(bytes: Uint8Array, bit: number, value: number): void {
  const at = Math.floor(bit / 8);
  const byte = bytes[at] ?? 0;
  bytes[at] = bit % 8 === 0 ? (byte & 0x0f) | (value << 4) : (byte & 0xf0) | value;
}
