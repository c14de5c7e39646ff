import { describe, expect, it } from 'vitest';
import type { Answer } from '../register-client.ts';
import { REFRESH_EVERY_MS } from '../session.ts';
import type { Payment } from '../wire.ts';
import { RESULT_SHOWN_MS, startCustomerSession } from './customer-session.ts';
import { customerView } from './customer-state.ts';

const payment = (id: string, state: Payment['state']): Payment => ({
  ...{ id, state, kind: 'purchase', amountMinor: 1280, reference: '', offline: false, debited: 'none', createdAt: '' },
});

/** A page without a browser: its daemon, timers and events are the test's. */
function screen() {
  const listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
  const timers = new Set<{ readonly ms: number; readonly work: () => void }>();
  let answer: Answer<readonly Payment[]> = { kind: 'answered', value: [] };
  let asked = 0;
  const session = startCustomerSession({
    client: {
      payments: async () => {
        asked += 1;
        return answer;
      },
    },
    stream: {
      open: () => ({ addEventListener: (type, listener) => listeners.set(type, listener), close: () => {} }),
      after: (ms, work) => {
        const timer = { ms, work };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    session,
    timers: () => [...timers].map(({ ms }) => ms),
    asked: () => asked,
    answers: (next: Answer<readonly Payment[]>) => {
      answer = next;
    },
    fire: async (type: string, data?: unknown) => {
      listeners.get(type)?.({ data: JSON.stringify(data) });
      await settle();
    },
    runOut: async (ms: number) => {
      const timer = [...timers].find((each) => each.ms === ms);
      if (timer === undefined) throw new Error(`no timer of ${ms}`);
      timers.delete(timer);
      timer.work();
      await settle();
    },
    seen: () => {
      const view = customerView(session.state());
      return view.kind === 'payment' ? view.face : view.kind;
    },
  };
}

describe("the customer's page", () => {
  it('asks for the payments when the stream is up, and now and then', async () => {
    const page = screen();
    expect([page.asked(), page.seen()]).toEqual([0, 'away']);
    await page.fire('open');
    expect([page.asked(), page.seen()]).toEqual([1, 'idle']);
    await page.runOut(REFRESH_EVERY_MS);
    await page.fire('reset', {});
    expect(page.asked()).toBe(3);
    await page.fire('queue', { unacknowledgedCount: 1 });
    expect(page.asked()).toBe(3);
  });

  it('welcomes again a while after a result, however often it is told', async () => {
    const page = screen();
    await page.fire('open');
    await page.fire('payment', payment('1', 'awaiting-card'));
    await page.fire('payment', payment('1', 'approved'));
    await page.fire('payment', payment('1', 'approved'));
    expect(page.timers().filter((ms) => ms === RESULT_SHOWN_MS)).toHaveLength(1);
    await page.runOut(RESULT_SHOWN_MS);
    expect(page.seen()).toBe('idle');
  });

  it('does not take the next payment away when the time of the result is over', async () => {
    const page = screen();
    await page.fire('open');
    await page.fire('payment', payment('1', 'awaiting-card'));
    await page.fire('payment', payment('1', 'approved'));
    await page.fire('payment', payment('2', 'awaiting-card'));
    expect([page.seen(), page.timers().includes(RESULT_SHOWN_MS)]).toEqual(['tap', false]);
  });

  it('says that the connection is lost, also when the daemon has only fallen silent', async () => {
    const page = screen();
    await page.fire('open');
    await page.fire('payment', payment('1', 'authorising'));
    page.answers({ kind: 'unknown' });
    await page.runOut(REFRESH_EVERY_MS);
    expect(page.seen()).toBe('lost');
    page.answers({ kind: 'answered', value: [payment('1', 'approved')] });
    await page.runOut(REFRESH_EVERY_MS);
    expect(page.seen()).toBe('approved');
  });

  it('passes over what it cannot read', async () => {
    const page = screen();
    await page.fire('open');
    for (const data of [undefined, {}, { id: 5 }, 'x']) await page.fire('payment', data);
    expect(page.seen()).toBe('idle');
  });

  it('leaves no timer behind', async () => {
    const page = screen();
    await page.fire('open');
    await page.fire('payment', payment('1', 'awaiting-card'));
    await page.fire('payment', payment('1', 'approved'));
    page.session.close();
    expect(page.timers()).toEqual([]);
  });
});
