import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { hex, parseHex, toHex } from '../../emv/values/index.ts';
import type { StoredCard } from './state.ts';
import type { CardStorage, Memory } from './storage.ts';

/** Bytes, in hex on the disk. */
export const bytes = z
  .string()
  .refine((text) => parseHex(text) !== undefined)
  .transform(hex);
const DebitCredit = z.strictObject({
  pin: z.string(),
  blocked: z.boolean(),
  lastOnlineAtc: z.int().min(0).max(0xffff),
  offlineAmount: z.int().nonnegative(),
  offlineAbroad: z.int().nonnegative(),
  onlineNotCompleted: z.boolean(),
  issuerAuthenticationFailed: z.boolean(),
  issuerAuthenticationMissing: z.boolean(),
  blockedByPin: z.boolean(),
  sdaFailed: z.boolean(),
  ddaFailed: z.boolean(),
  scripts: z.int().min(0).max(15),
  scriptFailed: z.boolean(),
  data: z.array(z.strictObject({ tag: z.int(), value: bytes })),
  records: z.array(z.strictObject({ sfi: z.int(), record: z.int(), data: bytes })),
  loadLog: z.array(bytes),
});
/** A chip's memory as it stands in its file. */
export const storedCard: z.ZodType<StoredCard> = z.strictObject({
  blocked: z.boolean().optional(),
  applications: z.array(
    z.strictObject({
      balance: z.int().nonnegative(),
      atc: z.int().min(0).max(0xffff),
      pinTries: z.int().min(0).max(15),
      log: z.array(bytes),
      lastPayment: z.array(z.strictObject({ sfi: z.int(), record: z.int(), data: bytes })),
      debitCredit: DebitCredit.optional(),
    }),
  ),
});

/** A chip's memory in a file. */
export const fileStorage = (path: string): CardStorage => fileMemory(path, storedCard);

/**
 * Memory in a file (JSON). Each change is written beside it, forced to the disk and renamed over it, so that a process killed at any
 * moment leaves the state before or the state after. `load` throws when the file is there and is not such a memory.
 */
export function fileMemory<T extends object>(path: string, form: z.ZodType<T>): Memory<T> {
  return {
    load: () => {
      const text = readIfThere(path);
      return text === undefined ? undefined : form.parse(JSON.parse(text));
    },
    save: (card) => replaceDurably(path, JSON.stringify(card, bytesAsHex, 1)),
    clear: () => rmSync(path, { force: true }),
  };
}

const bytesAsHex = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : value);

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function replaceDurably(path: string, text: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w');
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  // The new name is as durable as the folder that holds it.
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
