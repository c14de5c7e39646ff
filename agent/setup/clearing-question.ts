import { readFileSync } from 'node:fs';
import { CliError } from '../cli/cli-error.ts';
import { configSchema } from '../config/schema.ts';
import { type Asker, SetupCancelled } from './asker.ts';
import { type Authority, faultOfAuthority, fileFault, readAuthority, sameDigest } from './authority.ts';
import type { TestResult } from './tests.ts';
import { tryHost } from './try-host.ts';

export interface ClearingFlags {
  readonly clearingUrl?: string;
  readonly clearingCa?: string;
  /** What the CA file's first certificate must be. */
  readonly clearingCaSha256?: string;
  /** A code in a file is in nobody's list of processes. */
  readonly enrolmentCodeFile?: string;
}

/** The clearing host, and how it answered. */
export interface AskedClearing {
  readonly url: string;
  readonly ca: Pick<Authority, 'path' | 'text'> | undefined;
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

/**
 * Asks until the host answers, or whoever sits there goes on without. Throws SetupCancelled, and CliError for a flag that is wrong.
 * @param flags what they say is not asked for
 * @param answered it was asked already: the host is tried again
 */
export async function askClearing(
  asker: Asker,
  flags: ClearingFlags,
  before: Before | undefined,
  monotonic: () => number,
  answered?: Pick<AskedClearing, 'url' | 'ca'>,
): Promise<AskedClearing> {
  let given = flags;
  for (let known = answered; ; ) {
    const url =
      known?.url ?? (await askUrl(asker, given.clearingUrl ?? (asker.asks ? undefined : before?.url), before));
    const ca = known === undefined ? await askCa(asker, given, before, url) : known.ca;
    const test = await tryHost(url, ca?.text, monotonic);
    if (test.outcome === 'passed' || !asker.asks) return { url, ca, test };
    asker.warn(`${url}: ${test.detail}`);
    const onward = await asker.decide(
      'The clearing host does not answer as it should. What now?',
      [
        { value: 'change', label: 'change address or CA file' },
        { value: 'again', label: 'try it again' },
        { value: 'without', label: 'go on all the same', hint: 'a new terminal cannot be enrolled meanwhile' },
        { value: 'end', label: 'end the setup here', hint: 'the next one begins with these answers' },
      ],
      'change',
    );
    if (onward === 'end') throw new SetupCancelled();
    if (onward === 'without') return { url, ca, test };
    known = onward === 'again' ? { url, ca } : undefined;
    given = {};
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
  { clearingCa, clearingCaSha256: expected }: ClearingFlags,
  before: Before | undefined,
  url: string,
): Promise<AskedClearing['ca']> {
  let refused: string | undefined;
  for (let given = clearingCa; ; given = undefined) {
    if (given === undefined && !url.startsWith('https:')) return undefined;
    const path = given ?? (asker.asks ? await askCaFile(asker, before, refused !== undefined) : before?.ca);
    if (path === undefined || path === '') return undefined;
    const ca = readAuthority(path);
    if (expected !== undefined && !sameDigest(expected, ca.sha256)) {
      const next = 'This is not the file that the centre means: ask it for the right one.';
      throw new CliError('bad-file', `the fingerprint of ${path} is ${ca.sha256}, not ${expected}`, next);
    }
    asker.say(`its authority: ${ca.subject}; SHA-256 ${ca.sha256}`);
    if (!asker.asks || expected !== undefined || ca.path === before?.ca) return ca;
    const question = 'Is that the fingerprint on the paper of the centre, or is there none?';
    if ((await asker.confirm(question, ca.sha256 !== refused)) === true) return ca;
    refused = ca.sha256;
    asker.warn('That is another authority than the centre’s: ask the centre for its file.');
  }
}

/** @param another the one before was the wrong one, and is not proposed again */
const askCaFile = (asker: Asker, before: Before | undefined, another: boolean): Promise<string> =>
  asker.text('Its CA file (PEM); empty: whom this machine trusts', {
    flag: '--clearing-ca',
    ...(another ? { initial: '', anew: true } : { initial: before?.ca ?? '' }),
    check: (path) => (path === '' ? undefined : faultOfAuthority(path)),
  });

/** @param again the one before was of no use: a file that a flag names is not looked at a second time where a person can be asked */
export async function askCode(asker: Asker, { enrolmentCodeFile }: ClearingFlags, again: boolean): Promise<string> {
  if (enrolmentCodeFile === undefined || (again && asker.asks)) {
    return asker.text('One-time code of the centre for this terminal', {
      ...{ flag: '--enrolment-code-file', secret: true, check: (text: string) => faultOf('enrolmentCode', text) },
    });
  }
  const code = readCode(enrolmentCodeFile);
  const fault = faultOf('enrolmentCode', code);
  if (fault !== undefined)
    throw new CliError('bad-file', `${enrolmentCodeFile}: ${fault}`, 'Put the code alone into it.');
  return code;
}

function readCode(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const next = 'Put the code that the centre has given into a file, and name it with --enrolment-code-file.';
    throw new CliError('bad-file', `${path} ${fileFault(error)}`, next);
  }
}
