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
/** PPSE, candidates, balance, GPO, records, counter and balance of a card that keeps back its last one. A probe takes less. */
export const MAX_EXCHANGES = (1 + MAX_CANDIDATES + 1 + 1 + MAX_RECORDS + 2) * MAX_ROUNDS;
