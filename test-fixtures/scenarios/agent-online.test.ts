import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorisationRequest } from '../../clearing/contract/index.ts';
import { authorisationRequest } from '../../clearing/contract/index.ts';
import { sm2Open } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { Reply } from './fake-clearing.ts';

const ROUTE = 'POST /v1/authorisations';

const idOf = (json: unknown): string => (json as { id: string }).id;

describe('a card that must ask the host', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  /** A sale with the PIN typed as soon as it is asked for. */
  const sell = async (amountMinor = 2500) => {
    const id = await agent.pay(amountMinor);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ pin: '123456' });
    return agent.reaches(id, 'approved', 'declined', 'failed', 'cancelled');
  };
  const nothingDue = () =>
    until('every reversal to be acknowledged', async () =>
      agent.queue.reversals.due().length === 0 ? true : undefined,
    );
  const reversals = () => agent.clearing.bodies<{ authorisation: string }>('POST /v1/reversals');

  it('is approved from the account; the record names the authorisation, and nothing is reversed', async () => {
    const chip = agent.balance('over-cvm-limit');
    const payment = await sell();
    expect(payment).toMatchObject({ state: 'approved', fundedBy: 'account', debited: 'account', offline: false });
    expect(agent.balance('over-cvm-limit')).toBe(chip);
    expect(agent.queue.records.get(1, 1)?.record).toMatchObject({
      outcome: 'approved',
      fundedBy: 'account',
      authorisationId: 'A-1',
      offline: false,
      cardholderVerification: 'online-pin',
      chip: { cryptogramType: 'arqc' },
    });
    expect(agent.queue.reversals.due()).toEqual([]);
    expect(reversals()).toEqual([]);
  });

  it('asks with a PAN that only the host can read, an enciphered PIN, and a signature over all of it', async () => {
    await sell();
    const [asked] = agent.clearing.bodies<AuthorisationRequest>(ROUTE);
    expect(authorisationRequest.parse(asked)).toMatchObject({
      purpose: 'authorise',
      amountMinor: 2500,
      currency: 'CNY',
      pin: { format: 'iso-0', keyId: 'test-pin' },
    });
    const pan = sm2Open({
      privateKey32: agent.clearing.sealingKey,
      envelope: hex(asked?.card.sealedPan ?? ''),
      associatedData: new TextEncoder().encode(asked?.card.token),
    });
    expect(new TextDecoder().decode(pan)).toMatch(/^629999[0-9]{13}$/);
    expect(JSON.stringify(asked)).not.toMatch(/629999[0-9]{13}/);
    expect(agent.clearing.badSignatures).toBe(0);
  });

  it('is declined when the host says so, with the host’s reason, and nothing is reversed', async () => {
    agent.clearing.on(ROUTE, ({ json }) => ({
      status: 200,
      json: { id: idOf(json), result: 'declined', reason: 'pin-wrong' },
    }));
    expect(await sell()).toMatchObject({ state: 'declined', reason: 'pin-wrong', debited: 'none' });
    expect(reversals()).toEqual([]);
    expect(agent.queue.records.get(1, 1)?.record).toMatchObject({ outcome: 'declined', offline: false });
  });

  it('a reason that only the host knows is told as the host’s refusal', async () => {
    agent.clearing.on(ROUTE, ({ json }) => ({
      status: 200,
      json: { id: idOf(json), result: 'declined', reason: 'replayed' },
    }));
    expect(await sell()).toMatchObject({ state: 'declined', reason: 'host-declined' });
  });

  const HOSTILE: readonly (readonly [string, (asked: { json: unknown }) => Reply])[] = [
    ['the answer is lost', () => 'break'],
    ['no JSON', () => ({ status: 200, text: '<html>captive portal</html>' })],
    ['JSON of another shape', () => ({ status: 200, json: { approved: true } })],
    [
      'an approval of another request',
      () => ({ status: 200, json: { ...APPROVED, id: '00000000-0000-4000-8000-000000000000' } }),
    ],
    [
      'an approval with something more',
      ({ json }) => ({ status: 200, json: { ...APPROVED, id: idOf(json), extra: 1 } }),
    ],
    ['an approval in an error', ({ json }) => ({ status: 500, json: { ...APPROVED, id: idOf(json) } })],
    ['an approval in a redirect', ({ json }) => ({ status: 302, json: { ...APPROVED, id: idOf(json) } })],
    ['a refusal of the request', () => ({ status: 401, json: { code: 'unauthenticated' } })],
    ['patience is asked for', () => ({ status: 429, json: {}, headers: { 'retry-after': '30' } })],
    [
      'far too much',
      ({ json }) => ({ status: 200, json: { ...APPROVED, id: idOf(json), authorisationId: 'A'.repeat(300_000) } }),
    ],
  ];

  it.each(HOSTILE)('%s: declined, and reversed', async (_name, answer) => {
    agent.clearing.on(ROUTE, answer);
    expect(await sell()).toMatchObject({ state: 'declined', reason: 'host-unreachable', debited: 'none' });
    await nothingDue();
    const [asked] = agent.clearing.bodies<{ id: string }>(ROUTE);
    expect(reversals().map(({ authorisation }) => authorisation)).toContain(asked?.id);
    expect(agent.outcomes()).toEqual(['declined']);
  });

  it('there is no answer in time: declined, and reversed', async () => {
    await agent.restartWith({ sync: { authorisationTimeoutMs: 1_000 } });
    agent.clearing.on(ROUTE, () => 'never');
    expect(await sell()).toMatchObject({ state: 'declined', reason: 'host-unreachable', debited: 'none' });
    await nothingDue();
    expect(reversals()).toHaveLength(1);
  });

  it('that the host cannot read the pad’s PIN blocks is for a person to see, until it reads one', async () => {
    const refusals: Reply[] = [{ status: 422, json: { code: 'pin-block', detail: 'no PIN can be read under key k' } }];
    agent.clearing.on(ROUTE, (_asked, usual) => refusals.shift() ?? usual());
    const troubles = async () => (await agent.status()).clearing.troubles?.map(({ code, detail }) => [code, detail]);
    expect(await sell()).toMatchObject({ state: 'declined', reason: 'host-unreachable' });
    expect(await troubles()).toEqual([['authorisation-refused', 'pin-block: no PIN can be read under key k']]);
    expect(await sell()).toMatchObject({ state: 'approved' });
    expect(await troubles()).toBeUndefined();
  });

  it('a reversal is sent until it is acknowledged, whatever is answered, and always the same', async () => {
    agent.clearing.on(ROUTE, () => 'break');
    const answers: Reply[] = [
      'break',
      { status: 500, json: {} },
      { status: 200, text: 'yes' },
      { status: 422, json: { code: 'no' } },
      { status: 200, json: { id: '00000000-0000-4000-8000-000000000000', effect: 'reversed' } },
    ];
    agent.clearing.on('POST /v1/reversals', (_asked, usual) => answers.shift() ?? usual());
    await sell();
    await nothingDue();
    expect(answers).toEqual([]);
    const sent = reversals();
    expect(sent).toHaveLength(6);
    expect(new Set(sent.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('the reversal is on disk before the host is asked', async () => {
    const askedAt = new Map<string, number>();
    agent.onStep = ({ name }) => {
      askedAt.set(name, agent.clearing.bodies(ROUTE).length);
    };
    await sell();
    expect(askedAt.get('reversal-written')).toBe(0);
    expect(askedAt.get('host-answered')).toBe(1);
  });

  it('while the host is away, it is refused without a question', async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
    const id = await agent.pay(2500);
    await agent.tap('over-cvm-limit');
    expect(await agent.reaches(id, 'declined', 'awaiting-pin')).toMatchObject({ state: 'declined', debited: 'none' });
    agent.clearing.down = false;
  });

  it('a TC whose signature fails here is verified by the host, and the account is not charged as well', async () => {
    const before = agent.balance('ctq-online');
    const payment = await agent.sale('ctq-online', 300);
    expect(payment).toMatchObject({ state: 'approved', fundedBy: 'chip', debited: 'chip', offline: false });
    expect(agent.balance('ctq-online')).toBe(before - 300);
    const [asked] = agent.clearing.bodies<AuthorisationRequest>(ROUTE);
    expect(asked).toMatchObject({ purpose: 'verify-tc', chip: { cryptogramType: 'tc' } });
    expect(agent.queue.records.get(1, 1)?.record.authorisationId).toBeUndefined();
    expect(reversals()).toEqual([]);
  });

  it('and when the host does not know it either, it is declined after the debit', async () => {
    agent.clearing.on(ROUTE, () => 'break');
    expect(await agent.sale('ctq-online', 300)).toMatchObject({ state: 'declined', debited: 'chip' });
    expect(agent.outcomes()).toEqual(['declined-after-debit']);
    expect(agent.queue.reversals.due()).toEqual([]);
  });
});

const APPROVED = { result: 'approved', authorisationId: 'A-9' };
