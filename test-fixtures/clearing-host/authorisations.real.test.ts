import { createCipheriv, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_PIN_KEY } from '../sandbox/settings.ts';
import { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, PIN, startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;
let card: Chip;

beforeAll(async () => {
  world = await startWorld();
  terminal = await world.terminal();
});
afterAll(() => world.close());
beforeEach(async () => {
  card = await world.card({ balance: 5_000 });
});

const ask = (amount: number, unusual = {}) =>
  terminal.authorise(terminal.authorisationRequest(card, card.askOnline(amount), amount, unusual));

async function account(): Promise<{ [column: string]: unknown } | undefined> {
  const columns = 'balance_minor::int as balance, held_minor::int as held, pin_tries_left as tries';
  return (await world.query(`select ${columns} from cards where masked_pan = $1`, [card.pan.masked]))[0];
}

/** A PIN block of ISO 9564 format 0 under the pad's key. */
function pin(digits: string, pan = card.pan.reveal()) {
  const field = Buffer.from(`0${digits.length}${digits}`.padEnd(16, 'F'), 'hex');
  const panField = Buffer.from(`0000${pan.slice(-13, -1)}`, 'hex');
  const cipher = createCipheriv('des-ede-ecb', Buffer.from(TEST_PIN_KEY.hex, 'hex'), null).setAutoPadding(false);
  const block = cipher.update(field.map((byte, at) => byte ^ (panField[at] ?? 0))).toString('hex');
  return { pin: { block: block.toUpperCase(), format: 'iso-0', keyId: TEST_PIN_KEY.keyId } };
}

describe('an ARQC', () => {
  it('is approved and holds the amount', async () => {
    const { status, body } = await ask(3_000);
    expect([status, body]).toEqual([
      200,
      {
        id: expect.any(String),
        result: 'approved',
        authorisationId: expect.stringMatching(/^A[0-9]{9}$/),
        accountBalanceMinor: ACCOUNT_MINOR - 3_000,
      },
    ]);
    expect(await account()).toMatchObject({ balance: ACCOUNT_MINOR, held: 3_000 });
  });

  it('is declined beyond what is left, holds counted', async () => {
    expect((await ask(6_000)).body).toMatchObject({ result: 'approved' });
    expect((await ask(4_001)).body).toMatchObject({ result: 'declined', reason: 'insufficient-funds' });
    expect((await ask(4_000)).body).toMatchObject({ result: 'approved', accountBalanceMinor: 0 });
    expect(await account()).toMatchObject({ held: ACCOUNT_MINOR });
  });

  it.each([
    ['blocked', { blocked: true }, 'card-blocked'],
    ['expired yesterday', { expiry: '2026-02-28' }, 'expired'],
  ] as const)('of a card that is %s is declined', async (_title, state, reason) => {
    card = await world.card({ balance: 5_000, ...state });
    expect((await ask(100)).body).toMatchObject({ result: 'declined', reason });
    expect(await account()).toMatchObject({ held: 0 });
  });

  it('of a card whose chip says that it has expired is declined', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(100), 100);
    const { body } = await terminal.authorise({ ...request, card: { ...request.card, expiry: '2026-02-28' } });
    expect(body).toMatchObject({ result: 'declined', reason: 'expired' });
  });

  it('of a card on its last day is approved', async () => {
    card = await world.card({ balance: 5_000, expiry: '2026-03-01' });
    expect((await ask(100)).body).toMatchObject({ result: 'approved' });
  });

  it('of a hotlisted card is declined, until it is taken off the list', async () => {
    await world.host.admin.addToHotlist([card.pan]);
    expect((await ask(100)).body).toMatchObject({ result: 'declined', reason: 'hotlisted' });
    await world.host.admin.removeFromHotlist([card.pan]);
    expect((await ask(100)).body).toMatchObject({ result: 'approved' });
  });

  it('of a card that was hotlisted before it was loaded is declined', async () => {
    card = new Chip({ balance: 0 });
    await world.host.admin.addToHotlist([card.pan]);
    const more = { expiry: '2030-12-31', accountBalanceMinor: 1_000, chipBalanceMinor: 0 };
    await world.host.admin.loadCards([{ pan: card.pan, ...more }]);
    expect((await ask(100)).body).toMatchObject({ result: 'declined', reason: 'hotlisted' });
  });

  it('of an unknown card is declined', async () => {
    card = new Chip({ balance: 0 });
    expect((await ask(100)).body).toMatchObject({ result: 'declined', reason: 'unknown-card' });
  });

  it('that is not genuine is declined', async () => {
    const chip = { ...card.askOnline(100), cryptogram: '0011223344556677' };
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, chip, 100));
    expect(body).toMatchObject({ result: 'declined', reason: 'not-genuine' });
  });

  it('is good once, and not after a later one of the same chip', async () => {
    const old = card.askOnline(100);
    const now = card.askOnline(100);
    const send = (chip: typeof old) => terminal.authorise(terminal.authorisationRequest(card, chip, 100));
    expect((await send(now)).body).toMatchObject({ result: 'approved' });
    expect((await send(now)).body).toMatchObject({ result: 'declined', reason: 'replayed' });
    expect((await send(old)).body).toMatchObject({ result: 'declined', reason: 'replayed' });
  });

  it('that was declined is used up too', async () => {
    const chip = card.askOnline(ACCOUNT_MINOR + 1);
    const send = () => terminal.authorise(terminal.authorisationRequest(card, chip, ACCOUNT_MINOR + 1));
    expect((await send()).body).toMatchObject({ reason: 'insufficient-funds' });
    expect((await send()).body).toMatchObject({ reason: 'replayed' });
  });

  it.each([
    ['another amount than 9F02', { amountMinor: 101 }],
    ['another day than 9A', { at: '2026-03-05T12:00:00+08:00' }],
    ['another purpose than the cryptogram', { purpose: 'verify-tc' }],
  ])('with %s is refused', async (_title, unusual) => {
    const { status, body } = await ask(100, unusual);
    expect([status, body.code]).toEqual([422, 'inconsistent']);
  });

  it('with a PAN that is sealed to another token is refused', async () => {
    const chip = card.askOnline(100);
    const request = terminal.authorisationRequest(card, chip, 100);
    const other = { ...request.card, sealedPan: terminal.sealPan(card.pan, 'AB'.repeat(32)) };
    const { status, body } = await terminal.authorise({ ...request, card: other });
    expect([status, body.code]).toEqual([422, 'sealed-pan']);
  });
});

describe('the same request again', () => {
  it('gets the same answer and holds once, however many at once', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(700), 700);
    const answers = await Promise.all(Array.from({ length: 8 }, () => terminal.authorise(request)));
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]?.body]);
    expect(await account()).toMatchObject({ held: 700 });
  });

  it('with another body is refused, as is the id of another terminal', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(700), 700);
    await terminal.authorise(request);
    const changed = await terminal.authorise({ ...request, paymentId: 'another' });
    expect([changed.status, changed.body.code]).toEqual([422, 'id-reused']);
    const other = await world.terminal();
    const stolen = await other.authorise(request);
    expect([stolen.status, stolen.body.code]).toEqual([422, 'id-reused']);
  });
});

describe('two requests at once on one account', () => {
  it('never hold more than there is', async () => {
    const requests = Array.from({ length: 6 }, () => terminal.authorisationRequest(card, card.askOnline(3_000), 3_000));
    const answers = await Promise.all(requests.map((request) => terminal.authorise(request)));
    const approved = answers.filter(({ body }) => body['result'] === 'approved').length;
    expect(approved).toBeLessThanOrEqual(3);
    expect(approved).toBeGreaterThanOrEqual(1);
    expect(await account()).toMatchObject({ held: approved * 3_000 });
  });
});

describe('an online PIN', () => {
  it('that is right is approved', async () => {
    expect((await ask(100, pin(PIN))).body).toMatchObject({ result: 'approved' });
  });

  it('that is wrong three times blocks the PIN, and a right one gives the tries back', async () => {
    expect((await ask(100, pin('9999'))).body).toMatchObject({ result: 'declined', reason: 'pin-wrong' });
    expect(await account()).toMatchObject({ tries: 2 });
    expect((await ask(100, pin(PIN))).body).toMatchObject({ result: 'approved' });
    expect(await account()).toMatchObject({ tries: 3 });
    const reasons: unknown[] = [];
    for (let times = 0; times < 3; times++) reasons.push((await ask(100, pin('9999'))).body['reason']);
    expect(reasons).toEqual(['pin-wrong', 'pin-wrong', 'pin-tries-exceeded']);
    expect((await ask(100, pin(PIN))).body).toMatchObject({ reason: 'pin-tries-exceeded' });
  });

  it.each([
    ['a key that the host does not have', { keyId: 'no-such-key' }],
    ['a format that its key is not for', { format: 'iso-4' }],
    ['a block that holds no PIN', { block: '0011223344556677' }],
  ])('under %s is refused and uses up no try', async (_title, change) => {
    const { status, body } = await ask(100, { pin: { ...pin(PIN).pin, ...change } });
    expect([status, body.code]).toEqual([422, 'pin-block']);
    expect(await account()).toMatchObject({ tries: 3 });
  });

  it('of another card is refused', async () => {
    const { status } = await ask(100, pin(PIN, '6299990000009999999'));
    expect(status).toBe(422);
  });
});

describe('a TC to verify', () => {
  const verify = (chip: ReturnType<Chip['pay']>, amount: number) =>
    terminal.authorise(terminal.authorisationRequest(card, chip, amount));

  it('is approved without touching the account, even of a hotlisted card', async () => {
    await world.host.admin.addToHotlist([card.pan]);
    const { body } = await verify(card.pay(800), 800);
    expect(body).toEqual({ id: expect.any(String), result: 'approved', authorisationId: expect.any(String) });
    expect(await account()).toMatchObject({ balance: ACCOUNT_MINOR, held: 0 });
  });

  it('is declined when it is not genuine, or was paid before', async () => {
    const forged = { ...card.pay(800), cryptogram: '0011223344556677' };
    expect((await verify(forged, 800)).body).toMatchObject({ result: 'declined', reason: 'not-genuine' });
    const chip = card.pay(500);
    terminal.write(HAPPENED.approvedByChip, 500, { card, chip });
    await terminal.settleUp();
    expect((await verify(chip, 500)).body).toMatchObject({ result: 'declined', reason: 'replayed' });
  });
});

describe('a reversal', () => {
  it('gives the hold back, once', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(700), 700);
    await terminal.authorise(request);
    const id = randomUUID();
    const first = await terminal.reverse(request.id, id);
    expect(first.body).toEqual({ id, effect: 'reversed' });
    expect((await terminal.reverse(request.id, id)).body).toEqual(first.body);
    expect((await terminal.reverse(request.id)).body).toMatchObject({ effect: 'already-reversed' });
    expect(await account()).toMatchObject({ balance: ACCOUNT_MINOR, held: 0 });
  });

  it('of an original that was never seen keeps it out', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(700), 700);
    expect((await terminal.reverse(request.id)).body).toMatchObject({ effect: 'not-seen' });
    const late = await terminal.authorise(request);
    expect([late.status, late.body.code]).toEqual([409, 'reversed']);
    expect((await terminal.reverse(request.id)).body).toMatchObject({ effect: 'already-reversed' });
    expect(await account()).toMatchObject({ held: 0 });
  });

  it('an original that is sent again after it is not approved again', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(700), 700);
    await terminal.authorise(request);
    await terminal.reverse(request.id);
    const again = await terminal.authorise(request);
    expect([again.status, again.body.code]).toEqual([409, 'reversed']);
  });

  it('of a declined original has nothing to undo', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(99_999), 99_999);
    await terminal.authorise(request);
    expect((await terminal.reverse(request.id)).body).toMatchObject({ effect: 'reversed' });
    expect(await account()).toMatchObject({ held: 0 });
  });

  it('of a posted original comes too late', async () => {
    const chip = card.askOnline(700);
    const request = terminal.authorisationRequest(card, chip, 700);
    const { body } = await terminal.authorise(request);
    const authorisationId = String(body['authorisationId']);
    terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, 700, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect((await terminal.reverse(request.id)).body).toMatchObject({ effect: 'already-posted' });
    expect(await account()).toMatchObject({ balance: ACCOUNT_MINOR - 700, held: 0 });
  });

  it('of another terminal is refused', async () => {
    const request = terminal.authorisationRequest(card, card.askOnline(700), 700);
    await terminal.authorise(request);
    const other = await world.terminal();
    const { status, body } = await other.reverse(request.id);
    expect([status, body.code]).toEqual([422, 'id-reused']);
    expect(await account()).toMatchObject({ held: 700 });
  });

  it('under an id that was used for another is refused', async () => {
    const id = randomUUID();
    await terminal.reverse(randomUUID(), id);
    const { status, body } = await terminal.reverse(randomUUID(), id);
    expect([status, body.code]).toEqual([422, 'id-reused']);
  });

  it('and its original at once leave nothing held, many times over', async () => {
    for (let round = 0; round < 12; round++) {
      const request = terminal.authorisationRequest(card, card.askOnline(100), 100);
      const id = randomUUID();
      const [original, ...reversals] = await Promise.all([
        terminal.authorise(request),
        terminal.reverse(request.id, id),
        terminal.reverse(request.id, id),
      ]);
      const effects = reversals.map(({ body }) => body['effect']);
      expect(effects[0]).toBe(effects[1]);
      expect(original?.status === 200 ? 'reversed' : 'not-seen').toBe(effects[0]);
    }
    expect(await account()).toMatchObject({ held: 0 });
  });
});

it('the books balance after all of it', async () => {
  expect(await world.host.admin.audit()).toMatchObject({ balanced: true, faults: [] });
});
