import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecording, redact, writeRecording } from '../../emv/trace/index.ts';
import { tearAt } from '../card/index.ts';
import { trayAccounts } from '../tray/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';

interface Trace {
  readonly paymentId: string;
  readonly taps: readonly { readonly exchanges: readonly { readonly c: string; readonly r: string }[] }[];
}

const PAN = trayAccounts().find(({ cardId }) => cardId === 'rich')?.pan ?? '';

describe('what passed between terminal and card', () => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  const trace = (id: string) => agent.call<Trace & { code?: string }>('GET', `/v1/payments/${id}/trace`);

  it('is kept of the latest payment, whole and without its PAN', async () => {
    const payment = await agent.sale('rich', 1280);
    const { status, body } = await trace(payment.id);
    expect(status).toBe(200);
    const [tap] = body.taps;
    expect(tap?.exchanges.map(({ c }) => c.slice(0, 4))).toEqual([
      '00A4',
      '00A4',
      '80CA',
      '80A8',
      ...Array.from({ length: tap ? tap.exchanges.length - 4 : 0 }, () => '00B2'),
    ]);
    const text = JSON.stringify(body);
    expect(PAN).toHaveLength(19);
    expect(text).toContain(PAN.slice(0, 6));
    expect(text).not.toContain(PAN);
    const read = readRecording(tap);
    if (read.kind === 'malformed') throw new Error(read.problem);
    expect(writeRecording(redact(read.recording))).toEqual(tap);
  });

  it('has a tap for each time that the card came', async () => {
    const id = await agent.pay(100);
    await agent.tap('rich', tearAt(3, 'before-card'));
    await agent.reaches(id, 'present-again');
    await agent.tap('rich');
    await agent.reaches(id, 'approved');
    const { body } = await trace(id);
    expect(body.taps).toHaveLength(2);
    expect(body.taps[0]?.exchanges.at(-1)).toMatchObject({ r: '' });
  });

  it('is not kept of earlier payments, and there is none of a payment that does not exist', async () => {
    const earlier = await agent.sale('rich', 100);
    await agent.sale('poor', 100);
    expect(await trace(earlier.id)).toMatchObject({ status: 404, body: { code: 'trace-not-kept' } });
    expect(await trace('nosuch')).toMatchObject({ status: 404, body: { code: 'payment-not-found' } });
  });
});
