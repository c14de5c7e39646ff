import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { goldenCard, TAP } from './golden-card.ts';

// Made by a second program (Python integers, hashlib, the openssl command) from the same keys.
const SIGNATURE =
  '818128EB801ECF84D7453FA7FA71C5CE5CB408E526C40F4C618C7CE66DE0A05E0AE38E142029FE4CAFE66746A8D9887C46266AF116B924C0' +
  '4BCB522C9E3BAD4ACE97417E77F2823EC9B077EB3B49CE73B90654C51EE276C5E8A642D364FD3905A09FCE34908FE6812A3FEBA19162932D' +
  '1DF50B9CC3A80484D819E1D5EBE99001';
const SIGNATURE_VERSION_00 =
  '8A03CC5940C8DAD2284632319B25E3E0EF75B7EFCF6438DAB4319ADE9E9DBAFEBFB214F3B59D90497EEE4416E721818CC7A1C4DC2C514D42' +
  '8105737907B06D3DBD369E3A0C5F0DAC961123F9C8E4446A9D1C89BF2BCB9FBED640F126AEDAEEAAA05F44A1A69018EA8A52444A3380EDA6' +
  'FA55DA348EF0F9F693F7EA339A629EFF';
const SIGNED_RECORD =
  '70305A0A6299990000001234567F5F24034912315F25032001015F280201569F420201569F0702FF009F080200309F4A0182';
const CERTIFICATE_RECORDS = {
  // Issuer certificate and card certificate, as SHA-256 of the whole record.
  '00B2021400': 'cb2e450e8e60a19434b4f404e881689dacd501a2a61fa1e53589a4c172d4862e',
  '00B2031400': '913e688b06b7364349bb1c5dfcef286f489fa39aea75c1266cf6d495660fd0cd',
};
const LAST_RECORD = '70149F7406' + '454343303031' + '9F690801A1B2C3D4000000';

const sha256 = (text: string): string => createHash('sha256').update(hex(text)).digest('hex');

describe('an offline approval, byte by byte', () => {
  const { says, memory } = goldenCard();

  it('PPSE', () => {
    expect(says(TAP.ppse)).toBe(
      '6F32840E325041592E5359532E4444463031A520BF0C1D611B4F08A000000333010101500C4A49414E4744552043415244870101' +
        '9000',
    );
  });

  it('SELECT', () => {
    expect(says(TAP.select)).toBe(
      '6F5F8408A000000333010101A553500C4A49414E47445520434152448701019F38189F66049F02069F03069F1A0295055F2A029A039C01' +
        '9F37045F2D047A68656E9F1101019F120C4A49414E4744552043415244BF0C0A9F4D020B0ADF4D020C0A9000',
    );
  });

  it('balance before', () => {
    expect(says('80CA9F7900')).toBe('9F79060000000050009000');
    expect(says('80CA9F3600')).toBe('9F360200069000');
  });

  it('GPO: TC, balance after in 9F10 and 9F5D, signature beside it', () => {
    expect(says(TAP.gpo)).toBe(
      '7781DE82027C00940C1001030018010101300101009F360200079F2608EAD5DD7F514E6EB89F101307010103900000010A010000003750' +
        `E2D474A1570E6299990000001234567D4912201F5F3401019F4B8180${SIGNATURE}9F6C0200009F5D060000000037509000`,
    );
  });

  it('records before the last take no money', () => {
    expect(says('00B2011400')).toBe('700B8F01F19F3201039F4701039000');
    for (const [command, digest] of Object.entries(CERTIFICATE_RECORDS)) {
      const answer = says(command);
      expect(answer.slice(-4)).toBe('9000');
      expect(sha256(answer.slice(0, -4))).toBe(digest);
    }
    expect(says('00B2011C00')).toBe(`${SIGNED_RECORD}9000`);
    expect(memory()).toMatchObject({ balance: 5000, atc: 7, log: [] });
  });

  it('the last record takes it, once', () => {
    expect(says(TAP.last)).toBe(`${LAST_RECORD}9000`);
    expect(memory()).toMatchObject({ balance: 3750, atc: 7 });
    expect(says(TAP.last)).toBe(`${LAST_RECORD}9000`);
    expect(memory()).toMatchObject({ balance: 3750 });
    expect(says('80CA9F7900')).toBe('9F79060000000037509000');
  });

  it('and stands in the log', () => {
    expect(says('00B2015C00')).toBe(
      '250601' +
        '000000' +
        '000000001250' +
        '000000000000' +
        '0156' +
        '0156' +
        '00'.repeat(20) +
        '00' +
        '0007' +
        '9000',
    );
    expect(says('00B2025C00')).toBe('6A83');
  });
});

describe('fDDA version 00', () => {
  it.each([
    ['a terminal that knows no version 01', '26000000', {}],
    ['a card that knows no version 01', '26000080', { fddaVersion: 0 }],
  ] as const)('with %s', (_, ttq, unusual) => {
    const { says } = goldenCard(unusual);
    says(TAP.select);
    expect(says(TAP.gpo.replace('26000080', ttq))).toContain(`9F4B8180${SIGNATURE_VERSION_00}`);
    expect(says(TAP.last)).toBe('70099F74064543433030319000');
  });
});

describe('a signature too long for the answer', () => {
  const chain = { ca: 'F1', issuer: 'issuer-1408', card: 'icc-1152' } as const;
  const SIGNATURE_1152 = 'ad882d05bbe0c59e9fc3ab708f23c6e7a52525e823e571f2c8626d1bd3e468fc';

  it('stands in a record of its own, before the one that takes the money', () => {
    const { says, memory } = goldenCard({ chain });
    says(TAP.select);
    const answer = says(TAP.gpo);
    expect(answer).toContain('940C100103001801010130010200');
    expect(answer).not.toContain('9F4B');
    const record = says('00B2013400');
    expect(record.slice(0, 14)).toBe('7081949F4B8190');
    expect(sha256(record.slice(14, -4))).toBe(SIGNATURE_1152);
    expect(memory()?.balance).toBe(5000);
    expect(says('00B2023400')).toBe(`${LAST_RECORD}9000`);
    expect(memory()?.balance).toBe(3750);
  });

  it('or in the last one', () => {
    const { says, memory } = goldenCard({ chain, longSignatureIn: 'last-record' });
    says(TAP.select);
    expect(says(TAP.gpo)).toContain('940C100103001801010130010100');
    const record = says(TAP.last);
    expect(sha256(record.slice(14, 14 + 288))).toBe(SIGNATURE_1152);
    expect(record.slice(14 + 288)).toBe(`${LAST_RECORD.slice(4)}9000`);
    expect(memory()?.balance).toBe(3750);
  });
});

describe('without an offline approval', () => {
  it('ARQC when the amount is more than the balance: no AFL, nothing taken', () => {
    const { says, memory } = goldenCard();
    says(TAP.select);
    expect(says(TAP.gpo.replace('000000001250', '000000006000'))).toBe(
      '775F82027C009F360200079F2608F3EC3C4FF2329DBA9F1013070101' +
        '03A02000010A0100000050000EA5DA7A570E6299990000001234567D4912201F5F340101' +
        '9F6310303938383030303030303030303030309F6C0200009F5D060000000050009000',
    );
    expect(memory()).toMatchObject({ balance: 5000, atc: 7, log: [], lastPayment: [] });
  });

  it('AAC where the terminal is offline-only', () => {
    const { says } = goldenCard();
    says(TAP.select);
    const answer = says(TAP.gpo.replace('26000080', '28000080').replace('000000001250', '000000006000'));
    expect(answer).toContain('9F26086C5D384057CF9C50');
    expect(answer).toContain('9F101307010103802000010A010000005000');
    expect(answer).not.toContain('940C');
  });

  it('ARQC with a PIN where the terminal requires verification', () => {
    const { says } = goldenCard();
    says(TAP.select);
    const answer = says(TAP.gpo.replace('26000080', '26400080'));
    expect(answer).toContain('9F2608CD1FE15978F13F5A');
    expect(answer).toContain('9F101307010103A00000010A010000005000');
    expect(answer).toContain('9F6C028000');
  });

  it('leaves no record to read that only a payment makes', () => {
    const { says, memory } = goldenCard();
    says(TAP.select);
    says(TAP.gpo.replace('000000001250', '000000006000'));
    expect(says(TAP.last)).toBe('6985');
    expect(memory()?.balance).toBe(5000);
  });
});
