// Makes a checkout ready: system packages, npm packages, build. Runs before `npm start` and `npm test`.
// Plain JavaScript without dependencies, since nothing is installed yet when it runs. Quick when nothing is to be done.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const COMMAND = 'dist/agent/cli/jdpos.cjs';
const ROOMS = ['agent', 'clearing', 'drivers', 'emv', 'offline-queue', 'test-fixtures'];

/** What is needed of the system: the file that proves it is there, and what is lost without it. */
const SYSTEM_PACKAGES = [
  { name: 'build-essential', proof: ['/usr/bin/g++'], without: 'native modules cannot be built' },
  { name: 'python3', proof: ['/usr/bin/python3'], without: 'native modules cannot be built' },
  { name: 'pkg-config', proof: ['/usr/bin/pkg-config'], without: 'native modules cannot be built' },
  { name: 'pcscd', proof: ['/usr/sbin/pcscd'], without: 'there is no PC/SC; the sandbox runs its reader in process' },
  {
    name: 'libpcsclite-dev',
    proof: ['/usr/include/PCSC/winscard.h'],
    without: 'nfc-pcsc cannot be built; the sandbox runs its reader in process',
  },
  {
    name: 'vsmartcard-vpcd',
    proof: [
      '/usr/lib/pcsc/drivers/serial/libifdvpcd.so',
      `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libifdvpcd.so`,
    ],
    without: 'there is no virtual PC/SC reader; the sandbox runs its reader in process',
  },
  {
    name: 'softhsm2',
    proof: ['/usr/lib/softhsm/libsofthsm2.so'],
    without: 'tests of a master key in a PKCS#11 token are skipped',
  },
  {
    name: 'socat',
    proof: ['/usr/bin/socat'],
    without: 'tests of devices on serial ports are skipped',
  },
  { name: 'chromium', proof: ['/usr/bin/chromium'], without: 'tests of the cashier page are skipped' },
  {
    name: 'fonts-wqy-zenhei',
    proof: ['/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc', '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'],
    without: 'Chinese text shows as boxes in Chromium',
  },
];

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

function fail(line) {
  say(line);
  process.exit(1);
}

const succeeds = (command, args, options = {}) =>
  spawnSync(command, args, { stdio: 'inherit', cwd: ROOT, ...options }).status === 0;

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed; this is ${process.version}.`);
}

/** The words to put before a command that needs root; undefined when there is no way to be root. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return succeeds('sudo', ['-n', 'true'], { stdio: 'ignore' }) ? ['sudo', '-n'] : undefined;
}

function installSystemPackages() {
  const missing = SYSTEM_PACKAGES.filter(({ proof }) => !proof.some((file) => existsSync(file)));
  if (missing.length === 0) return;
  const prefix = existsSync('/usr/bin/apt-get') ? rootPrefix() : undefined;
  if (prefix === undefined) {
    for (const { name, without } of missing) {
      say(`${name} is missing: ${without}. Install it as root with: apt-get install ${name}`);
    }
    return;
  }
  const names = missing.map(({ name }) => name);
  say(`installing ${names.join(' ')}`);
  const apt = (...args) => {
    const words = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', ...args];
    const [command, ...rest] = [...prefix, ...words];
    return succeeds(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  apt('update');
  if (!apt('install', '-y', '--no-install-recommends', ...names)) {
    say('apt-get failed; going on without what it could not install');
  }
}

function hashOf(files, extra = '') {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${extra}`);
  for (const file of files) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

/** Does the work unless the stamp says that it was done for exactly this input. */
function once(stampFile, hash, work) {
  const stamp = join(ROOT, stampFile);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  rmSync(stamp, { force: true });
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function installPackages() {
  // nfc-pcsc is optional: npm leaves it out without a word when its header is missing, so the header is part of the stamp.
  const header = String(existsSync('/usr/include/PCSC/winscard.h'));
  once('node_modules/.set-up', hashOf(['package.json', 'package-lock.json'], header), () => {
    say('npm ci (a minute or two the first time, since native modules may be built here)');
    const npm = process.env.npm_execpath;
    const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
    const env = { ...process.env, NODE_ENV: 'development', JOBS: 'max' };
    if (!succeeds(command, [...args, 'ci', '--no-audit', '--no-fund'], { env })) fail('npm ci failed; see above.');
  });
}

/** A native module that does not load says so here, in one sentence, and not in the middle of a payment. */
function checkNativeModules() {
  const load = spawnSync(process.execPath, ['-e', "new (require('better-sqlite3'))(':memory:').close()"], {
    cwd: ROOT,
  });
  if (load.status !== 0) {
    rmSync(join(ROOT, 'node_modules/.set-up'), { force: true });
    fail('better-sqlite3 does not load with this Node; run the command again to build it anew.');
  }
}

function sources() {
  return ROOMS.flatMap((room) => readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

function build() {
  once('dist/.set-up', hashOf(['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', ...sources()]), () => {
    say('building');
    checkNativeModules();
    rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
    const node = (...args) => succeeds(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (compiled.status !== 0) fail('the build failed; see above.');
    if (!node('node_modules/vite/bin/vite.js', 'build', 'agent/cashier')) fail('the page did not build; see above.');
  });
}

/** For npx, which else keeps a link of its own to where the command was, and made executable, when it was first asked for it. */
function linkCommand() {
  chmodSync(join(ROOT, COMMAND), 0o755);
  const link = join(ROOT, 'node_modules/.bin/jdpos');
  rmSync(link, { force: true });
  symlinkSync(join('../..', COMMAND), link);
}

checkNode();
installSystemPackages();
installPackages();
build();
linkCommand();
