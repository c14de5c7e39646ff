/** What a driver cannot do without. The code is stable; the message says what to do next. */
export type DriverErrorCode = 'pcsc-not-installed' | 'pcsc-native-module-broken';

/** An operational failure of a device driver. What a card decides is never an error but a returned union. */
export class DriverError extends Error {
  readonly code: DriverErrorCode;

  constructor(code: DriverErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'DriverError';
    this.code = code;
  }
}
