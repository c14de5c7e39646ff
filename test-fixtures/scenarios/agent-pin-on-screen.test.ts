import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevices } from '../../agent/devices/open-devices.ts';
import type { AuthorisationRequest } from '../../clearing/contract/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';

const KEY = { keyId: 'trial-1', hex: '0123456789ABCDEFFEDCBA9876543210' };

describe('a PIN pad on the screen', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.prepare();
    const devices = openDevices(
      { pinPad: { kind: 'on-screen', testKey: KEY } },
      { readers: agent.readers, log: () => {} },
    );
    agent.unusual = { devices };
    await agent.up();
    await agent.ready();
  });
  afterEach(() => agent.stop());

  const awaitingPin = async (): Promise<string> => {
    const id = await agent.pay(2_500);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    return id;
  };
  const type = (id: string, body: object) => agent.call<{ code?: string }>('POST', `/v1/payments/${id}/pin`, body);

  it('is named in the status, and takes the PIN of the payment that awaits it', async () => {
    const { body } = await agent.call<{ devices: unknown }>('GET', '/v1/status');
    expect(body.devices).toEqual([{ kind: 'pin-pad', name: 'on-screen', state: 'ready' }]);
    const id = await awaitingPin();
    expect(await type(id, { pin: '471108' })).toEqual({ status: 200, body: { taken: true } });
    await agent.reaches(id, 'approved');
    const [asked] = agent.clearing.bodies<AuthorisationRequest>('POST /v1/authorisations');
    expect(asked?.pin).toMatchObject({
      format: 'iso-0',
      keyId: 'trial-1',
      block: expect.stringMatching(/^[0-9A-F]{16}$/),
    });
    const events = await agent.call<string>('GET', `/v1/payments/${id}/trace`);
    expect([...agent.logged, JSON.stringify(events.body)].join()).not.toContain('471108');
  });

  it('cancels the payment by its key', async () => {
    const id = await awaitingPin();
    expect((await type(id, { key: 'cancel' })).status).toBe(200);
    expect(await agent.reaches(id, 'cancelled')).toMatchObject({ reason: 'pin-cancelled' });
  });

  it('takes none that is not awaited, and repeats none that is malformed', async () => {
    const id = await agent.pay(2_500);
    expect(await type(id, { pin: '471108' })).toMatchObject({ status: 409, body: { code: 'pin-not-awaited' } });
    expect(await type('none', { pin: '471108' })).toMatchObject({ status: 404 });
    const malformed = await type(id, { pin: '4711a8' });
    expect(malformed.status).toBe(400);
    expect(JSON.stringify(malformed.body)).not.toContain('4711a8');
    expect(agent.logged.join()).not.toMatch(/4711/);
  });
});

it('without a PIN pad on the screen there is no such route', async () => {
  const agent = await AgentUnderTest.start();
  try {
    const id = await agent.pay(2_500);
    expect((await agent.call('POST', `/v1/payments/${id}/pin`, { pin: '1234' })).status).toBe(404);
    expect(await agent.call('GET', '/v1/pin-pad')).toMatchObject({ status: 404, body: { code: 'no-pin-pad' } });
  } finally {
    await agent.stop();
  }
});
