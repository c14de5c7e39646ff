import { expect, it } from 'vitest';
import { reachability } from './reachability.ts';

it('tells each change once, and when the last contact was', () => {
  let now = Date.parse('2026-11-24T10:00:00Z');
  const changes: boolean[] = [];
  const host = reachability({ now: () => now, monotonic: () => now }, (reachable) => changes.push(reachable));
  expect(host.state()).toEqual({ reachable: false });

  host.noContact();
  host.contact();
  now += 1500;
  host.contact();
  now += 250;
  host.noContact();
  host.noContact();

  expect(changes).toEqual([true, false]);
  expect(host.state()).toEqual({ reachable: false, lastContactAt: '2026-11-24T10:00:01.500Z' });
});
