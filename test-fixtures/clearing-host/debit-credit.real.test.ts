import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, startWorld, type World } from './world.ts';

let world: World;
let terminal: Terminal;

beforeAll(async () => {
  world = await startWorld({ blockHotlisted: true });
  terminal = await world.terminal();
});
afterAll(() => world.close());

const issuerData = { issuerData: true } as const;

async function account(card: Chip) {
  const [row] = await world.query(
    'select balance_minor::int as balance, held_minor::int as held from cards where masked_pan = $1',
    [card.pan.masked],
  );
  return row;
}

const incidentsAt = (sequence: number) =>
  world.query('select kind from incidents where terminal = $1 and sequence = $2 order by kind', [
    terminal.enrolment.terminal,
    sequence,
  ]);

interface Told {
  readonly authorisationResponseCode: string;
  readonly issuerAuthenticationData: string;
  readonly scripts?: readonly string[];
}

describe('a card that can be told', () => {
  it.each(['3des', 'sm4'] as const)('believes its issuer when it approves, with %s', async (algorithm) => {
    const card = await world.card({ balance: 5_000, algorithm });
    const arqc = card.askOnline(3_000);
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, arqc, 3_000, issuerData));
    const issuer = body['issuer'] as Told;
    expect(body).toMatchObject({ result: 'approved' });
    expect(issuer).toEqual({ authorisationResponseCode: '3030', issuerAuthenticationData: expect.any(String) });
    expect(card.believes(arqc, issuer.issuerAuthenticationData, '00')).toBe(true);
    expect(card.believes(card.askOnline(3_000), issuer.issuerAuthenticationData, '00')).toBe(false);
  });

  it('believes it when it declines', async () => {
    const card = await world.card({ balance: 5_000 });
    const arqc = card.askOnline(ACCOUNT_MINOR + 1);
    const request = terminal.authorisationRequest(card, arqc, ACCOUNT_MINOR + 1, issuerData);
    const { body } = await terminal.authorise(request);
    const issuer = body['issuer'] as Told;
    expect(body).toMatchObject({ reason: 'insufficient-funds', issuer: { authorisationResponseCode: '3531' } });
    expect(card.believes(arqc, issuer.issuerAuthenticationData, '51')).toBe(true);
    // The same words, however often it is asked.
    expect((await terminal.authorise(request)).body).toEqual(body);
  });

  it('is told nothing when nobody asked', async () => {
    const card = await world.card({ balance: 5_000 });
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, card.askOnline(100), 100));
    expect(body).not.toHaveProperty('issuer');
  });

  it('is told nothing about a cryptogram that is not its own, or was used', async () => {
    const card = await world.card({ balance: 5_000 });
    const forged = { ...card.askOnline(100), cryptogram: '0011223344556677' };
    const wrong = await terminal.authorise(terminal.authorisationRequest(card, forged, 100, issuerData));
    expect(wrong.body).toMatchObject({ reason: 'not-genuine' });
    expect(wrong.body).not.toHaveProperty('issuer');
    const arqc = card.askOnline(100);
    await terminal.authorise(terminal.authorisationRequest(card, arqc, 100, issuerData));
    const again = await terminal.authorise(terminal.authorisationRequest(card, arqc, 100, issuerData));
    expect(again.body).toMatchObject({ reason: 'replayed' });
    expect(again.body).not.toHaveProperty('issuer');
  });

  it('is blocked when it is hotlisted and the scheme wants that', async () => {
    const card = await world.card({ balance: 5_000 });
    await world.host.admin.addToHotlist([card.pan]);
    const arqc = card.askOnline(100);
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, arqc, 100, issuerData));
    const issuer = body['issuer'] as Told;
    expect(card.believes(arqc, issuer.issuerAuthenticationData, '62')).toBe(true);
    expect(card.takesBlock(arqc, issuer.scripts?.[0] ?? '')).toBe(true);
  });
});

describe('what the card said at the end', () => {
  async function authorised(amount: number) {
    const card = await world.card({ balance: 5_000 });
    const chip = { ...card.askOnline(amount), cvmResults: '020000', tsi: 'E800' };
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, chip, amount, issuerData));
    return { card, chip, authorisationId: String(body['authorisationId']) };
  }

  it('a TC posts the hold', async () => {
    const { card, chip, authorisationId } = await authorised(2_000);
    const more = { authorisationId, interface: 'contact', scriptResults: '2000000001' } as const;
    terminal.write({ ...HAPPENED.approvedByHost, ...more, confirmation: card.confirm(chip) }, 2_000, { card, chip });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await account(card)).toEqual({ balance: ACCOUNT_MINOR - 2_000, held: 0 });
  });

  it('an AAC, or a TC that is not its own, posts nothing', async () => {
    const { card, chip, authorisationId } = await authorised(2_000);
    const write = (confirmation: ReturnType<Chip['confirm']>) =>
      terminal.write({ ...HAPPENED.approvedByHost, authorisationId, confirmation }, 2_000, { card, chip });
    write(card.confirm(chip, 'aac'));
    write({ ...card.confirm(chip), cryptogram: '0011223344556677' });
    write({ ...card.confirm(chip, 'aac'), cryptogramType: 'tc' });
    expect(await terminal.settleUp()).toEqual(['inconsistent', 'wrong-confirmation', 'wrong-confirmation']);
    expect(await account(card)).toEqual({ balance: ACCOUNT_MINOR, held: 2_000 });
  });
});

describe('a TC that the card gave for its account, no host asked', () => {
  it('is paid', async () => {
    const card = await world.card({ balance: 5_000 });
    terminal.write(HAPPENED.approvedByCard, 1_500, { card, chip: card.payFromAccount(1_500) });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await account(card)).toEqual({ balance: ACCOUNT_MINOR - 1_500, held: 0 });
  });

  it('is paid into debt, with an incident', async () => {
    const card = await world.card({ balance: 5_000 });
    const amount = ACCOUNT_MINOR + 2_500;
    const sequence = terminal.write(HAPPENED.approvedByCard, amount, { card, chip: card.payFromAccount(amount) });
    expect(await terminal.settleUp()).toEqual(['accepted']);
    expect(await account(card)).toEqual({ balance: -2_500, held: 0 });
    expect(await incidentsAt(sequence)).toEqual([{ kind: 'account-overdrawn' }]);
    expect((await world.host.admin.audit()).overdrawnMinor).toBe(2_500);
    const { body } = await terminal.authorise(terminal.authorisationRequest(card, card.askOnline(1), 1));
    expect(body).toMatchObject({ reason: 'insufficient-funds' });
  });

  it('is paid once, and goes to suspense when it is wrong or comes again', async () => {
    const card = await world.card({ balance: 5_000 });
    const chip = card.payFromAccount(1_000);
    terminal.write(HAPPENED.approvedByCard, 1_000, { card, chip });
    terminal.write(HAPPENED.approvedByCard, 1_000, { card, chip });
    terminal.write(HAPPENED.approvedByChip, 1_000, { card, chip });
    terminal.write(HAPPENED.approvedByCard, 1_000, {
      card,
      chip: { ...card.payFromAccount(1_000), cryptogram: '0011223344556677' },
    });
    expect(await terminal.settleUp()).toEqual([
      'accepted',
      'repeated-cryptogram',
      'repeated-cryptogram',
      'wrong-cryptogram',
    ]);
    expect(await account(card)).toEqual({ balance: ACCOUNT_MINOR - 1_000, held: 0 });
  });

  it.each([
    ['before the reversal of its ARQC', 'already-posted'],
    ['after it', 'reversed'],
  ] as const)('is paid once when the host’s answer was lost: %s', async (title, effect) => {
    const card = await world.card({ balance: 5_000 });
    const arqc = card.askOnline(1_200);
    const request = terminal.authorisationRequest(card, arqc, 1_200, issuerData);
    expect((await terminal.authorise(request)).body).toMatchObject({ result: 'approved' });
    const reverse = async () => (await terminal.reverse(request.id, randomUUID())).body['effect'];
    const send = async () => {
      terminal.write(HAPPENED.approvedByCard, 1_200, { card, chip: card.approveUnable(arqc) });
      return terminal.settleUp();
    };
    if (title === 'after it') {
      expect([await reverse(), await send()]).toEqual([effect, ['accepted']]);
    } else {
      expect([await send(), await reverse()]).toEqual([['accepted'], effect]);
    }
    expect(await account(card)).toEqual({ balance: ACCOUNT_MINOR - 1_200, held: 0 });
  });

  it('leaves what the chip has: its next balance is as before', async () => {
    const card = await world.card({ balance: 5_000 });
    const torn = card.torn(1_250, true);
    const sequence = terminal.write(HAPPENED.undecided, 1_250, { card, chip: torn });
    terminal.write(HAPPENED.approvedByCard, 1_000, { card, chip: card.payFromAccount(1_000) });
    expect(await terminal.settleUp()).toEqual(['accepted', 'accepted']);
    const [row] = await world.query('select state from undecided where terminal = $1 and sequence = $2', [
      terminal.enrolment.terminal,
      sequence,
    ]);
    expect(row).toEqual({ state: 'given-back' });
  });
});

it('the books balance after all of it', async () => {
  expect(await world.host.admin.audit()).toMatchObject({ balanced: true, faults: [] });
});
