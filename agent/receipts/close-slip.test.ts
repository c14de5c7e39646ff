import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../clearing/contract/index.ts';
import type { Record } from '../../clearing/contract/record/index.ts';
import { slipText } from '../../drivers/index.ts';
import type { StoredClose } from '../../offline-queue/index.ts';
import type { CloseFacts } from './close-facts.ts';
import { closeSlipOf } from './close-slip.ts';
import { tallyOf } from './close-tally.ts';

type Counted = Parameters<typeof tallyOf>[0][number];
let sequence = 0;
const one = (amountMinor: number, change: Partial<Record> = {}): Counted => ({
  ...{ epoch: 1, sequence: ++sequence, kind: 'purchase', outcome: 'approved', fundedBy: 'chip', offline: true },
  ...{ amountMinor },
  ...change,
});

const BOTH = [one(1_280), one(123_400)];
const CLOSE: StoredClose = {
  ...{ number: 3, id: 'c3', first: { epoch: 1, sequence: 5 }, last: { epoch: 2, sequence: 9 }, count: 2 },
  ...{ totalMinor: 124_680, closedAt: '2026-03-09T12:00:00.000Z', complete: false },
};
const COMPARED = { ...CLOSE, comparedAt: '2026-03-09T12:00:05.000Z', complete: true };
const answered = (differences: Comparison['differences'] = []): Comparison =>
  ({ epoch: 1, acceptedCount: 2, acceptedMinor: 124_680, differences }) as unknown as Comparison;

const facts = (change: Partial<CloseFacts> = {}): CloseFacts => ({
  ...{ close: CLOSE, terminal: 'JD-T-0001', merchant: { id: 'JD-M-0001', name: 'JIANGDU STORE NO 1' } },
  ...{ at: '2026-03-09T20:00:00+08:00', firstBatch: 'b-17', lastBatch: 'b-18' },
  ...{ tally: tallyOf(BOTH), unreadable: 0, comparisons: [] },
  ...change,
});
const slip = (change: Partial<CloseFacts> = {}, reprint = false, columns = 32): readonly string[] =>
  slipText(closeSlipOf(facts(change), reprint), columns);

describe('the slip of a close', () => {
  it('says from where to where, and what it adds up to, on 58 mm', () => {
    expect(slip()).toEqual([
      '      江都购物卡',
      '          结算单 CLOSE',
      '--------------------------------',
      '商户名称 MERCHANT',
      '              JIANGDU STORE NO 1',
      '商户编号 MERCHANT NO   JD-M-0001',
      '终端编号 TERMINAL NO   JD-T-0001',
      '结算序号 CLOSE NO              3',
      '日期时间 DATE/TIME',
      '      2026-03-09 20:00:00 +08:00',
      '起始凭证号 FROM VOUCHER      1-5',
      '终止凭证号 TO VOUCHER        2-9',
      '起始批次号 FROM BATCH       b-17',
      '终止批次号 TO BATCH         b-18',
      '--------------------------------',
      '消费 卡内余额 SALE, CHIP',
      '                2 / RMB 1,246.80',
      '消费 账户 SALE, ACCOUNT',
      '                    0 / RMB 0.00',
      '消费合计 TOTAL SALES',
      '                2 / RMB 1,246.80',
      '其中脱机 OF WHICH OFFLINE',
      '                2 / RMB 1,246.80',
      '全部记录 RECORDS               2',
      '--------------------------------',
      '    中心尚未对账',
      ' NOT YET COMPARED BY THE CENTRE',
    ]);
  });

  it('says that both sides agree, and is marked as a reprint', () => {
    const text = slip({ close: COMPARED, comparisons: [answered()] }, true, 48);
    expect(text.slice(1, 4).map((line) => line.trim())).toEqual(['结算单 CLOSE', '重打印', 'REPRINT']);
    expect(text).toContain('中心 CENTRE                     2 / RMB 1,246.80');
    expect(text.slice(-2).map((line) => line.trim())).toEqual(['对账一致', 'TERMINAL AND CENTRE AGREE']);
  });

  it('names each record on which they do not, up to a roll’s worth', () => {
    const comparisons = [
      answered([
        { sequence: 5, kind: 'amount', atTerminalMinor: 100, atCentreMinor: 200 },
        { sequence: 6, kind: 'outcome', atTerminal: 'approved', atCentre: 'undecided' },
        { sequence: 7, kind: 'missing-at-terminal', amountMinor: 5 },
        { sequence: 8, kind: 'content' },
        { sequence: 9, kind: 'disputed', reason: 'unknown-card' },
        { sequence: 10, kind: 'disputed', reason: 'misplaced', suspense: 'paid' },
      ]),
    ];
    const text = slip({ close: COMPARED, comparisons }, false, 48);
    expect(text.slice(-9).map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
      '对账不平',
      'TERMINAL AND CENTRE DIFFER',
      '1-5 金额不同 AMOUNT DIFFERS RMB 1.00 / RMB 2.00',
      '1-6 结果不同 OUTCOME DIFFERS',
      'approved / undecided',
      '1-7 终端缺 NOT AT TERMINAL RMB 0.05',
      '1-8 内容不同 CONTENT DIFFERS',
      '1-9 中心异议 DISPUTED unknown-card',
      '1-10 中心异议 DISPUTED misplaced, paid',
    ]);
    const many = Array.from({ length: 21 }, (_, at) => ({ sequence: at + 1, kind: 'missing-at-centre' as const }));
    const lacking = slip({ close: { ...COMPARED, complete: false }, comparisons: [answered(many)] });
    expect(lacking.filter((line) => line.includes('中心缺'))).toHaveLength(20);
    expect(lacking.join('')).toContain('中心尚缺记录');
    expect(lacking.slice(-2)).toEqual(['其余见 FOR MORE: jdpos batch', 'closes']);
  });

  it('counts each kind and funding by itself, and what nobody knows as long as nothing settles it', () => {
    sequence = 100;
    const undecided = { outcome: 'undecided', fundedBy: 'none' } as const;
    const tally = tallyOf([
      one(1),
      one(2, { fundedBy: 'account', offline: false }),
      one(4, { kind: 'load', fundedBy: 'account', offline: false }),
      one(8, undecided),
      one(16, undecided),
      // Of another epoch: it settles nothing here.
      one(32, { outcome: 'declined-after-debit', resolvesSequence: 105 }),
      one(64, { epoch: 2, outcome: 'declined', fundedBy: 'none', resolvesSequence: 104 }),
    ]);
    expect(tally).toEqual({
      salesByChip: { count: 1, minor: 1 },
      salesByAccount: { count: 1, minor: 2 },
      sales: { count: 2, minor: 3 },
      loads: { count: 1, minor: 4 },
      offlineSales: { count: 1, minor: 1 },
      undecided: { count: 1, minor: 8 },
      charged: { count: 1, minor: 32 },
      declined: { count: 1, minor: 64 },
    });
    const text = slip({ tally, unreadable: 1, lastBatch: 'b-17' }, false, 48).join('\n');
    for (const line of [/圈存 LOAD +1 \/ RMB 0\.04/, /待查 NOT KNOWN YET +1 \/ RMB 0\.08/, /UNREADABLE RECORDS +1/])
      expect(text).toMatch(line);
    expect(text).not.toContain('TO BATCH');
  });
});
