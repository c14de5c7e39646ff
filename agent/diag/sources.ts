import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { Run } from '../setup/machine.ts';

/** One thing that a support archive holds; `read` throws where it cannot be had, and the archive says so. */
export interface Source {
  readonly name: string;
  readonly read: () => Promise<string>;
}

export interface SourceParts {
  /** Absent where the settings are wrong or not there: the rest is gathered all the same. */
  readonly config: Config | undefined;
  readonly configPath: string;
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly run: Run;
  readonly program: { readonly node: string; readonly cli: string };
  readonly unitPath: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Of one file; the newest part of a log is what tells. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_LOGS = 20;
const MAX_PAYMENTS = 20;
const JOURNAL_LINES = '5000';
const ANSWER_LIMIT_MS = 10_000;
/** What the kernel says of plugs, readers and ports. */
const KERNEL_LINES =
  /\b(usb|tty\w*|pn533\w*|nfc|usblp|hid|cdc_acm|ftdi\w*|ch341\w*|cp210x|oom|I\/O error|EXT4|mmc\w*)\b/i;
const MAX_KERNEL_LINES = 1_000;

/** Everything that is looked for, each by itself. */
export function sources(parts: SourceParts): readonly Source[] {
  return [
    { name: 'versions.json', read: async () => pretty(parts.versions) },
    { name: 'config.json', read: async () => tail(parts.configPath) },
    { name: 'jdpos.service', read: async () => tail(parts.unitPath) },
    ...daemonSources(parts),
    { name: 'doctor.json', read: () => ownCommand(parts, 'doctor', '--json', '--config', parts.configPath) },
    {
      name: 'queue-stats.json',
      read: () => ownCommand(parts, 'queue', 'stats', '--json', '--config', parts.configPath),
    },
    {
      name: 'service.txt',
      read: () => program(parts.run, 'systemctl', 'status', '--no-pager', '--lines=0', 'jdpos.service'),
    },
    {
      name: 'journal.txt',
      read: () =>
        program(
          parts.run,
          'journalctl',
          '--unit=jdpos.service',
          `--lines=${JOURNAL_LINES}`,
          '--no-pager',
          '--output=short-iso',
        ),
    },
    { name: 'kernel.txt', read: () => kernelLines(parts.run) },
    { name: 'modules.txt', read: async () => tail('/proc/modules') },
    ...logSources(parts.config),
  ];
}

function daemonSources({ url, fetch: fetchIt }: SourceParts): readonly Source[] {
  const get = async (path: string): Promise<string> => {
    const answer = await fetchIt(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return text.slice(0, MAX_BYTES);
  };
  return [
    { name: 'status.json', read: () => get('/v1/status') },
    { name: 'metrics.txt', read: async () => toMillionths(await get('/metrics')) },
    { name: 'payments.json', read: () => get(`/v1/payments?limit=${MAX_PAYMENTS}`) },
    // Only the latest payment's is kept.
    { name: 'trace.json', read: async () => traceOfLatest(get) },
  ];
}

/** The sum of a histogram has up to seventeen places, and one in ten such would be taken for a card number. */
const toMillionths = (metrics: string): string => metrics.replace(/(\.\d{6})\d+(?=(?:e[+-]?\d+)?$)/gm, '$1');

async function traceOfLatest(get: (path: string) => Promise<string>): Promise<string> {
  const { items } = JSON.parse(await get(`/v1/payments?limit=${MAX_PAYMENTS}`)) as { readonly items: { id: string }[] };
  for (const { id } of items) {
    const trace = await get(`/v1/payments/${encodeURIComponent(id)}/trace`).catch(() => undefined);
    if (trace !== undefined) return trace;
  }
  throw new Error('no payment since the daemon was started');
}

/** A command of this program, in a process of its own: one that breaks is a finding. */
const ownCommand = (parts: SourceParts, ...words: readonly string[]): Promise<string> =>
  program(parts.run, parts.program.node, parts.program.cli, ...words);

async function program(run: Run, name: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await run(name, ...args);
  // Commands that judge end with 1; what they say is what is wanted.
  if (code === -1 || output === '') throw new Error(`${basename(name)} gave nothing: ${output || code}`);
  if (code === 2 && /^jdpos: |^\{"error"/.test(output)) throw new Error(output.split('\n')[0]);
  return output;
}

async function kernelLines(run: Run): Promise<string> {
  const lines = (await program(run, 'dmesg')).split('\n').filter((line) => KERNEL_LINES.test(line));
  return lines.slice(-MAX_KERNEL_LINES).join('\n');
}

function logSources(config: Config | undefined): readonly Source[] {
  const file = config?.log.file;
  if (file === undefined) return [];
  const [folder, name] = [dirname(file.path), basename(file.path)];
  try {
    const fits = (one: string): boolean => one === name || (one.startsWith(`${name}.`) && /\.\d+$/.test(one));
    const found = readdirSync(folder).filter(fits).slice(0, MAX_LOGS);
    return found.map((one) => ({
      name: `log/${one.replace(/[^\w.-]/g, '_')}`,
      read: async () => tail(join(folder, one)),
    }));
  } catch (error) {
    return [{ name: `log/${name}`, read: () => Promise.reject(error) }];
  }
}

/** The last part of a file. */
function tail(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    // Those of /proc say that they are empty.
    const bytes = new Uint8Array(size === 0 ? MAX_BYTES : Math.min(size, MAX_BYTES));
    const from = Math.max(0, size - bytes.length);
    let got = 0;
    for (let read = -1; read !== 0 && got < bytes.length; got += read)
      read = readSync(file, bytes, got, bytes.length - got, size === 0 ? null : from + got);
    return new TextDecoder().decode(bytes.subarray(0, got));
  } finally {
    closeSync(file);
  }
}

const pretty = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
