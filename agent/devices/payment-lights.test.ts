import { describe, expect, it } from 'vitest';
import { paymentLights } from './payment-lights.ts';

function stage() {
  const shown: string[] = [];
  const waits: { ms: number; run: () => void; off: boolean }[] = [];
  const lights = paymentLights({ show: (signal) => void shown.push(signal) }, (ms, run) => {
    const wait = { ms, run, off: false };
    waits.push(wait);
    return () => {
      wait.off = true;
    };
  });
  const passes = (): void => {
    for (const { run, off } of waits.splice(0)) if (!off) run();
  };
  const goes = (id: string, ...states: string[]): void => {
    for (const state of states) {
      const final = ['approved', 'declined', 'cancelled', 'failed', 'undecided'].includes(state);
      lights.payment({ id, kind: 'purchase', state, final });
    }
  };
  return { lights, shown, waits, passes, goes };
}

describe('the lights of a payment', () => {
  it.each([
    ['approved', ['ready', 'approved', 'off']],
    ['declined', ['ready', 'declined', 'off']],
    ['undecided', ['ready', 'declined', 'off']],
    ['failed', ['ready', 'declined', 'off']],
    ['cancelled', ['ready', 'off', 'off']],
  ])('%s, and nothing any more some seconds later', (end, expected) => {
    const { shown, waits, passes, goes } = stage();
    goes('1', 'awaiting-card', 'card-present', 'awaiting-pin', 'authorising', end);
    expect(waits.map(({ ms }) => ms)).toEqual([3_000]);
    passes();
    expect(shown).toEqual(expected);
  });

  it('are shown once a state, however often the payment is told', () => {
    const { shown, goes } = stage();
    goes('1', 'awaiting-card', 'awaiting-card', 'present-again', 'present-again', 'approved', 'approved');
    expect(shown).toEqual(['ready', 'ready', 'approved']);
  });

  it('do not go out in the next payment', () => {
    const { shown, passes, goes } = stage();
    goes('1', 'awaiting-card', 'approved');
    goes('2', 'awaiting-card');
    passes();
    expect(shown).toEqual(['ready', 'approved', 'ready']);
  });

  it('say of a balance that the card has been read', () => {
    const { lights, shown } = stage();
    lights.payment({ id: '1', kind: 'balance', state: 'approved', final: true });
    expect(shown).toEqual(['card-read']);
  });

  it('stay out when the agent has ended', () => {
    const { lights, shown, passes, goes } = stage();
    goes('1', 'approved');
    lights.stop();
    passes();
    expect(shown).toEqual(['approved']);
  });
});
