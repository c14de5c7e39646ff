import { describe, expect, it } from 'vitest';
import { encodeRecord } from '../../clearing/contract/record/index.ts';
import { fen, hex, Pan } from '../../emv/values/index.ts';
import { type RecordContext, recordDraft } from './record-draft.ts';

const pan = Pan.parse('6299990000001234567');
if (pan === undefined) throw new Error('not a PAN');

const context: RecordContext = {
  payment: { id: '11111111-1111-4111-8111-111111111111', kind: 'purchase', amountMinor: 1250, reference: '单号 7' },
  at: '2026-06-01T12:30:00+08:00',
  merchant: 'M-1',
  cardTokenKey: hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F'),
  hotlistVersion: 42,
  hotlistAgeS: 15,
  clock: 'trusted',
  reader: 'Reader 0',
  software: 'jdpos/0.1.0',
};

describe('recordDraft', () => {
  it('writes what the centre needs, and every byte of what the card saw', () => {
    const draft = recordDraft(context, {
      outcome: 'approved',
      fundedBy: 'chip',
      debited: 'chip',
      offline: true,
      card: {
        pan,
        panSequence: 1,
        expiry: { year: 2030, month: 12, day: 31 },
        aid: hex('A000000333010101'),
        label: 'JIANGDU',
        balanceBefore: fen(5000),
        balanceAfter: fen(3750),
      },
      chip: {
        cryptogram: hex('EAD5DD7F514E6EB8'),
        cryptogramType: 'tc',
        amountAuthorised: hex('000000001250'),
        amountOther: hex('000000000000'),
        terminalCountryCode: hex('0156'),
        tvr: hex('0000000000'),
        currencyCode: hex('0156'),
        transactionDate: hex('260601'),
        transactionType: hex('00'),
        unpredictableNumber: hex('11223344'),
        aip: hex('7C00'),
        atc: hex('0007'),
        issuerApplicationData: hex('07010103900000010A010000038787868FD1FC'),
      },
      offlineAuthentication: 'fdda-01',
    });
    const text = new TextDecoder().decode(encodeRecord({ ...draft, terminal: 'T-1', epoch: 3, sequence: 9 }));
    // The token was computed with `openssl dgst -sm3 -mac HMAC` from the key and the PAN's digits.
    expect(text.split('\n')).toEqual([
      'jdpos-record/1',
      'terminal=T-1',
      'epoch=3',
      'sequence=9',
      'paymentId=11111111-1111-4111-8111-111111111111',
      'kind=purchase',
      'outcome=approved',
      'reason=',
      'fundedBy=chip',
      'debited=chip',
      'offline=true',
      'amountMinor=1250',
      'currency=CNY',
      'at=2026-06-01T12:30:00+08:00',
      'merchant=M-1',
      'operator=',
      'shift=',
      'reference=%E5%8D%95%E5%8F%B7 7',
      'cardholderVerification=none',
      'offlineAuthentication=fdda-01',
      'authorisationId=',
      'resolvesSequence=',
      'card.token=E7961855E625A89A9C94AACD458951D6D28D23F880A726548ED66756917AABF7',
      'card.maskedPan=629999*********4567',
      'card.panSequence=1',
      'card.aid=A000000333010101',
      'card.balanceBeforeMinor=5000',
      'card.balanceAfterMinor=3750',
      'chip.cryptogramType=tc',
      'chip.cryptogram=EAD5DD7F514E6EB8',
      'chip.amountAuthorised=000000001250',
      'chip.amountOther=000000000000',
      'chip.terminalCountryCode=0156',
      'chip.tvr=0000000000',
      'chip.currencyCode=0156',
      'chip.transactionDate=260601',
      'chip.transactionType=00',
      'chip.unpredictableNumber=11223344',
      'chip.aip=7C00',
      'chip.atc=0007',
      'chip.issuerApplicationData=07010103900000010A010000038787868FD1FC',
      'hotlistVersion=42',
      'hotlistAgeS=15',
      'clock=trusted',
      'reader=Reader 0',
      'software=jdpos/0.1.0',
      '',
    ]);
  });

  it('leaves out what there is not', () => {
    const { reader: _, hotlistAgeS: __, ...bare } = context;
    const draft = recordDraft(bare, {
      outcome: 'declined',
      reason: 'no-common-application',
      fundedBy: 'none',
      debited: 'none',
      offline: true,
    });
    expect(
      Object.keys(draft).filter((name) => ['card', 'chip', 'reader', 'hotlistAgeS', 'resolvesSequence'].includes(name)),
    ).toEqual([]);
    expect(draft).toMatchObject({
      reason: 'no-common-application',
      cardholderVerification: 'none',
      offlineAuthentication: 'none',
    });
  });
});
