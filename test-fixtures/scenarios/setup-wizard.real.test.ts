import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placesBelow } from '../../agent/setup/places.ts';
import { terminalThere } from '../../agent/setup/terminal-there.ts';
import { cannotTest } from '../missing-parts.ts';
import { until } from '../until.ts';
import { FakeClearing } from './fake-clearing.ts';
import { freePorts, ROOT } from './sandbox-under-test.ts';

const SCRIPT = '/usr/bin/script';
const skipped = cannotTest('setup in a terminal', existsSync(SCRIPT) ? [] : ['script (bsdutils)']);

const ENTER = '\r';
const UP = '\x1b[A';
const DOWN = '\x1b[B';
const CTRL_C = '\x03';
const LIMIT_MS = 60_000;

/** The wizard on a terminal of its own, and the hands of an installer. */
class Wizard {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #screen = '';
  #from = 0;

  constructor(place: string, words: readonly string[]) {
    const called = [process.execPath, join(ROOT, 'dist/agent/cli/jdpos.cjs'), 'setup', '--root', place, ...words];
    this.#child = spawn(
      SCRIPT,
      ['-qefc', `stty cols 100 rows 40; ${called.map((word) => `'${word}'`).join(' ')}`, '/dev/null'],
      {
        cwd: place,
        env: { PATH: process.env['PATH'], TERM: 'xterm', PCSCLITE_CSOCK_NAME: join(place, 'no-pcscd') },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#screen += stripVTControlCharacters(chunk.toString('utf8'));
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get screen(): string {
    return this.#screen;
  }

  /** Waits for a text that was not there before, then types. */
  async at(text: string, keys: string): Promise<void> {
    await until(
      `"${text}" on the screen`,
      async () => (this.#screen.indexOf(text, this.#from) < 0 ? undefined : true),
      LIMIT_MS,
    );
    this.#from = this.#screen.indexOf(text, this.#from) + text.length;
    this.#child.stdin?.write(keys);
  }

  end(): Promise<number | null> {
    return this.#ended;
  }

  kill(): void {
    this.#child.kill();
  }
}

describe.skipIf(skipped)('the wizard on a terminal', { timeout: LIMIT_MS }, () => {
  let place: string;
  let clearing: FakeClearing;
  let wizard: Wizard;
  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), 'jdpos-wizard-'));
    // Whatever hangs at the machine that tests is not asked about.
    mkdirSync(join(place, 'dev'));
    clearing = await FakeClearing.start();
  });
  afterEach(async () => {
    wizard.kill();
    await clearing.stop();
    rmSync(place, { recursive: true, force: true });
  });

  it('leads from nothing to a terminal that was tried, and its report', async () => {
    const port = String(await freePorts());
    wizard = new Wizard(place, [
      '--no-systemd',
      '--accept-test-keys',
      '--port',
      port,
      '--report',
      join(place, 'report'),
    ]);
    await wizard.at('order a PC/SC contactless reader: ACS ACR1252U', '');
    await wizard.at('yes, go on', `${UP}${ENTER}`);
    await wizard.at('Where are PINs typed?', ENTER);
    await wizard.at('Which one is the printer?', ENTER);
    await wizard.at('go on without it', `${DOWN}${ENTER}`);
    // An address that is none is said to be none, and can be mended.
    await wizard.at('Address of the clearing host', `x${ENTER}`);
    await wizard.at('expected a URL', `\x7F${clearing.url}${ENTER}`);
    clearing.on('POST /v1/enrolments', () => ({ status: 403, json: { code: 'code-unknown' } }));
    await wizard.at('One-time code of the centre', `CODE-0007${ENTER}`);
    await wizard.at('the centre has not given out this code', '');
    clearing.on('POST /v1/enrolments', undefined);
    await wizard.at('type another code', ENTER);
    await wizard.at('One-time code of the centre', `CODE-0001${ENTER}`);
    await wizard.at('tap it for its balance', ENTER);
    expect(await wizard.end()).toBe(1);
    expect(wizard.screen).toContain('failed   card       there is no card reader');
    expect(wizard.screen).not.toMatch(/CODE-000[17]/);
    expect(wizard.screen).toContain('not accepted: 1 failed (Card on the reader)');
    expect(existsSync(placesBelow(place, {}).answers)).toBe(false);
    expect(terminalThere(placesBelow(place, {}), undefined)).toEqual({ kind: 'there', terminal: 'T-0001' });
    const [html = ''] = readdirSync(join(place, 'report')).filter((name) => name.endsWith('.html'));
    expect(readFileSync(join(place, 'report', html), 'utf8')).toContain('no card was tapped');
  });

  it('leaves its answers alone behind after Ctrl-C at a question, and the next one begins with them', async () => {
    wizard = new Wizard(place, ['--no-systemd', '--enrolment-code-file', join(place, 'code')]);
    await wizard.at('yes, go on', `${UP}${ENTER}`);
    await wizard.at('Where are PINs typed?', ENTER);
    await wizard.at('Which one is the printer?', `${DOWN}${ENTER}`);
    await wizard.at('Address of the printer', `192.0.2.17${ENTER}`);
    await wizard.at('How wide', CTRL_C);
    expect(await wizard.end()).toBe(1);
    expect(wizard.screen).toContain('this machine is as it was');
    const left = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(left.map(({ parentPath, name }) => join(parentPath, name))).toEqual([placesBelow(place, {}).answers]);

    wizard = new Wizard(place, ['--no-systemd']);
    await wizard.at('An earlier setup was broken off', '');
    await wizard.at('yes, go on', `${UP}${ENTER}`);
    await wizard.at('Where are PINs typed?', ENTER);
    await wizard.at('Which one is the printer?', ENTER);
    await wizard.at('192.0.2.17', ENTER);
    await wizard.at('How wide', CTRL_C);
    expect(await wizard.end()).toBe(1);
  });
});
