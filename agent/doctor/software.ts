import { SOFTWARE } from '../software.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, Ran } from './machine.ts';

const LEAST_NODE = [20, 19] as const;

/** @param version as `process.version` has it */
export function judgeNode(version: string): Finding {
  const id = 'software.node';
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [least, leastMinor] = LEAST_NODE;
  const what = `${SOFTWARE} on Node ${version}`;
  if (major > least || (major === least && minor >= leastMinor)) return ok(id, what);
  const cause = `jdpos needs Node ${least}.${leastMinor} or newer`;
  return fail(id, what, {
    cause,
    remedy: `install Node ${least} (nodesource.com has Debian packages), then npm run set-up`,
  });
}

/** A native module, how it is tried in a process of its own, and who misses it. */
interface Native {
  readonly name: string;
  /** Prints a version, or nothing. */
  readonly script: string;
  readonly optional?: string;
}

const NATIVES: readonly Native[] = [
  {
    name: 'better-sqlite3',
    script:
      'const db = new (load("better-sqlite3"))(":memory:"); console.log("SQLite", db.prepare("select sqlite_version()").pluck().get())',
  },
  { name: '@pokusew/pcsclite', script: 'load("@pokusew/pcsclite")' },
  { name: '@serialport/bindings-cpp', script: 'load("@serialport/bindings-cpp").autoDetect()' },
  { name: 'pkcs11js', script: 'load("pkcs11js")', optional: 'a PKCS#11 token' },
];

/** From here, wherever the process is started. */
const PRELUDE = `const load = require("node:module").createRequire(${JSON.stringify(import.meta.filename)});`;

/** How it ends says whether a native module works with this Node: it may also take the whole process with it. */
export function judgeNative({ name, optional }: Pick<Native, 'name' | 'optional'>, ran: Ran): Finding {
  const id = 'software.native';
  const advice = {
    cause: 'it was built for another Node, or is not built at all',
    remedy: 'npm run set-up (npm rebuild builds the native modules anew)',
  };
  if (ran.kind === 'ended' && ran.code === 0)
    return ok(id, `${name} loads${ran.out.trim() ? `: ${ran.out.trim()}` : ''}`);
  if (ran.kind === 'late') return unknown(id, `${name} has not loaded in time`);
  if (ran.kind === 'missing') return unknown(id, `${name} could not be tried: no process could be started`);
  const said = ran.kind === 'killed' ? `crashes the process (${ran.signal})` : `does not load: ${firstError(ran.err)}`;
  if (optional !== undefined) return warn(id, `${name} ${said}; only ${optional} needs it`, advice);
  return fail(id, `${name} ${said}`, advice);
}

const firstError = (err: string): string =>
  (/^\w*Error.*$/m.exec(err)?.[0] ?? err.trim().split('\n')[0] ?? '').slice(0, 200);

export const node: Check = {
  id: 'software.node',
  limitMs: 1_000,
  run: async () => [judgeNode(process.version)],
};

export const natives: Check = {
  id: 'software.native',
  limitMs: 40_000,
  run: (machine, { own: [program] }) =>
    Promise.all(
      NATIVES.map(async (native) => {
        const script = `${PRELUDE} ${native.script}; process.exit(0)`;
        return judgeNative(native, await machine.run(program, ['-e', script], 10_000));
      }),
    ),
};
