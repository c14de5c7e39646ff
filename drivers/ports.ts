import type { Fen, Pan, PurseSerial, Secret } from '../emv/values/index.ts';

export type ReaderRole = 'contactless' | 'contact' | 'sam';

/** 'unresponsive': a card or reader is there but does not answer; 'unplugged': the reader, or the PC/SC service, is gone. */
export type ReaderState = 'empty' | 'card' | 'unresponsive' | 'unplugged';

/** What became of one command. `torn`: the card left, fell silent beyond the limit, or answered less than two bytes. */
export type ExchangeAnswer =
  | { readonly kind: 'answered'; readonly response: Uint8Array }
  | { readonly kind: 'torn'; readonly cause: 'removed' | 'silent' | 'short-answer' | 'reader-error' };

/** An open connection to one presented card. After a tear the channel is dead: every further exchange is torn. */
export interface CardChannel {
  /** Sends one command APDU as it is (no GET RESPONSE, no retry) and waits for the answer, `timeoutMs` at most. */
  exchange(command: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer>;
  /** Ends the connection; the card is reset. Never throws. */
  close(): Promise<void>;
}

/** One arrival of a card. `arrival` rises with every card this process has seen on any reader. */
export interface CardPresence {
  readonly arrival: number;
  readonly atr: Uint8Array;
  /** Undefined when the card has gone, or does not answer to a reset. Never throws. */
  open(): Promise<CardChannel | undefined>;
  /** Did the last `open` give nothing because another program has the card? */
  readonly isHeldByAnother?: boolean;
}

export interface CardReader {
  readonly name: string;
  /** The USB port that it hangs at, with its interface and slot (`1-1.2:1.0`, `1-1.2:1.0/1`); undefined where that cannot be told. */
  readonly port?: string | undefined;
  readonly role: ReaderRole;
  readonly state: ReaderState;
  /** The card that is there now. */
  readonly presence: CardPresence | undefined;
  /** Absent where there is no way to the reader itself. */
  readonly control?: ReaderControl;
}

/** A command to the reader instead of its card: a control code as PC/SC has it, and what belongs to it. */
export interface ControlCommand {
  readonly code: number;
  readonly data: Uint8Array;
  readonly timeoutMs: number;
}

/**
 * What became of it. `refused`: reader or driver does not do this, and nothing has changed. `busy`: a channel to the card is
 * open, here or in another program, and the reader is left alone.
 */
export type ControlAnswer =
  | { readonly kind: 'answered'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused' | 'torn' | 'busy' };

/** The way to the reader itself. No member ever throws. */
export interface ReaderControl {
  /** Is a channel to its card open? */
  readonly inTap: boolean;
  /** A question to the reader on the open channel; `torn` when there is none. That it is refused does the card no harm. */
  ask(command: ControlCommand): Promise<ControlAnswer>;
  /**
   * Lets the reader speak with the card by itself, on the open channel. What fails then is a tear, as of an exchange; so is
   * `signal`, which gives up the wait: the reader is left alone until it has ended. Aborted before, it is a refusal.
   */
  converse(command: ControlCommand, signal: AbortSignal): Promise<ControlAnswer>;
  /** A command while no channel is open; `busy` when one is. */
  signal(command: ControlCommand): Promise<ControlAnswer>;
}

export type ReaderEvent =
  | { readonly kind: 'reader'; readonly reader: CardReader }
  | { readonly kind: 'card-arrived'; readonly reader: CardReader; readonly presence: CardPresence }
  | { readonly kind: 'card-removed'; readonly reader: CardReader; readonly arrival: number };

/** All readers of the terminal. Readers and the service behind them may come and go; the hub stays. */
export interface CardReaders {
  list(): readonly CardReader[];
  /** Calls back on every change from now on; returns how to stop. */
  subscribe(listener: (event: ReaderEvent) => void): () => void;
  close(): Promise<void>;
}

export type OnlinePinEntry =
  | {
      readonly kind: 'entered';
      readonly block: Secret;
      readonly format: 'iso-0' | 'iso-4' | 'sm4-0';
      readonly keyId: string;
    }
  | { readonly kind: 'cancelled' | 'timed-out' | 'bypassed' | 'unavailable' };

export type CardPinEntry =
  /** The clear PIN, 4 to 12 ASCII digits, for the card; whoever takes it wipes it. */
  | { readonly kind: 'entered'; readonly pin: Secret }
  /** Reader or pad sent the VERIFY command itself, and the card answered this status word. */
  | { readonly kind: 'verified-on-reader'; readonly sw: number }
  | { readonly kind: 'torn' | 'cancelled' | 'timed-out' | 'bypassed' | 'unavailable' };

/** What is asked when the card itself checks the PIN. */
interface CardPinQuestion {
  /** Whose PIN: the PAN, or a purse's serial number. */
  readonly pan: Pan | PurseSerial;
  readonly amount: Fen;
  /** As far as the card tells: how many wrong PINs it takes before it blocks them. */
  readonly triesLeft?: number;
  /** Must it reach the card enciphered? */
  readonly enciphered?: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Where a cardholder types the PIN. */
export interface PinEntry {
  /** What it cannot do, so that no card is promised it. */
  readonly lacks?: readonly ('online' | 'enciphered-for-card')[];
  /** For the host: it comes back enciphered, and the clear PIN stays in the device. */
  enterOnline(request: { pan: Pan; amount: Fen; timeoutMs: number; signal: AbortSignal }): Promise<OnlinePinEntry>;
  /** For the card in the slot; absent where the device cannot do it. */
  verifyOnCard?(request: CardPinQuestion): Promise<CardPinEntry>;
}

/**
 * `ready`: it is there and works. `unplugged`: it is not there, or gone. `refused`: it is there and may not be opened.
 * `unresponsive`: it is there and does not answer. `attention`: a person must see to it (paper, cover, tamper).
 */
export type DeviceState = 'ready' | 'unplugged' | 'refused' | 'unresponsive' | 'attention';

/** What all devices beside the card readers have. They may come and go; the object stays. */
export interface Device {
  /** Where it hangs, as the settings name it. */
  readonly name: string;
  readonly state: DeviceState;
  /** More about the state, for a person: what the system or the device says. */
  readonly detail: string | undefined;
  /** Calls back when state or detail are others now; returns how to stop. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** What a PIN pad tells of one of its places for keys, in the words of ANSI X9.143. It never tells a key. */
export interface PinPadKey {
  readonly slot: string;
  readonly loaded: boolean;
  /** P0 PIN encryption, K0 key encryption … */
  readonly usage?: string;
  /** E enciphers, D deciphers … */
  readonly mode?: string;
  /** T triple DES, A AES … */
  readonly algorithm?: string;
}

/** `refused`: the pad says no, and why. `unavailable`: it is not there, silent, or a PIN is being typed. */
export type PinPadKeysAnswer =
  | { readonly kind: 'told'; readonly keys: readonly PinPadKey[] }
  | { readonly kind: 'unavailable' };

export type LoadKeyAnswer =
  | { readonly kind: 'loaded' | 'unavailable' }
  | { readonly kind: 'refused'; readonly why: string };

/** The key that a pad is to encipher PINs with, as the settings name it. */
export interface PinPadChoice {
  /** The name under which the centre knows it. */
  readonly keyId?: string;
  /** Which of the pad's places for keys: 0 to 9. */
  readonly slot: number;
  readonly format: Extract<OnlinePinEntry, { kind: 'entered' }>['format'];
}

/** A PIN pad of its own, which holds its keys itself. */
export interface PinPad extends Device, PinEntry {
  readonly make: string;
  readonly choice: PinPadChoice;
  /** All its places for keys. Never throws. */
  keys(): Promise<PinPadKeysAnswer>;
  /** Hands a PIN key over, in a key block (ANSI X9.143) that only the pad can open. Never throws. */
  loadKey(block: string): Promise<LoadKeyAnswer>;
}

/** Reads payment codes from a customer's phone. */
export interface CodeScanner extends Device {
  /** Calls back with the text of every code, free of framing; returns how to stop. A code is money: it is not logged. */
  onCode(listener: (text: string) => void): () => void;
}

/** Why a slip is not on paper for certain. The driver has the words for an installer. */
export type PrinterTrouble =
  /** A person must see to the printer. */
  | 'cover-open'
  | 'paper-out'
  | 'cutter-error'
  | 'printer-error'
  | 'offline'
  /** It cannot be reached, does not answer any more, or answers with noise. */
  | 'unplugged'
  | 'refused'
  | 'silent'
  | 'noise'
  /** An earlier job has not come out yet. */
  | 'busy'
  /** It went in the middle of the job. */
  | 'pulled'
  /** It took the job and has not said that it is printed. */
  | 'unconfirmed';

/**
 * What became of one print job. `confirmed`: the printer has said that it is through; one that answers nothing cannot. `not-printed`: no
 * byte was sent. `maybe-printed`: it was sent whole or in part, and nobody can tell what is on paper.
 */
export type PrintAnswer =
  | { readonly kind: 'printed'; readonly confirmed: boolean }
  | { readonly kind: 'not-printed' | 'maybe-printed'; readonly why: PrinterTrouble };

export interface ReceiptPrinter extends Device {
  /** Columns of half-width characters in a line: 32 on 58 mm, 48 on 80 mm. */
  readonly columns: number;
  /** Prints what the device understands (ESC/POS). One job after the other, each once. Never throws. */
  print(job: Uint8Array): Promise<PrintAnswer>;
}

/** Two lines of text, the upper one first. */
export type DisplayLines = readonly [upper: string, lower: string];

/** Two lines of twenty half-width characters before the customer. */
export interface CustomerDisplay extends Device {
  /** What it can show: `zh` has Chinese characters, of two columns each. */
  readonly language: 'zh' | 'en';
  /** Shows this and forgets what was to be shown before. What does not fit is cut off. Never waits, and never throws. */
  show(lines: DisplayLines): void;
}
