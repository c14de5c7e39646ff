import { describe, expect, it } from 'vitest';
import { reachability } from './reachability.ts';

function hostWith(releaseDelayMs: number) {
  let now = 1_000;
  const seen: (boolean | 'returning')[] = [];
  const contact = reachability({
    clock: { now: () => Date.parse('2026-11-24T10:00:00Z'), monotonic: () => now },
    releaseDelayMs,
    changed: (reachable) => seen.push(reachable),
    returning: () => seen.push('returning'),
  });
  return {
    contact,
    seen,
    pass(ms: number) {
      now += ms;
    },
  };
}

describe('reachability', () => {
  it('tells each change once, and remembers the last contact', () => {
    const { contact, seen } = hostWith(0);
    expect(contact.state()).toEqual({ reachable: false });
    for (const act of [contact.contact, contact.contact, contact.noContact, contact.noContact, contact.contact]) act();
    expect(seen).toEqual([true, false, true]);
    expect(contact.state()).toEqual({ reachable: true, lastContactAt: '2026-11-24T10:00:00.000Z' });
  });

  it('the first contact of a run counts at once', () => {
    const { contact, seen } = hostWith(5_000);
    contact.contact();
    expect(seen).toEqual([true]);
  });

  it('a host that was lost must answer for the release delay', () => {
    const { contact, seen, pass } = hostWith(5_000);
    contact.contact();
    contact.noContact();
    expect(contact.returningMs()).toBeUndefined();
    contact.contact();
    expect(contact.returningMs()).toBe(5_000);
    pass(4_999);
    contact.contact();
    expect(contact.returningMs()).toBe(1);
    expect(contact.state().reachable).toBe(false);
    pass(1);
    // Time alone proves nothing.
    expect(contact.state().reachable).toBe(false);
    contact.contact();
    expect(seen).toEqual([true, false, 'returning', true]);
    expect(contact.returningMs()).toBeUndefined();
  });

  it('each failure in between begins the delay anew', () => {
    const { contact, seen, pass } = hostWith(5_000);
    contact.contact();
    for (let flap = 0; flap < 3; flap++) {
      contact.noContact();
      contact.contact();
      pass(4_999);
    }
    expect(seen).toEqual([true, false, 'returning', 'returning', 'returning']);
    pass(1);
    contact.contact();
    expect(contact.state().reachable).toBe(true);
  });

  it('a host that was never there but tried for is lost as well', () => {
    const { contact, seen } = hostWith(5_000);
    contact.noContact();
    contact.contact();
    expect(seen).toEqual(['returning']);
  });
});
