import { describe, expect, it } from 'vitest';
import { GROUPS } from './checks.ts';
import { examine } from './examine.ts';
import { ok } from './finding.ts';
import type { Check } from './machine.ts';
import { judgeSettings } from './settings.ts';
import { plantedMachine, subjectWith } from './test-machine.ts';

const check = (id: string, run: Check['run'], limitMs = 1_000): Check => ({ id, limitMs, run });

describe('an examination', () => {
  it('goes on where a check breaks or hangs', async () => {
    const machine = plantedMachine({});
    const findings = await examine(
      [
        check('a.breaks', () => Promise.reject(new Error('no such thing'))),
        check('a.throws', () => {
          throw new Error('at once');
        }),
        check('a.hangs', () => new Promise(() => {}), 10),
        check('a.works', async () => [ok('a.works', 'it works')]),
      ],
      machine,
      subjectWith(),
    );
    machine.remove();
    expect(findings.map(({ id, level, what }) => [id, level, what])).toEqual([
      ['a.breaks', 'unknown', 'this check broke: no such thing'],
      ['a.throws', 'unknown', 'this check broke: at once'],
      ['a.hangs', 'unknown', 'this check was given up after 0.01 s'],
      ['a.works', 'ok', 'it works'],
    ]);
  });

  it('of a machine of which nothing can be seen, and without settings, breaks nowhere', async () => {
    const machine = plantedMachine({});
    const nothing = {
      own: ['jdpos'] as const,
      settings: { kind: 'invalid', problems: [{ at: '', message: 'none' }] } as const,
    };
    const findings = await examine(Object.values(GROUPS).flat(), machine, nothing);
    machine.remove();
    expect(findings.filter(({ what }) => what.includes('this check'))).toEqual([]);
    expect(
      findings.filter(({ level, cause, remedy }) => ['warn', 'fail'].includes(level) && (!cause || !remedy)),
    ).toEqual([]);
  });

  it('names each check after its group', () => {
    for (const [group, checks] of Object.entries(GROUPS))
      for (const { id } of checks) expect(id).toMatch(new RegExp(`^${group}\\.[a-z-]+$`));
  });
});

describe('settings', () => {
  const { settings } = subjectWith();
  it.each([
    [{ settings }, ['ok', 'ok']],
    [subjectWith({ acceptTestKeys: true }), ['ok', 'warn']],
    [
      { settings: { kind: 'invalid', problems: [{ at: '', message: 'EACCES' }] }, configPath: '/x', denied: true },
      ['unknown'],
    ],
    [{ settings: { kind: 'invalid', problems: [{ at: 'stateDir', message: 'is missing' }] } }, ['warn']],
    [
      {
        configPath: '/x',
        settings: {
          kind: 'invalid',
          problems: [
            { at: 'a', message: 'b' },
            { at: 'c', message: 'd' },
          ],
        },
      },
      ['fail', 'fail'],
    ],
  ] as readonly [Parameters<typeof judgeSettings>[0], string[]][])('%#', (subject, levels) => {
    expect(judgeSettings(subject).map(({ level }) => level)).toEqual(levels);
  });
});
