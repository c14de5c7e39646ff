import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Terminal } from './terminal.ts';
import { MERCHANT, NOW_MS, startWorld, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const LATER = new Date(NOW_MS + HOUR_MS).toISOString();

let world: World;
let terminal: Terminal;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(() => world.close());

/** Version, chip balance limit and time of the set that the host gives to a terminal with so many. */
const given = async (have?: number): Promise<string> => {
  const { body } = await terminal.get(`/v1/parameters${have === undefined ? '' : `?have=${have}`}`);
  return [body['version'], body['chipBalanceLimitMinor'], body['effectiveAt']].join(' ').trim();
};

it('parameters of a later time are given to those who have what holds until then, and to all from then on', async () => {
  expect(await given()).toBe('2');
  await world.another({ chipBalanceLimitMinor: 777, effectiveAt: LATER });
  const next = `3 777 ${LATER}`;
  expect([await given(), await given(0), await given(2), await given(3)]).toEqual(['2', '2', next, next]);

  // A merchant's new name goes to both, and the later set stays the newest.
  const expiresAt = new Date(NOW_MS + HOUR_MS).toISOString();
  await world.host.admin.issueEnrolmentCode({
    ...{ code: 'CODE-LATER', terminal: 'T9', expiresAt },
    merchant: { ...MERCHANT, name: 'NEW NAME' },
  });
  expect([await given(0), await given(4)]).toEqual(['4', `5 777 ${LATER}`]);

  world.clockMs += HOUR_MS;
  expect(await given(0)).toBe(`5 777 ${LATER}`);
  world.clockMs -= HOUR_MS;
});

it('a load is bounded by what holds now', async () => {
  const card = await world.card({ balance: 700 });
  const load = async (amount: number) => {
    const more = { purpose: 'load', issuerData: true } as const;
    const request = terminal.authorisationRequest(card, card.askOnline(amount), amount, more);
    return (await terminal.authorise(request)).body['result'];
  };
  expect(await load(78)).toBe('approved');
  world.clockMs += HOUR_MS;
  expect([await load(78), await load(77)]).toEqual(['declined', 'approved']);
});
