/** What one tap may cost at most, whatever the card answers. */

/** Exchanges of one command: the command itself, then 61xx and 6Cxx. */
export const MAX_ROUNDS = 4;
/** Data of one answer, chained by 61xx. */
export const MAX_ANSWER_BYTES = 1024;
/** Applications tried in one tap. */
export const MAX_CANDIDATES = 8;
/** Directories of a contact card: its payment system environment and what that refers to. */
export const MAX_DIRECTORIES = 4;
/** Records of all its directories. */
export const MAX_DIRECTORY_RECORDS = 16;
/** SELECT commands while the terminal's own list of AIDs is tried, next occurrences counted. */
export const MAX_SELECTIONS = 16;
/** Records that an AFL may name. */
export const MAX_RECORDS = 16;
/** Data of all records together. */
export const MAX_RECORD_BYTES = 4096;
/** Issuer script templates of one answer of the host, and commands in all of them. */
export const MAX_SCRIPTS = 8;
export const MAX_SCRIPT_COMMANDS = 16;
/** Offline PIN: GET DATA, then GET CHALLENGE and VERIFY for each try; in the clear as well, without challenge. */
const MAX_PIN_EXCHANGES = 1 + 2 * 15 + 1 + 15;
/** Records that a transaction log may have. */
export const MAX_LOG_RECORDS = 32;

/** A qPBOC tap: PPSE, candidates, balance, GPO, records, counter and balance of a card that keeps back its last one. A probe takes less. */
const MAX_TAP = 1 + MAX_CANDIDATES + 1 + 1 + MAX_RECORDS + 2;
/** Directories, own list and final selection of a contact card; a GPO for each candidate. */
const MAX_SELECTION = MAX_DIRECTORIES + MAX_DIRECTORY_RECORDS + MAX_SELECTIONS + 2 * MAX_CANDIDATES;
/** Counter, last online counter, balance, reset threshold; INTERNAL and EXTERNAL AUTHENTICATE, two GENERATE AC; counter and balance again. */
const MAX_DIALOGUE = MAX_RECORDS + MAX_PIN_EXCHANGES + 4 + 4 + 2 + MAX_SCRIPT_COMMANDS;
/** Limits and formats, then both logs. */
const MAX_INQUIRY = 8 + 2 * MAX_LOG_RECORDS;

/** What one transaction may ask of a card, whatever it answers: the largest of the ways it can go. */
export const MAX_EXCHANGES = Math.max(MAX_TAP, MAX_SELECTION + MAX_DIALOGUE, MAX_SELECTION + MAX_INQUIRY) * MAX_ROUNDS;
