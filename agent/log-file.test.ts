import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logFile } from './log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = (): number => 1_800_000_000_000;
const path = (): string => join(folder, 'logs', 'jdpos.log');
const open = (maxBytes = 100, files = 3) => logFile({ path: path(), maxBytes, files }, now);
const text = (name = 'jdpos.log'): string => readFileSync(join(folder, 'logs', name), 'utf8');
const line = (number: number): string => `${JSON.stringify({ number })}\n`;

describe('a log file', () => {
  it('begins anew when it is full, and forgets the oldest', () => {
    const log = open(30, 3);
    for (let number = 0; number < 10; number++) log.write(line(number));
    log.close();
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['jdpos.log', 'jdpos.log.1', 'jdpos.log.2']);
    expect([text('jdpos.log.2'), text('jdpos.log.1'), text()]).toEqual([
      line(4) + line(5),
      line(6) + line(7),
      line(8) + line(9),
    ]);
  });

  it('goes on where an earlier run has stopped', () => {
    const first = open();
    first.write(line(1));
    first.close();
    const second = open();
    second.write(line(2));
    second.close();
    expect(text()).toBe(line(1) + line(2));
  });

  it('is never larger than it may be, whatever is written', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 60 }), (lengths) => {
        rmSync(join(folder, 'logs'), { recursive: true, force: true });
        const log = open(100, 2);
        for (const length of lengths) log.write(`${'x'.repeat(length - 1)}\n`);
        log.close();
        if (!existsSync(join(folder, 'logs'))) return;
        const names = readdirSync(join(folder, 'logs'));
        expect(names.length).toBeLessThanOrEqual(2);
        for (const name of names) expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(100);
      }),
      { numRuns: 50 },
    );
  });

  it('drops a line that is too long, and says so', () => {
    const log = open(200);
    log.write(`${'x'.repeat(300)}\n`);
    log.write(line(1));
    log.close();
    expect(
      text()
        .split('\n')
        .filter(Boolean)
        .map((one) => JSON.parse(one)),
    ).toEqual([{ level: 40, time: now(), name: 'jdpos', msg: 'log lines were dropped', dropped: 1 }, { number: 1 }]);
  });

  it('goes on without a place to write, and tells later how much is missing', () => {
    // A folder stands where the file is to be.
    mkdirSync(path(), { recursive: true });
    const log = open(10_000);
    log.write(line(1));
    rmSync(path(), { recursive: true });
    for (let number = 2; number < 100; number++) log.write(line(number));
    log.close();
    const lines = text()
      .split('\n')
      .filter(Boolean)
      .map((one) => JSON.parse(one));
    expect(lines[0]).toMatchObject({ msg: 'log lines were dropped', dropped: 65 });
    expect(lines.slice(1).map(({ number }) => number)).toEqual(Array.from({ length: 34 }, (_, at) => at + 66));
  });

  it.skipIf(!existsSync('/dev/full'))('a full disk stops nobody', () => {
    const log = logFile({ path: '/dev/full', maxBytes: 1000, files: 1 }, now);
    for (let number = 0; number < 1_000; number++) log.write(line(number));
    log.close();
  });
});
