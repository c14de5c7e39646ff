import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../cli/cli-error.ts';
import { configSchema } from '../config/schema.ts';
import type { Asker } from './asker.ts';
import type { TestResult } from './tests.ts';
import { tryHost } from './try-host.ts';

export interface ClearingFlags {
  readonly clearingUrl?: string;
  readonly clearingCa?: string;
  /** A code in a file is in nobody's list of processes. */
  readonly enrolmentCodeFile?: string;
}

/** The clearing host, and how it answered. */
export interface AskedClearing {
  readonly url: string;
  readonly ca: { readonly path: string; readonly text: string } | undefined;
  /** Asked for only when it is needed. */
  readonly code: () => Promise<string>;
  readonly test: TestResult;
}

interface Before {
  readonly url: string;
  readonly ca?: string;
}

const fields = configSchema.shape.clearing.shape;

/** What the settings' own schema says of a value. */
function faultOf(field: 'url' | 'enrolmentCode', value: string): string | undefined {
  const read = fields[field].safeParse(value);
  return read.success ? undefined : read.error.issues[0]?.message;
}

/** Asks until the host answers, or whoever sits there goes on without. */
export async function askClearing(
  asker: Asker,
  flags: ClearingFlags,
  before: Before | undefined,
  monotonic: () => number,
): Promise<AskedClearing> {
  for (let first = true; ; first = false) {
    const url = await askUrl(
      asker,
      first ? (flags.clearingUrl ?? (asker.asks ? undefined : before?.url)) : undefined,
      before,
    );
    const ca = await askCa(asker, flags, before, url);
    const test = await tryHost(url, ca?.text, monotonic);
    if (test.outcome === 'passed' || !asker.asks) return { url, ca, code: () => askCode(asker, flags), test };
    asker.warn(`${url}: ${test.detail}`);
    if (!(await asker.confirm('Change address or CA file?', true))) {
      return { url, ca, code: () => askCode(asker, flags), test };
    }
  }
}

async function askUrl(asker: Asker, given: string | undefined, before: Before | undefined): Promise<string> {
  const fault = given === undefined ? undefined : faultOf('url', given);
  if (fault !== undefined) throw new CliError('wrong-use', `--clearing-url ${given}: ${fault}`, 'Give its address.');
  if (given !== undefined) return given;
  return asker.text('Address of the clearing host', {
    flag: '--clearing-url',
    placeholder: 'https://clearing.example',
    ...(before !== undefined && { initial: before.url }),
    check: (text) => faultOf('url', text),
  });
}

async function askCa(
  asker: Asker,
  { clearingCa }: ClearingFlags,
  before: Before | undefined,
  url: string,
): Promise<AskedClearing['ca']> {
  if (clearingCa !== undefined) return readCa(clearingCa);
  if (!url.startsWith('https:')) return undefined;
  if (!asker.asks) return before?.ca === undefined ? undefined : readCa(before.ca);
  const path = await asker.text('Its CA file (PEM); empty: whom this machine trusts', {
    flag: '--clearing-ca',
    initial: before?.ca ?? '',
    check: (text) => (text === '' ? undefined : faultOfCa(text)),
  });
  return path === '' ? undefined : readCa(path);
}

function faultOfCa(path: string): string | undefined {
  try {
    new X509Certificate(readFileSync(path));
    return undefined;
  } catch (error) {
    return `it cannot be used: ${error instanceof Error ? error.message : error}`;
  }
}

function readCa(path: string): NonNullable<AskedClearing['ca']> {
  const fault = faultOfCa(path);
  if (fault !== undefined) throw new CliError('bad-file', `${path}: ${fault}`, 'Name the PEM file of the authority.');
  return { path: resolve(path), text: readFileSync(path, 'utf8') };
}

async function askCode(asker: Asker, { enrolmentCodeFile }: ClearingFlags): Promise<string> {
  if (enrolmentCodeFile === undefined) {
    return asker.text('One-time code of the centre for this terminal', {
      ...{ flag: '--enrolment-code-file', secret: true, check: (text: string) => faultOf('enrolmentCode', text) },
    });
  }
  const code = readFileSync(enrolmentCodeFile, 'utf8').trim();
  const fault = faultOf('enrolmentCode', code);
  if (fault !== undefined)
    throw new CliError('bad-file', `${enrolmentCodeFile}: ${fault}`, 'Put the code alone into it.');
  return code;
}
