import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hotlistBytes, parametersBytes, requestBytes } from '../../clearing/contract/record/index.ts';
import { drawSm2PrivateKey, sm2PublicKey, sm2Sign, sm2Verify, sm3 } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { type Answer, HAPPENED, send, type Terminal } from './terminal.ts';
import { MERCHANT, NOW_MS, startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const refusal = ({ status, body }: Answer): unknown[] => [status, body.code];

const enrolBody = (code: string, privateKey = drawSm2PrivateKey(randomBytes)) => ({
  code,
  signingKey: toHex(sm2PublicKey(privateKey)),
  software: 'test',
});
const enrol = (body: object) => send(world.url, 'POST', '/v1/enrolments', {}, JSON.stringify(body));

describe('enrolment', () => {
  it('opens an epoch with a genesis hash of its own', async () => {
    const first = await world.terminal('E1');
    const second = await world.terminal('E1');
    const other = await world.terminal('E2');
    expect(
      [first, second, other].map(({ enrolment: { terminal, merchant, epoch } }) => [terminal, merchant, epoch]),
    ).toEqual([
      ['E1', 'M1', 1],
      ['E1', 'M1', 2],
      ['E2', 'M1', 1],
    ]);
    const genesis = new Set([first, second, other].map(({ enrolment }) => enrolment.genesisHash));
    expect(genesis.size).toBe(3);
    expect(toHex(first.cardTokenKey)).toBe(toHex(other.cardTokenKey));
  });

  it('takes a code once; the same key gets the same answer again', async () => {
    const body = enrolBody(await world.issueCode('E3'));
    const first = await enrol(body);
    const again = await enrol(body);
    expect(again.status).toBe(201);
    // The keys of this host are test keys.
    expect(first.body).toMatchObject({ mark: 'TEST' });
    // Sealed anew each time.
    expect({ ...again.body, cardTokenKey: '' }).toEqual({ ...first.body, cardTokenKey: '' });
    expect(refusal(await enrol({ ...enrolBody(body.code) }))).toEqual([409, 'code-used']);
  });

  it('does not answer again once another epoch has begun', async () => {
    const body = enrolBody(await world.issueCode('E4'));
    await enrol(body);
    await world.terminal('E4');
    expect(refusal(await enrol(body))).toEqual([409, 'code-used']);
  });

  it('takes a code once when two come at the same time', async () => {
    const code = await world.issueCode('E5');
    const answers = await Promise.all([enrol(enrolBody(code)), enrol(enrolBody(code))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('refuses codes that were not given out, or have expired', async () => {
    expect(refusal(await enrol(enrolBody('NOT-A-CODE')))).toEqual([403, 'code-unknown']);
    const code = await world.issueCode('E6');
    world.clockMs = NOW_MS + 3_600_001;
    expect(refusal(await enrol(enrolBody(code)))).toEqual([403, 'code-expired']);
    world.clockMs = NOW_MS;
  });

  it('refuses a signing key that is no point of the curve', async () => {
    const body = { ...enrolBody(await world.issueCode('E7')), signingKey: '11'.repeat(64) };
    expect(refusal(await enrol(body))).toEqual([422, 'bad-signing-key']);
  });

  it('keeps no code in clear', async () => {
    const code = await world.issueCode('E8');
    const rows = await world.query('select * from enrolment_codes');
    expect(JSON.stringify(rows)).not.toContain(code);
  });
});

describe('enrolling anew', () => {
  async function withOneRecord(name: string): Promise<Terminal> {
    const terminal = await world.terminal(name);
    terminal.write(HAPPENED.declined, 100);
    await terminal.settleUp();
    return terminal;
  }

  const code = (name: string) => world.issueCode(name, { lost: false });
  const positionOf = (terminal: Terminal, name: string) => ({
    terminal: name,
    epoch: 1,
    sequence: 1,
    chainHash: toHex(terminal.head),
  });
  const incidents = (name: string) =>
    world.query('select kind, epoch, sequence::int, detail from incidents where terminal = $1', [name]);

  it('goes on where the host and the terminal agree, and closes the epoch there', async () => {
    const terminal = await withOneRecord('R1');
    const previous = positionOf(terminal, 'R1');
    const body = { ...enrolBody(await code('R1')), previous };
    const { status, body: answer } = await enrol(body);
    const closed = { epoch: 1, sequence: 1, chainHash: previous.chainHash };
    expect([status, answer]).toEqual([201, expect.objectContaining({ epoch: 2, closed })]);
    expect((await enrol(body)).body).toMatchObject({ epoch: 2, closed });
    expect(await incidents('R1')).toEqual([
      {
        kind: 'tail-unknown',
        epoch: 1,
        sequence: 1,
        detail:
          'epoch 1 ends at record 1, the last that was acknowledged; what came after it is unknown ' +
          '(the terminal was enrolled anew, and says that nothing came after)',
      },
    ]);
  });

  it('goes on where the host holds more than the terminal knows', async () => {
    const terminal = await withOneRecord('R2');
    const previous = { ...positionOf(terminal, 'R2'), sequence: 0, chainHash: terminal.enrolment.genesisHash };
    const { body } = await enrol({ ...enrolBody(await code('R2')), previous });
    expect(body).toMatchObject({ epoch: 2, closed: { epoch: 1, sequence: 1 } });
  });

  it.each([
    ['holds less', { sequence: 2 }],
    ['holds something else', { chainHash: 'AB'.repeat(32) }],
  ])('is refused where the host %s', async (title, change) => {
    const name = `R3-${title.length}`;
    const terminal = await withOneRecord(name);
    const previous = { ...positionOf(terminal, name), ...change };
    const answer = await enrol({ ...enrolBody(await code(name)), previous });
    expect(refusal(answer)).toEqual([409, 'previous-mismatch']);
    terminal.write(HAPPENED.declined, 100);
    expect(await terminal.settleUp()).toEqual(['accepted']);
  });

  it('is refused to a terminal that was installed anew, unless it was declared lost', async () => {
    const terminal = await withOneRecord('R5');
    expect(refusal(await enrol(enrolBody(await code('R5'))))).toEqual([409, 'previous-required']);
    terminal.write(HAPPENED.declined, 100);
    expect(await terminal.settleUp()).toEqual(['accepted']);
    const { body } = await enrol(enrolBody(await world.issueCode('R5', { lost: true })));
    expect(body).toMatchObject({ epoch: 2, closed: { epoch: 1, sequence: 2, chainHash: toHex(terminal.head) } });
    expect(await incidents('R5')).toEqual([
      {
        kind: 'tail-unknown',
        epoch: 1,
        sequence: 2,
        detail:
          'epoch 1 ends at record 2, the last that was acknowledged; what came after it is unknown ' +
          '(the terminal was declared lost)',
      },
    ]);
  });

  it('is refused to a copy that is an epoch behind: it would end what the other one writes', async () => {
    const copied = await withOneRecord('R6');
    const previous = positionOf(copied, 'R6');
    await enrol({ ...enrolBody(await code('R6')), previous });
    expect(refusal(await enrol({ ...enrolBody(await code('R6')), previous }))).toEqual([409, 'previous-required']);
  });

  it('is refused with the record of another terminal', async () => {
    await withOneRecord('R7');
    const other = await withOneRecord('R8');
    const answer = await enrol({ ...enrolBody(await code('R7')), previous: positionOf(other, 'R8') });
    expect(refusal(answer)).toEqual([409, 'previous-required']);
  });

  it('tells each terminal where its chain stands', async () => {
    const terminal = await world.terminal('R9');
    const { genesisHash } = terminal.enrolment;
    const known = { terminal: 'R9', epoch: 1, genesisHash };
    expect((await terminal.get('/v1/chain')).body).toEqual({ ...known, sequence: 0, chainHash: genesisHash });
    terminal.write(HAPPENED.declined, 100);
    await terminal.settleUp();
    expect((await terminal.get('/v1/chain')).body).toEqual({ ...known, sequence: 1, chainHash: toHex(terminal.head) });
  });

  it('ends what the epoch before may do', async () => {
    const before = await withOneRecord('R4');
    await world.terminal('R4');
    for (const path of ['/v1/parameters', '/v1/hotlist?since=0', '/v1/chain']) {
      expect(refusal(await before.get(path))).toEqual([409, 'epoch-closed']);
    }
    expect(refusal(await before.reverse('3f2b8a52-6f0e-4d9c-9d3e-111111111111'))).toEqual([409, 'epoch-closed']);
  });
});

describe('requests of terminals', () => {
  it.each([
    ['no headers at all', {}],
    ['another terminal', { 'jdpos-terminal': 'NOBODY' }],
    ['another epoch', { 'jdpos-epoch': '7' }],
    ['another signature', { 'jdpos-signature': '0'.repeat(128) }],
    ['a signature in small letters', { 'jdpos-signature': 'ab'.repeat(64) }],
  ])('with %s are refused', async (title, change: { [name: string]: string }) => {
    const terminal = await world.terminal();
    const path = '/v1/hotlist?since=0';
    const own = {
      'jdpos-terminal': terminal.enrolment.terminal,
      'jdpos-epoch': '1',
      'jdpos-signature': terminal.sign(requestBytes({ method: 'GET', path, body: new Uint8Array() })),
    };
    expect((await send(world.url, 'GET', path, own)).status).toBe(200);
    const headers = title.startsWith('no') ? {} : { ...own, ...change };
    expect(refusal(await send(world.url, 'GET', path, headers))).toEqual([401, 'unauthenticated']);
  });

  it('with a nonce are answered with a signature over it, for this terminal and this request alone', async () => {
    const terminal = await world.terminal();
    const { terminal: name, epoch, hostKeys } = terminal.enrolment;
    const nonce = '00112233445566778899AABBCCDDEEFF';
    for (const path of ['/v1/chain', '/v1/hotlist?since=0&limit=10']) {
      const response = await fetch(`${world.url}${path}`, {
        headers: {
          'jdpos-terminal': name,
          'jdpos-epoch': String(epoch),
          'jdpos-nonce': nonce,
          'jdpos-signature': terminal.sign(requestBytes({ method: 'GET', path, body: new Uint8Array() })),
        },
      });
      const signature = hex(response.headers.get('jdpos-signature') ?? '');
      const body = await response.text();
      const digest = toHex(sm3(new TextEncoder().encode(body)));
      const signed = (of: string): Uint8Array =>
        new TextEncoder().encode(
          `jdpos-answer/1\nterminal=${of}\nepoch=${epoch}\nnonce=${nonce}\npath=${path}\nbody=${digest}\n`,
        );
      const key = hex(hostKeys.acknowledgement);
      expect([sm2Verify(key, signed(name), signature), sm2Verify(key, signed('R9'), signature)]).toEqual([true, false]);
    }
  });

  it('are signed over path, query and body, and checked before the body is looked at', async () => {
    const terminal = await world.terminal();
    const { terminal: name } = terminal.enrolment;
    const signature = terminal.sign(
      requestBytes({ method: 'GET', path: '/v1/hotlist?since=1', body: new Uint8Array() }),
    );
    const headers = { 'jdpos-terminal': name, 'jdpos-epoch': '1', 'jdpos-signature': signature };
    expect((await send(world.url, 'GET', '/v1/hotlist?since=2', headers)).status).toBe(401);
    expect((await send(world.url, 'POST', '/v1/batches', headers, '{"seal":1}')).status).toBe(401);
    expect(refusal(await terminal.post('/v1/batches', { seal: 1 }))).toEqual([400, 'invalid-request']);
  });

  it('signed with the key of another terminal are refused', async () => {
    const terminal = await world.terminal();
    const signature = toHex(
      sm2Sign(drawSm2PrivateKey(randomBytes), requestBytes({ method: 'GET', path: '/v1/parameters', body: hex('') })),
    );
    const headers = { 'jdpos-terminal': terminal.enrolment.terminal, 'jdpos-epoch': '1', 'jdpos-signature': signature };
    expect((await send(world.url, 'GET', '/v1/parameters', headers)).status).toBe(401);
  });
});

describe('parameters', () => {
  it('are signed, and new when the merchant changes', async () => {
    const terminal = await world.terminal('P1');
    const { body } = await terminal.get('/v1/parameters');
    const { version, signature, ...content } = body as { version: number; signature: string };
    const key = hex(terminal.enrolment.hostKeys.parameters);
    expect(sm2Verify(key, parametersBytes({ version, content }), hex(signature))).toBe(true);
    expect(content).toMatchObject({
      terminal: 'P1',
      merchant: MERCHANT,
      rules: { countryCode: '0156', terminalType: '22' },
      applications: [{ aid: 'A000000333010101' }],
      caKeys: [{ index: 241 }],
    });
    const code = { code: 'RENAMED-1', terminal: 'P1', expiresAt: new Date(NOW_MS + 1_000).toISOString() };
    await world.host.admin.issueEnrolmentCode({ ...code, merchant: { ...MERCHANT, name: 'NEW NAME' } });
    expect((await terminal.get('/v1/parameters')).body).toMatchObject({
      version: version + 1,
      merchant: { name: 'NEW NAME' },
    });
    await world.another();
    expect((await terminal.get('/v1/parameters')).body['version']).toBe(version + 1);
  });
});

describe('hotlist', () => {
  it('goes from version to version, signed', async () => {
    const terminal = await world.terminal();
    const [a, b] = [await world.card({ balance: 0 }), await world.card({ balance: 0 })];
    const tokens = await world.query('select token from cards where masked_pan = any($1) order by masked_pan', [
      [a.pan.masked, b.pan.masked],
    ]);
    const [tokenA, tokenB] = tokens.map(({ token }) => String(token));
    const ask = async (since: number) => {
      const { body } = await terminal.get(`/v1/hotlist?since=${since}`);
      const {
        keyId: _,
        signature,
        ...delta
      } = body as unknown as Parameters<typeof hotlistBytes>[0] & {
        keyId: string;
        signature: string;
      };
      expect(sm2Verify(hex(terminal.enrolment.hostKeys.hotlist), hotlistBytes(delta), hex(signature))).toBe(true);
      return delta;
    };
    expect(await ask(0)).toEqual({ from: 0, to: 0, full: false, add: [], remove: [] });
    await world.host.admin.addToHotlist([a.pan]);
    await world.host.admin.addToHotlist([a.pan, b.pan]);
    expect(await ask(0)).toEqual({ from: 0, to: 2, full: true, add: [tokenA, tokenB].sort(), remove: [] });
    expect(await ask(1)).toEqual({ from: 1, to: 2, full: false, add: [tokenB], remove: [] });
    await world.host.admin.removeFromHotlist([b.pan]);
    expect(await ask(2)).toEqual({ from: 2, to: 3, full: false, add: [], remove: [tokenB] });
    expect(await ask(3)).toEqual({ from: 3, to: 3, full: false, add: [], remove: [] });
    expect(await ask(9)).toEqual({ from: 0, to: 3, full: true, add: [tokenA], remove: [] });
  });

  it('never gives a number to two changes', async () => {
    const cards = await Promise.all(Array.from({ length: 4 }, () => world.card({ balance: 0 })));
    await Promise.all(cards.map(({ pan }) => world.host.admin.addToHotlist([pan])));
    const [row] = await world.query('select count(*)::int as changes, max(version) as newest from hotlist_changes');
    expect(row?.['changes']).toBe(row?.['newest']);
  });
});
