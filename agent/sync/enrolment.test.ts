import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { ClientCertificate } from '../../clearing/contract/index.ts';
import { sm2PublicKey, sm2Seal } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { enrolmentRound } from './enrolment.ts';

const SIGNING = hex('7C25C0832653E9660052DA60AB102374E509FEC9270404FFEB3DA562D87DC7CC');
const OTHER = hex('6B47D3EF522BCB2AE4D33B7D5A306CCBDEBE24929448CC152480C15901146683');
const EPHEMERAL = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');

function sealed(to: Uint8Array, length: number, terminal: string): string {
  const envelope = sm2Seal({
    publicKey64: sm2PublicKey(to),
    ephemeralPrivateKey32: EPHEMERAL,
    plaintext: new Uint8Array(length).fill(7),
    associatedData: new TextEncoder().encode(terminal),
  });
  return toHex(envelope ?? new Uint8Array());
}

const enrol = async (cardTokenKey: string, clientCertificate?: ClientCertificate) => {
  const enrolled: Identity[] = [];
  const accepted: unknown[] = [];
  const point = toHex(sm2PublicKey(OTHER));
  const answer = {
    terminal: 'T-1',
    merchant: 'M-1',
    epoch: 2,
    genesisHash: '22'.repeat(32),
    cardTokenKey,
    hostKeys: { acknowledgement: point, hotlist: point, parameters: point, sealing: point },
    ...(clientCertificate && { clientCertificate }),
  };
  const asked: unknown[] = [];
  const client: ClearingClient = {
    send: async ({ body }): Promise<ClearingAnswer<never>> => {
      asked.push(body);
      return { kind: 'answered', value: answer as never };
    },
    close: async () => {},
  };
  const identity = { enrol: (known: Identity) => enrolled.push(known) } as unknown as Queue['identity'];
  const round = await enrolmentRound(
    {
      queue: { identity },
      client,
      certificates: {
        request: async () => (clientCertificate ? 'REQUEST' : undefined),
        accept: (certificate, { terminal, epoch }) => accepted.push([certificate, terminal, epoch]) > 0,
      },
      log: pino({ level: 'silent' }),
      timeoutMs: 1,
      code: 'CODE-01',
      software: 's',
      signingKey: SIGNING,
      acceptTestKeys: false,
    },
    new AbortController().signal,
  );
  return { round: round.kind, enrolled, accepted, asked };
};

describe('enrolment', () => {
  it('opens the card token key and keeps who the terminal is', async () => {
    const { round, enrolled } = await enrol(sealed(SIGNING, 32, 'T-1'));
    expect(round).toBe('done');
    expect(enrolled).toMatchObject([
      { terminal: 'T-1', epoch: 2, signingKey: SIGNING, cardTokenKey: new Uint8Array(32).fill(7) },
    ]);
  });

  it('asks for a client certificate where one is needed, and hands it on', async () => {
    const clientCertificate = { certificate: 'C', issuer: 'I' };
    const { asked, accepted } = await enrol(sealed(SIGNING, 32, 'T-1'), clientCertificate);
    expect(asked).toMatchObject([{ certificateRequest: 'REQUEST' }]);
    expect(accepted).toEqual([[clientCertificate, 'T-1', 2]]);
    expect((await enrol(sealed(SIGNING, 32, 'T-1'))).asked).not.toHaveProperty('0.certificateRequest');
  });

  it.each([
    ['for another key', sealed(OTHER, 32, 'T-1')],
    ['for another terminal', sealed(SIGNING, 32, 'T-2')],
    ['of another length', sealed(SIGNING, 31, 'T-1')],
    ['that is none', '00'.repeat(144)],
  ])('takes no answer with a card token key %s', async (_name, cardTokenKey) => {
    expect(await enrol(cardTokenKey)).toMatchObject({ round: 'failed', enrolled: [] });
  });
});
