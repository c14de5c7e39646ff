import { expect, it } from 'vitest';
import { codeGate, ROW_MS } from './code-gate.ts';

it('remembers copies of its own, and wipes them after a second of quiet', () => {
  let runOut = (): void => {};
  const gate = codeGate((ms, callback) => {
    expect(ms).toBe(ROW_MS);
    runOut = callback;
    return () => {};
  });
  const kept: Uint8Array[] = [];
  const code = Uint8Array.of(0x31, 0x32);
  code.slice = () => {
    const copy = Uint8Array.from(code);
    kept.push(copy);
    return copy;
  };
  expect(gate.admit(code)).toBe('new');
  expect(gate.admit(Uint8Array.of(0x31, 0x32))).toBe('repeated');
  expect(gate.admit(Uint8Array.of(0x31, 0x32, 0x33))).toBe('new');
  runOut();
  expect(kept).toEqual([Uint8Array.of(0, 0)]);
  expect(gate.admit(Uint8Array.of(0x31, 0x32))).toBe('new');
});
