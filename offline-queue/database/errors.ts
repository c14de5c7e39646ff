import BetterSqlite from 'better-sqlite3';

/** What can go wrong in operation: what it is, and what the person on call should do. */
const CATALOGUE = {
  'disk-full': ['the disk is full', 'Free some space on the disk that holds the queue; nothing was half written.'],
  'io-error': [
    'the disk could not be read or written',
    'Look at the disk, its quota and the system log; if it goes on, start the agent again.',
  ],
  'sync-failed': [
    'the disk has not confirmed what was written last',
    'Nothing more is written until the agent is started again, which writes it anew; if it says this again, replace the disk.',
  ],
  moved: [
    'a file of the queue was deleted or replaced while it was open',
    'Nothing more is written. Keep all that is in the folder, put the file back if another one lies in its place, and start the agent again.',
  ],
  busy: ['another program holds the queue', 'End programs that have the queue file open, then try again.'],
  locked: ['another agent has this queue open', 'Only one agent may run on a queue; end the other one first.'],
  // SQLite also says so when the disk fails to read.
  corrupt: [
    'the queue file is damaged or cannot be read',
    'Stop the agent, look at the disk and the system log, copy the file, run `jdpos queue verify` and call support; delete nothing.',
  ],
  'not-a-queue': ['the file is no queue of jdpos', 'Check the configured path of the queue.'],
  'newer-schema': [
    'a newer jdpos has written this queue',
    'Install that version or a later one; this one would not understand it. If none was ever here, another hand has changed the file: call support.',
  ],
  empty: [
    'the queue file is empty: it was emptied, or nothing was ever written into it',
    'Keep the folder as it is, and put the file back if there is another copy. Where nothing was ever sold, start the agent, which begins a new queue in it; where something was, call the centre.',
  ],
  'older-schema': ['an older jdpos has written this queue', 'Start the agent once, which brings the queue up to date.'],
  'cannot-open': [
    'the queue cannot be opened',
    'Check that the path exists on a local disk and belongs to the user that the agent runs as.',
  ],
  'read-only': ['the queue cannot be written', 'Check owner and permissions of the queue file and its folder.'],
  'not-durable': [
    'the database does not write through to the disk',
    'Do not take payments; this build of SQLite cannot be trusted.',
  ],
  'not-erasing': [
    'the database does not overwrite what it deletes',
    'Do not take payments; this build of SQLite cannot be trusted.',
  ],
  'wrong-key': [
    'the master key is not the one of this queue',
    'Bring back the key (file, credential or token) that belongs to it, or name its place as keyStore.previous; without it nothing sealed can be read.',
  ],
  'key-file': [
    'the key file cannot be used',
    'Make it a regular file of 32 bytes that only its owner may read (chmod 600).',
  ],
  'key-credential': [
    'systemd has not handed over the credential',
    'Give the unit LoadCredentialEncrypted= with this name (docs/operations.md) and restart it; by hand, run the command within `systemd-run -p LoadCredentialEncrypted=…`.',
  ],
  'token-module': [
    'the PKCS#11 module cannot be used',
    "Install the token's driver and check keyStore.module; `npm ci` builds the package pkcs11js.",
  ],
  'token-missing': ['the token is not there', 'Put it in, check keyStore.token, and start the agent again.'],
  'token-pin': [
    'the token does not take its PIN',
    'Check the file or credential in keyStore.pin before another attempt: a token locks itself after a few wrong ones.',
  ],
  'token-key': [
    'the token does not hold the master key of this queue',
    'Put in the token that holds it; without it nothing sealed can be read.',
  ],
  'token-failed': [
    'the token does not do its work',
    "Look at the token with its maker's tools, then start the agent again.",
  ],
  'not-enrolled': ['this terminal is not enrolled', 'Run `jdpos enrol` with the code that the centre gave out.'],
  unacknowledged: [
    'something is not yet acknowledged by the centre',
    'Let the agent upload it first, or bring it to the centre with `jdpos queue export`; then try again.',
  ],
  retiring: [
    'the queue is being taken out of service, which was cut short',
    'Run `jdpos queue reset` again, which finishes it; nothing is lost, and then the agent begins with an empty queue.',
  ],
  'epoch-used': [
    'the epoch of this enrolment has been used here',
    'Ask the centre for a new enrolment with a later epoch.',
  ],
  'bad-archive': [
    'an archive of the queue is missing or damaged',
    'Bring the file back from a copy of the archive folder; `jdpos queue verify` names it.',
  ],
  'bad-record': ['a row is no longer as it was written', 'Run `jdpos queue verify`; it names the row and what to do.'],
} as const;

export type QueueErrorCode = keyof typeof CATALOGUE;

/** An operational failure of the queue. `code` is stable; the message ends with what to do. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, detail?: string, options?: ErrorOptions) {
    const [what, remedy] = CATALOGUE[code];
    super(`${what}${detail === undefined ? '' : ` (${detail})`}. ${remedy}`, options);
    this.code = code;
  }
}

// SQLite's result codes are families: SQLITE_IOERR_WRITE is an SQLITE_IOERR. The first that fits counts.
const BY_RESULT: readonly (readonly [string, QueueErrorCode])[] = [
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_IOERR_FSYNC', 'sync-failed'],
  ['SQLITE_IOERR_DIR_FSYNC', 'sync-failed'],
  ['SQLITE_IOERR', 'io-error'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'not-a-queue'],
  ['SQLITE_READONLY', 'read-only'],
  ['SQLITE_PERM', 'read-only'],
  ['SQLITE_CANTOPEN', 'cannot-open'],
  // The words are always the same: the tables are not.
  ['SQLITE_ERROR', 'corrupt'],
  // The schema refuses what no row of the queue's own can hold; a name that is given twice is the caller's mistake.
  ['SQLITE_CONSTRAINT_CHECK', 'bad-record'],
  ['SQLITE_CONSTRAINT_DATATYPE', 'bad-record'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'bad-record'],
  ['SQLITE_MISMATCH', 'bad-record'],
];

const BY_SYSTEM: { readonly [errno: string]: QueueErrorCode } = {
  ENOSPC: 'disk-full',
  // EDQUOT, which Node has no name for.
  'Unknown system error -122': 'disk-full',
  EIO: 'io-error',
  EROFS: 'read-only',
};

/** What the system said of a file, as a QueueError: of `code` where it said nothing of the disk itself. */
export function fileError(code: QueueErrorCode, path: string, error: unknown): QueueError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new QueueError(BY_SYSTEM[errno] ?? code, `${path}${errno && `, ${errno}`}`, { cause: error });
}

/** Runs database work; what SQLite reports of the outside world becomes a QueueError, the rest is a programmer's error. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}

/** What SQLite says as a QueueError; another error, and a code that is not in the catalogue, as it is. */
export function translated(error: unknown): unknown {
  if (!(error instanceof BetterSqlite.SqliteError)) return error;
  const code = BY_RESULT.find(([family]) => error.code.startsWith(family))?.[1];
  return code === undefined ? error : new QueueError(code, error.code, { cause: error });
}
