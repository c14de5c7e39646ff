import { describe, expect, it } from 'vitest';
import { type Asker, SetupCancelled } from './asker.ts';
import { askClearing, askCode } from './clearing-question.ts';
import { scriptAsker } from './script-asker.ts';

const script = scriptAsker({ say: () => {}, attended: true, interrupted: new AbortController().signal });
/** Nobody listens at the port of tcpmux. */
const AWAY = 'http://127.0.0.1:1';

function person(texts: readonly string[], decisions: readonly string[]) {
  const [typed, decided] = [[...texts], [...decisions]];
  const warned: string[] = [];
  const asker: Asker = {
    ...script,
    asks: true,
    warn: (line) => warned.push(line),
    text: async () => typed.shift() ?? '',
    async decide(_, choices, otherwise) {
      const decision = decided.shift();
      return choices.find(({ label }) => decision !== undefined && label.startsWith(decision))?.value ?? otherwise;
    },
  };
  return { asker, warned, left: () => [typed, decided] };
}
const ask = (asker: Asker, flags = {}) => askClearing(asker, flags, undefined, () => 0);

describe('a clearing host that is away', () => {
  it('is told, tried again, asked for anew, and can be gone on without', async () => {
    const { asker, warned, left } = person([AWAY, AWAY], ['try it again', 'change', 'go on']);
    expect(await ask(asker)).toMatchObject({ url: AWAY, ca: undefined, test: { outcome: 'failed' } });
    expect(warned).toEqual(Array(3).fill(`${AWAY}: nobody listens there: check address and port`));
    expect(left()).toEqual([[], []]);
  });

  it('can end the setup', async () => {
    await expect(ask(person([AWAY], ['end']).asker)).rejects.toBeInstanceOf(SetupCancelled);
  });

  it('by flags is a test that has failed', async () => {
    expect(await ask(script, { clearingUrl: AWAY })).toMatchObject({ test: { outcome: 'failed' } });
  });
});

it.each([
  [{ clearingUrl: 'clearing.example' }, 'wrong-use', '--clearing-url clearing.example: expected a URL'],
  [{ clearingUrl: AWAY, clearingCa: '/nowhere.pem' }, 'bad-file', 'the CA file /nowhere.pem is not there'],
])('flags that are wrong end it in words: %j', async (flags, code, message) => {
  await expect(ask(script, flags)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

it('a file without a code is told, and a code that was refused is asked for where somebody sits', async () => {
  const flags = { enrolmentCodeFile: '/nowhere' };
  await expect(askCode(script, flags, false)).rejects.toMatchObject({
    code: 'bad-file',
    message: '/nowhere is not there: check the path',
  });
  expect(await askCode(person(['CODE-0002'], []).asker, flags, true)).toBe('CODE-0002');
});
