/** Why the host does not start, or an administrator's order cannot be carried out. */
export type ClearingErrorCode =
  /** A key is marked TEST and the host is to run in production. */
  | 'test-key-in-production'
  /** A key has another length or form than its use asks for. */
  | 'bad-key'
  /** The database belongs to a newer program. */
  | 'database-newer'
  /** No card with this number is loaded. */
  | 'unknown-card';

/** An operational failure of the clearing side; its message says what to do. */
export class ClearingError extends Error {
  readonly code: ClearingErrorCode;

  constructor(code: ClearingErrorCode, message: string) {
    super(message);
    this.name = 'ClearingError';
    this.code = code;
  }
}
