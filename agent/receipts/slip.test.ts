import { describe, expect, it } from 'vitest';
import type { Record } from '../../clearing/contract/record/index.ts';
import { slipText } from '../../drivers/index.ts';
import type { PaymentDetail, SlipCopy, StoredPayment } from '../../offline-queue/index.ts';
import { slipOf } from './slip.ts';
import type { SlipFacts } from './slip-facts.ts';

const CARD = { maskedPan: '629999*********0012', label: 'JIANGDU CASH', aid: 'A000000333010106', balanceMinor: 78_720 };
const CHIP = {
  cryptogramType: 'tc',
  cryptogram: '0123456789ABCDEF',
  tvr: '0000000000',
  atc: '0042',
} as NonNullable<Record['chip']>;

const record = (change: Partial<Record> = {}): Record =>
  ({
    ...{ terminal: 'JD-T-0001', epoch: 1, sequence: 7, merchant: 'JD-M-0001', cardholderVerification: 'none' },
    card: { token: '', maskedPan: CARD.maskedPan, panSequence: 0, aid: CARD.aid },
    chip: CHIP,
    ...change,
  }) as Record;

function facts(state: string, detail: PaymentDetail, change: Partial<SlipFacts> = {}, kind = 'purchase'): SlipFacts {
  const payment: StoredPayment = {
    ...{ id: 'p1', kind, state, amountMinor: kind === 'balance' ? 0 : 123_456, reference: '小票 4711', final: true },
    ...{ detail: { card: CARD, ...detail }, record: { epoch: 1, sequence: 7 } },
    ...{ createdAt: '2026-03-09T02:15:30.000Z', updatedAt: '2026-03-09T02:15:31.000Z' },
  };
  const merchant = { id: 'JD-M-0001', name: 'JIANGDU STORE NO 1' };
  return { payment, record: record(), terminal: 'JD-T-0001', merchant, at: '2026-03-09T10:15:31+08:00', ...change };
}
const APPROVED = facts('approved', { offline: true, fundedBy: 'chip', debited: 'chip' });
const slip = (given: SlipFacts, copy: SlipCopy = 'merchant', reprint = false, columns = 32): readonly string[] =>
  slipText(slipOf(given, copy, reprint), columns);

describe('a slip', () => {
  it('of an offline sale, on 58 mm', () => {
    expect(slip(APPROVED)).toEqual([
      '      江都购物卡',
      '     商户存根 MERCHANT COPY',
      '--------------------------------',
      '商户名称 MERCHANT',
      '              JIANGDU STORE NO 1',
      '商户编号 MERCHANT NO   JD-M-0001',
      '终端编号 TERMINAL NO   JD-T-0001',
      '--------------------------------',
      '卡号 CARD NO 629999*********0012',
      '读卡方式 ENTRY',
      '              非接触 CONTACTLESS',
      '应用 APPLICATION    JIANGDU CASH',
      '交易类型 TRANS TYPE    消费 SALE',
      '凭证号 VOUCHER NO            1-7',
      '批次号 BATCH NO      未封批 OPEN',
      '参考号 REFERENCE       小票 4711',
      '日期时间 DATE/TIME',
      '      2026-03-09 10:15:31 +08:00',
      '--------------------------------',
      '金额 AMOUNT         RMB 1,234.56',
      '卡内余额 BALANCE      RMB 787.20',
      '        脱机交易 OFFLINE',
      '--------------------------------',
      'AID             A000000333010106',
      'ATC                         0042',
      'TC              0123456789ABCDEF',
      'TVR                   0000000000',
      '--------------------------------',
      ' 免密免签 NO PIN, NO SIGNATURE',
    ]);
  });

  it('of the cardholder, on 80 mm, as a reprint', () => {
    expect(slip(APPROVED, 'customer', true, 48)).toEqual([
      '              江都购物卡',
      '           持卡人存根 CARDHOLDER COPY',
      '                  重打印',
      '                    REPRINT',
      '------------------------------------------------',
      '商户名称 MERCHANT             JIANGDU STORE NO 1',
      '商户编号 MERCHANT NO                   JD-M-0001',
      '终端编号 TERMINAL NO                   JD-T-0001',
      '------------------------------------------------',
      '卡号 CARD NO                 629999*********0012',
      '读卡方式 ENTRY                非接触 CONTACTLESS',
      '应用 APPLICATION                    JIANGDU CASH',
      '交易类型 TRANS TYPE                    消费 SALE',
      '凭证号 VOUCHER NO                            1-7',
      '批次号 BATCH NO                      未封批 OPEN',
      '参考号 REFERENCE                       小票 4711',
      '日期时间 DATE/TIME    2026-03-09 10:15:31 +08:00',
      '------------------------------------------------',
      '金额 AMOUNT                         RMB 1,234.56',
      '卡内余额 BALANCE                      RMB 787.20',
      '                脱机交易 OFFLINE',
      '------------------------------------------------',
      'AID                             A000000333010106',
      'ATC                                         0042',
      'TC                              0123456789ABCDEF',
      '------------------------------------------------',
      '         免密免签 NO PIN, NO SIGNATURE',
      '        请妥善保管 PLEASE KEEP THIS SLIP',
    ]);
  });

  it.each([
    ['declined', { reason: 'hotlisted', debited: 'none' }, '未扣款', 'NOT CHARGED', '挂失'],
    ['cancelled', { reason: 'cancelled', debited: 'none' }, '未扣款', 'NOT CHARGED', '取消'],
    ['declined', { reason: 'bad-signature', debited: 'chip' }, '未成交 卡已扣款', 'CARD WAS CHARGED', '卡内已扣款'],
    ['undecided', { reason: 'cancelled', debited: 'unknown' }, '待查', 'RESULT NOT KNOWN YET', '尚不确定'],
  ] as const)('of a payment that is %s %j says %s', (state, detail, zh, en, sentence) => {
    const merchant = slip(facts(state, detail)).join('');
    const customer = slip(facts(state, detail), 'customer').join('');
    for (const text of [merchant, customer]) {
      expect(text).toContain(zh);
      expect(text).toContain(en);
      expect(text).not.toContain('免密免签');
      expect(text).not.toContain('脱机');
    }
    expect(merchant).toContain(sentence);
    expect(customer).not.toContain(sentence);
    expect(customer.includes('请持卡人凭本单')).toBe(detail.debited !== 'none');
    // What the card holds now nobody knows of the last one.
    expect(merchant.includes('787.20')).toBe(state !== 'undecided');
  });

  it('asks for a signature where the card does, on the merchant’s copy alone', () => {
    const signed = { ...APPROVED, record: record({ cardholderVerification: 'signature' }) };
    expect(slip(signed)).toContain('持卡人签名 CARDHOLDER SIGNATURE');
    expect(slip(signed, 'customer').join('')).not.toContain('SIGNATURE');
    const verified = { ...APPROVED, record: record({ cardholderVerification: 'online-pin' }) };
    expect(slip(verified).join('')).toContain('已验密 PIN VERIFIED');
    expect(slip(verified).join('')).not.toContain('SIGNATURE');
  });

  it('has the cryptogram that stands in the end: the host’s authorisation is an ARQC, a second TC takes its place', () => {
    const arqc = { ...CHIP, cryptogramType: 'arqc' } as const;
    const online = record({ chip: arqc, authorisationId: 'A-1', interface: 'contact' });
    const text = slip({ ...APPROVED, record: online });
    expect(text).toContain('ARQC            0123456789ABCDEF');
    expect(text).toContain('授权号 AUTH NO               A-1');
    expect(text).toContain('读卡方式 ENTRY         插卡 CHIP');
    const confirmation = { cryptogramType: 'tc', cryptogram: 'FEDCBA9876543210', atc: '0043', tvr: '0000008000' };
    const confirmed = slip({ ...APPROVED, record: { ...online, confirmation } as Record });
    expect(confirmed).toContain('TC              FEDCBA9876543210');
    expect(confirmed).toContain('ATC                         0043');
    expect(confirmed.join('')).not.toContain('ARQC');
  });

  it('of a load and of an inquiry are not those of a sale', () => {
    const load = slip(facts('approved', { fundedBy: 'account', debited: 'account' }, {}, 'load')).join('\n');
    expect(load).toContain('圈存 LOAD');
    const { record: _, ...unrecorded } = facts(
      'approved',
      { card: { label: 'JIANGDU CASH', aid: CARD.aid, balanceMinor: 5 } },
      {},
      'balance',
    );
    const inquiry = slip(unrecorded).join('\n');
    expect(inquiry).toContain('余额查询 BALANCE INQUIRY');
    expect(inquiry).toContain('RMB 0.05');
    expect(inquiry).not.toMatch(/AMOUNT|CARD NO|TC /);
  });

  it('of a purse has its TAC and the PSAM that took the money', () => {
    const purse = { sequence: 12, terminalId: '000000000001', terminalSequence: 34, transactionCode: 'A1B2C3D4' };
    const { chip: _, ...rest } = record({ purse: purse as NonNullable<Record['purse']> });
    const text = slip({ ...APPROVED, record: rest as Record });
    expect(text).toContain('TAC                     A1B2C3D4');
    expect(text).toContain('PSAM             000000000001 34');
    expect(text).toContain('卡交易序号 CARD SEQ           12');
  });

  it('names the batch once it is sealed', () => {
    const { payment } = APPROVED;
    const sealed = { ...payment, record: { epoch: 1, sequence: 7, batchId: 'b-17' } };
    expect(slip({ ...APPROVED, payment: sealed })).toContain('批次号 BATCH NO             b-17');
  });
});
