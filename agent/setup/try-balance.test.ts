import { expect, it } from 'vitest';
import type { Daemon } from '../cli/daemon.ts';
import type { Asker } from './asker.ts';
import { scriptAsker } from './script-asker.ts';
import { tryBalance } from './try-balance.ts';

const script = scriptAsker({ say: () => {}, attended: true, interrupted: new AbortController().signal });

/** A terminal whose reader is away for so long, and whose card lies on it. */
function terminal(backAt: number) {
  let now = 0;
  const begun: string[] = [];
  const cancelled: string[] = [];
  const there = () => now >= backAt;
  const daemon = {
    async startPayment({ key }: { key: string }) {
      begun.push(key);
      return { id: key };
    },
    payment: async () => (there() ? { state: 'approved', card: { label: 'CARD' } } : { state: 'awaiting-card' }),
    status: async () => ({
      readers: [
        { role: 'contactless', state: there() ? 'card' : 'unplugged' },
        { role: 'sam', state: 'card' },
      ],
    }),
    async cancelPayment(id: string) {
      cancelled.push(id);
    },
  } as unknown as Daemon;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  return { begun, cancelled, parts: { daemon, key: () => `key-${begun.length}`, sleep, now: () => now } };
}
const person = (...decisions: string[]): Asker => ({
  ...script,
  asks: true,
  async decide(_, choices, otherwise) {
    const decision = decisions.shift() ?? '';
    return choices.find(({ label }) => label.startsWith(decision))?.value ?? otherwise;
  },
});

it('a reader that is pulled while the card is awaited is told, and tried again with a new inquiry', async () => {
  const { begun, cancelled, parts } = terminal(6_000);
  expect(await tryBalance(person('try it again'), parts)).toMatchObject({ outcome: 'passed', detail: 'CARD' });
  expect(begun).toEqual(['key-0', 'key-1']);
  expect(cancelled).toEqual(['key-0']);
});

it('a reader that stays away is gone on without, and by flags a failure', async () => {
  const result = { outcome: 'failed', detail: 'the reader has gone: plug it in' };
  expect(await tryBalance(person('go on'), terminal(Infinity).parts)).toMatchObject(result);
  expect(await tryBalance(script, terminal(Infinity).parts)).toMatchObject(result);
});

it('a reader that the daemon has not named yet is waited for', async () => {
  const { begun, parts } = terminal(3_000);
  expect(await tryBalance(script, parts)).toMatchObject({ outcome: 'passed' });
  expect(begun).toHaveLength(1);
});
