import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualTimers, manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import { MAX_IN_A_ROW, MAX_READS_IN_A_ROW, ROW_MS } from './code-gate.ts';
import { type CodeIntake, codeIntake, GAP_MS } from './code-intake.ts';

const WECHAT = '134567890123456789';
const ALIPAY = '281234567890123456';

describe('a scanner', () => {
  let timers: ManualTimers;
  let intake: CodeIntake;
  let codes: string[];
  let told: string[];
  const logged: unknown[] = [];

  const send = (text: string): void => intake.events.bytes(new TextEncoder().encode(text));
  const quiet = (): void => timers.fire(ROW_MS);

  beforeEach(() => {
    timers = manualTimers();
    intake = codeIntake({
      name: '/dev/ttyACM0',
      after: timers.after,
      log: (event, details) => logged.push(event, details),
    });
    codes = [];
    told = [];
    intake.scanner.onCode((text) => codes.push(text));
    intake.scanner.onChange(() => told.push(`${intake.scanner.state}: ${intake.scanner.detail ?? ''}`));
    intake.events.state('open');
  });

  it('that has never been there says so', () => {
    const { scanner } = codeIntake({ name: '/dev/ttyACM1', after: timers.after });
    expect([scanner.state, scanner.detail]).toEqual(['unplugged', expect.stringMatching(/check its cable/)]);
  });

  it('tells a code once, however often it is read in a row', () => {
    for (let n = 0; n < 50; n++) send(`${WECHAT}\r\n`);
    expect(codes).toEqual([WECHAT]);
    expect(timers.pending).toEqual([ROW_MS]);
    quiet();
    send(`${WECHAT}\r\n`);
    expect(codes).toEqual([WECHAT, WECHAT]);
  });

  it('tells two phones apart that are held before it in turn', () => {
    for (let n = 0; n < 5; n++) send(`${WECHAT}\r${ALIPAY}\r`);
    expect(codes).toEqual([WECHAT, ALIPAY]);
  });

  it('takes nothing more of a flood before it has been quiet, and says so once', () => {
    for (let n = 0; n < 10_000; n++) send(`28${n}\r`);
    expect(codes).toHaveLength(MAX_IN_A_ROW);
    expect(told).toEqual(['ready: ', expect.stringMatching(/^attention: it sends codes without end/)]);
    quiet();
    send(`${WECHAT}\r`);
    expect(codes.at(-1)).toBe(WECHAT);
    expect(told.at(-1)).toBe('ready: ');
  });

  it.each([
    ['the same code', `${WECHAT}\r`],
    ['what is no text', '\u0001\r'],
  ])('takes a flood of %s for one too, reads none of it, and none of it is part of the next code', (_, piece) => {
    send(piece.repeat(MAX_READS_IN_A_ROW + 1));
    expect(intake.scanner.detail).toMatch(/codes without end/);
    send('half of a co');
    const chunk = new TextEncoder().encode(`\r${ALIPAY}\r`);
    intake.events.bytes(chunk);
    expect(chunk.every((byte) => byte === 0)).toBe(true);
    send(WECHAT.slice(0, 9));
    expect(codes.filter((code) => code !== WECHAT)).toEqual([]);
    expect(timers.pending).toEqual([ROW_MS]);
    quiet();
    send(`${ALIPAY}\r`);
    expect(codes.at(-1)).toBe(ALIPAY);
    expect(intake.scanner.state).toBe('ready');
  });

  it('ends a code by silence', () => {
    send(WECHAT.slice(0, 9));
    send(WECHAT.slice(9));
    expect(timers.pending).toEqual([GAP_MS]);
    timers.fire(GAP_MS);
    expect(codes).toEqual([WECHAT]);
  });

  it.each([
    ['unreadable', '\u0001\u0002\r', /baudRate, dataBits and parity/],
    ['too long', `${'A'.repeat(4_000)}\r`, /end each code with CR or LF/],
  ])('says what is wrong with one that is %s, until a good one comes', (_, sent, words) => {
    send(sent);
    send(sent);
    expect(codes).toEqual([]);
    expect([intake.scanner.state, intake.scanner.detail]).toEqual(['attention', expect.stringMatching(words)]);
    expect(told).toHaveLength(2);
    send(`${WECHAT}\r`);
    expect([intake.scanner.state, intake.scanner.detail]).toEqual(['ready', undefined]);
  });

  it('says that a code broke off', () => {
    send(`${WECHAT}\r28123`);
    timers.fire(GAP_MS);
    expect(intake.scanner.detail).toMatch(/broke off/);
    expect(codes).toEqual([WECHAT]);
  });

  it('half a code of one that was pulled is no part of the next; the same code counts anew', () => {
    send(`${WECHAT}\r28123`);
    intake.events.state('unplugged');
    expect(told.at(-1)).toMatch(/^unplugged: .*devices\.scanner/);
    expect(timers.pending).toEqual([]);
    intake.events.state('open');
    send(`${WECHAT}\r`);
    expect(codes).toEqual([WECHAT, WECHAT]);
  });

  it('says why its port cannot be opened', () => {
    intake.events.state('refused', 'Permission denied');
    expect(told.at(-1)).toMatch(/^refused: .*Permission denied.*rights of this user/);
  });

  it('keeps a word about its line while it works', () => {
    intake.events.state('open', 'also reaches the desktop');
    expect(told.at(-1)).toBe('ready: also reaches the desktop');
    send('\u0001\r');
    send(`${WECHAT}\r`);
    expect(told.at(-1)).toBe('ready: also reaches the desktop');
  });

  it('tells and remembers nothing after it was stopped', () => {
    send(`${WECHAT}\r281`);
    intake.stop();
    expect(timers.pending).toEqual([]);
    send(`${ALIPAY}\r`);
    expect(codes).toEqual([WECHAT]);
  });

  it('has no code in any log', () => {
    const all = JSON.stringify(logged);
    expect(all).toContain('scanner-attention');
    for (const code of [WECHAT, ALIPAY, '28123']) expect(all).not.toContain(code);
  });
});
