import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { majorOf, seenByOthers } from './seen-by-others.ts';

/** makedev(13, 67) and makedev(13, 300), as python's os.makedev gives them. */
const EVENT_3 = 3395;
const EVENT_236 = 1_051_948;

describe('a word on who else reads an input device', () => {
  let udev: string;
  beforeEach(() => {
    udev = mkdtempSync(join(tmpdir(), 'jdpos-udev-'));
  });
  afterEach(() => rmSync(udev, { recursive: true }));

  it('is none when udev hides it', async () => {
    writeFileSync(join(udev, 'c13:67'), 'I:1\nE:ID_INPUT=1\nE:LIBINPUT_IGNORE_DEVICE=1\nG:uaccess\n');
    expect(await seenByOthers(EVENT_3, udev)).toBeUndefined();
  });

  it('finds devices of high numbers', async () => {
    writeFileSync(join(udev, 'c13:300'), 'E:LIBINPUT_IGNORE_DEVICE=1\n');
    expect([await seenByOthers(EVENT_236, udev), majorOf(EVENT_236)]).toEqual([undefined, 13]);
  });

  it.each([
    ['nothing is known of it', undefined],
    ['it is an ordinary keyboard', 'E:ID_INPUT_KEYBOARD=1\n'],
    ['the rule is switched off', 'E:LIBINPUT_IGNORE_DEVICE=0\n'],
  ])('says so when %s', async (_, known) => {
    if (known !== undefined) writeFileSync(join(udev, 'c13:67'), known);
    expect(await seenByOthers(EVENT_3, udev)).toMatch(/desktop/);
  });
});
