import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakePcscd, fakePcscd } from '../../test-fixtures/reader/fake-pcscd.ts';
import { type ManualTimers, manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import { until } from '../../test-fixtures/reader/pcsc-stage.ts';
import { type NativeEnds, nativeEnds } from './native-ends.ts';

const QUIET_MS = 250;

let dir: string;
let pcscd: FakePcscd;
let timers: ManualTimers;
let ends: NativeEnds;
let done: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jdpos-ends-'));
  pcscd = await fakePcscd(join(dir, 'comm'));
  timers = manualTimers();
  ends = nativeEnds({ socketPath: join(dir, 'comm'), after: timers.after });
  done = [];
});
afterEach(async () => {
  await pcscd.close();
  rmSync(dir, { recursive: true, force: true });
});

const close =
  (name: string): (() => void) =>
  () =>
    void done.push(name);

const waits = (): Promise<void> => until(() => timers.pending.includes(QUIET_MS));

/** Lets the wait run out that is set now, or about to be. */
async function waited(): Promise<void> {
  await waits();
  timers.fire(QUIET_MS);
}

describe('objects of the native module', () => {
  it('are closed in their order when no thread has reported for a while', async () => {
    for (const name of ['one', 'two']) ends.end(close(name));
    await waited();
    await until(() => done.length === 2);
    expect(done).toEqual(['one', 'two']);
    await ends.settled();
    expect(timers.pending).toEqual([]);
  });

  it('wait again when a thread reports while they wait: it may not be back at pcscd', async () => {
    ends.end(close('one'));
    await waits();
    ends.reported();
    await waited();
    await waits();
    expect(done).toEqual([]);
    await waited();
    await until(() => done.length === 1);
  });

  it('wait again when a thread reports while another is closed', async () => {
    ends.end(() => {
      done.push('one');
      setImmediate(ends.reported);
    });
    ends.end(close('two'));
    await waited();
    await waits();
    expect(done).toEqual(['one']);
    await waited();
    await until(() => done.length === 2);
  });

  it('that never watched are watched once, and closed after the report has had its time', async () => {
    const watch = (report: () => void): void => {
      done.push('watched');
      setImmediate(report);
    };
    ends.dispose({ get_status: watch, close: close('closed') });
    await waited();
    await waits();
    expect(done).toEqual(['watched']);
    await waited();
    await until(() => done.length === 2);
    expect(done).toEqual(['watched', 'closed']);
  });
});
