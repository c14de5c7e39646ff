import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../agent/index.ts';
import { placesBelow } from '../../agent/setup/places.ts';
import { terminalThere } from '../../agent/setup/terminal-there.ts';
import { until } from '../until.ts';
import { FakeClearing } from './fake-clearing.ts';
import { freePorts, ROOT } from './sandbox-under-test.ts';

const CLI = join(ROOT, 'dist/agent/cli/jdpos.cjs');
const ENROLMENTS = 'POST /v1/enrolments';

/** What stands for systemd: `restart` ends what the unit started before, and starts what it names now. */
const SYSTEMCTL = `#!/bin/sh
case "$1" in
  is-active) test -f "$PLACE/pid" && kill -0 "$(cat "$PLACE/pid")" 2>/dev/null ;;
  is-enabled) test -f "$PLACE/enabled" ;;
  enable) touch "$PLACE/enabled" ;;
  disable) rm -f "$PLACE/enabled" ;;
  stop) test -f "$PLACE/pid" && kill "$(cat "$PLACE/pid")"; rm -f "$PLACE/pid" ;;
  restart)
    if test -f "$PLACE/pid"; then
      old=$(cat "$PLACE/pid"); kill "$old" 2>/dev/null
      while kill -0 "$old" 2>/dev/null; do sleep 0.05; done
    fi
    $(sed -n 's/^ExecStart=//p' "$PLACE/etc/systemd/system/jdpos.service") >>"$PLACE/log" 2>&1 &
    echo $! >"$PLACE/pid" ;;
esac
`;
const PROGRAMS = {
  systemctl: SYSTEMCTL,
  id: `#!/bin/sh\nexec /usr/bin/id "$1"\n`,
  ...Object.fromEntries(
    ['getent', 'modprobe', 'udevadm', 'useradd', 'journalctl'].map((name) => [name, '#!/bin/sh\nexit 1\n']),
  ),
};

let place: string;
let clearing: FakeClearing;
let port: number;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'jdpos-killed-'));
  for (const folder of ['run/systemd/system', 'bin']) mkdirSync(join(place, folder), { recursive: true });
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(join(place, 'bin', name), text);
    chmodSync(join(place, 'bin', name), 0o755);
  }
  writeFileSync(join(place, 'code'), 'CODE-0001\n');
  clearing = await FakeClearing.start();
  port = await freePorts();
});
afterAll(async () => {
  const pid = daemonPid();
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    await until('the daemon to end', async () => (alive(pid) ? undefined : true));
  }
  await clearing.stop();
  rmSync(place, { recursive: true, force: true });
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function daemonPid(): number | undefined {
  const file = join(place, 'pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  return alive(pid) ? pid : undefined;
}

/** Has the process die in the very write that completes the text: nothing that comes after it is begun. */
const dyingAt = (text: string): string =>
  `data:text/javascript,${encodeURIComponent(`
  let said = '';
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (...words) => {
      const taken = write(...words);
      said += words[0];
      if (said.includes(${JSON.stringify(text)})) process.kill(process.pid, 'SIGKILL');
      return taken;
    };
  }
`)}`;

/** Runs the setup; killed at the first line that has the text. */
function setup(killAt?: string, more: readonly string[] = []): Promise<{ code: number | null; said: string }> {
  const words = ['setup', '--yes', '--root', place, '--clearing-url', clearing.url, '--accept-test-keys'];
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...(killAt === undefined ? [] : ['--import', dyingAt(killAt)]),
      CLI,
      ...words,
      '--enrolment-code-file',
      join(place, 'code'),
      '--report',
      join(place, 'report'),
      ...more,
    ],
    {
      env: {
        PATH: `${join(place, 'bin')}:${process.env['PATH']}`,
        PLACE: place,
        PCSCLITE_CSOCK_NAME: join(place, 'no-pcscd'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

const places = () => placesBelow(place, {});
const portInSettings = (): number | undefined =>
  existsSync(places().config)
    ? configSchema.parse(JSON.parse(readFileSync(places().config, 'utf8'))).register.port
    : undefined;
const unitIsWhole = (): boolean => readFileSync(places().unit, 'utf8').endsWith('WantedBy=multi-user.target\n');
const sells = async (at: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${at}/v1/status`)
    .then((answer) => answer.ok)
    .catch(() => false);

/** Each setup starts Node twice, and waits until the terminal is in contact with the centre. */
const LIMIT_MS = 300_000;

describe('a setup that is killed', { timeout: LIMIT_MS }, () => {
  it('at any step leaves whole files, and the next one goes on with its one enrolment', async () => {
    const flags = ['--port', String(port)];
    for (const step of ['asking the centre', 'enrolled as', 'starting the']) {
      const { code, said } = await setup(step, flags);
      expect([code, said.includes(step)]).toEqual([null, true]);
      if (existsSync(places().config)) {
        expect(portInSettings()).toBe(port);
        expect(terminalThere(places(), undefined)).toEqual({ kind: 'there', terminal: 'T-0001' });
      }
      if (existsSync(places().unit)) expect(unitIsWhole()).toBe(true);
    }
    const last = await setup(undefined, flags);
    expect(last).toMatchObject({ code: 1, said: expect.stringContaining('failed   card') });
    expect(await sells(port)).toBe(true);
    const codes = clearing.bodies<{ code: string; signingKey: string }>(ENROLMENTS);
    expect(new Set(codes.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it('leaves the terminal that sells as it is, and its settings old or new', async () => {
    if (!(await sells(port))) await setup(undefined, ['--port', String(port)]);
    const enrolled = clearing.bodies(ENROLMENTS).length;
    const other = await freePorts();
    await setup('in place: ', ['--port', String(other)]);
    expect([port, other]).toContain(portInSettings());
    expect([unitIsWhole(), await sells(port)]).toEqual([true, true]);
    await setup(undefined, ['--port', String(other)]);
    expect([portInSettings(), await sells(other)]).toEqual([other, true]);
    expect(clearing.bodies(ENROLMENTS)).toHaveLength(enrolled);
  });

  it('takes its trial daemon with it', async () => {
    const own = join(place, 'trial');
    const at = await freePorts();
    const flags = ['--root', own, '--no-systemd', '--attended', '--port', String(at)];
    writeFileSync(join(place, 'code'), 'CODE-0002\n');
    clearing.epoch += 1;
    const { said } = await setup('tap it for its balance', flags);
    expect(said).toContain('starting the terminal for a trial');
    await until('the trial daemon to end', async () => ((await sells(at)) ? undefined : true));

    // What keeps a port is named.
    const other = createServer().listen(at, '127.0.0.1');
    try {
      const held = await setup(
        undefined,
        flags.filter((flag) => flag !== '--attended'),
      );
      expect(held).toMatchObject({
        code: 1,
        said: expect.stringContaining(`port ${at} is taken by process ${process.pid}`),
      });
    } finally {
      other.close();
    }
  });
});
