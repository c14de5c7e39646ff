// nfc-pcsc has no types of its own. This is what is used of it, and of the native reader object behind it.
declare module 'nfc-pcsc' {
  /** One PC/SC reader as the native module shows it. Its constructor makes another one for the same reader. */
  export interface NativeReader {
    readonly name: string;
    readonly SCARD_SHARE_EXCLUSIVE: number;
    readonly SCARD_SHARE_DIRECT: number;
    readonly SCARD_LEAVE_CARD: number;
    readonly SCARD_RESET_CARD: number;
    get_status(callback: (error: unknown, state?: number, atr?: Uint8Array) => void): void;
    connect(
      options: { share_mode: number; protocol?: number },
      callback: (error: unknown, protocol?: number) => void,
    ): void;
    disconnect(disposition: number, callback: (error: unknown) => void): void;
    transmit(
      command: Uint8Array,
      maxAnswerBytes: number,
      protocol: number,
      callback: (error: unknown, answer?: Uint8Array) => void,
    ): void;
    control(
      data: Uint8Array,
      code: number,
      maxAnswerBytes: number,
      callback: (error: unknown, answer?: Uint8Array) => void,
    ): void;
    /** Ends the thread that watches the reader, and waits for it. */
    close(): void;
    on(event: 'status', listener: (status: { state: number; atr?: Uint8Array }) => void): unknown;
    removeAllListeners(event: 'status'): unknown;
  }

  export interface NfcReader {
    readonly reader: NativeReader;
    autoProcessing: boolean;
    on(event: 'error', listener: (error: unknown) => void): unknown;
    on(event: 'end', listener: () => void): unknown;
  }

  export class NFC {
    on(event: 'error', listener: (error: unknown) => void): unknown;
    on(event: 'reader', listener: (reader: NfcReader) => void): unknown;
    close(): void;
  }
}
