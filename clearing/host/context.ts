import type { FastifyBaseLogger } from 'fastify';
import type { Hsm, TerminalCa } from '../hsm/index.ts';
import type { Database } from './database/database.ts';

/** What the host's operations work with. */
export interface HostContext {
  readonly database: Database;
  readonly hsm: Hsm;
  /** Absent: no client certificates are given out. */
  readonly terminalCa?: TerminalCa;
  /** Wall clock, milliseconds since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly log: FastifyBaseLogger;
  /** Is the application of a hotlisted card blocked by script when it asks online? */
  readonly blockHotlisted: boolean;
}

/** RFC 3339 in UTC, as the database takes a moment. */
export const moment = (epochMs: number): string => new Date(epochMs).toISOString();
