import type { Difference } from '../../clearing/contract/index.ts';
import type { Record } from '../../clearing/contract/record/index.ts';
import type { PrinterTrouble } from '../../drivers/index.ts';
import type { SlipCopy } from '../../offline-queue/index.ts';
import type { PaymentKind } from '../payment/payment-kind.ts';
import type { Sentence } from '../payment/reason.ts';

/** Names of what stands on a slip, Chinese first, as on the card slips of UnionPay's merchants. */
export const LABELS = {
  merchantName: '商户名称 MERCHANT',
  merchantNumber: '商户编号 MERCHANT NO',
  terminal: '终端编号 TERMINAL NO',
  operator: '操作员号 OPERATOR',
  shift: '班次 SHIFT',
  card: '卡号 CARD NO',
  entry: '读卡方式 ENTRY',
  application: '应用 APPLICATION',
  kind: '交易类型 TRANS TYPE',
  batch: '批次号 BATCH NO',
  voucher: '凭证号 VOUCHER NO',
  reference: '参考号 REFERENCE',
  at: '日期时间 DATE/TIME',
  amount: '金额 AMOUNT',
  balance: '卡内余额 BALANCE',
  authorisation: '授权号 AUTH NO',
  purseSequence: '卡交易序号 CARD SEQ',
  sam: 'PSAM',
  signature: '持卡人签名 CARDHOLDER SIGNATURE',
  close: '结算序号 CLOSE NO',
  firstVoucher: '起始凭证号 FROM VOUCHER',
  lastVoucher: '终止凭证号 TO VOUCHER',
  firstBatch: '起始批次号 FROM BATCH',
  lastBatch: '终止批次号 TO BATCH',
} as const;

export const BRAND = '江都购物卡';
export const COPIES: { readonly [C in SlipCopy]: string } = {
  merchant: '商户存根 MERCHANT COPY',
  customer: '持卡人存根 CARDHOLDER COPY',
};
export const KINDS: { readonly [K in PaymentKind]: string } = {
  purchase: '消费 SALE',
  load: '圈存 LOAD',
  balance: '余额查询 BALANCE INQUIRY',
};
export const REPRINT = ['重打印', 'REPRINT'] as const;
export const OFFLINE = '脱机交易 OFFLINE';
export const OPEN_BATCH = '未封批 OPEN';
export const ENTRIES = { contactless: '非接触 CONTACTLESS', contact: '插卡 CHIP' } as const;

/** How the cardholder was verified, as far as it is worth a line. */
export const VERIFIED: { readonly [V in Record['cardholderVerification']]: string | undefined } = {
  none: '免密免签 NO PIN, NO SIGNATURE',
  signature: undefined,
  'online-pin': '已验密 PIN VERIFIED',
  'offline-pin': '已验密 PIN VERIFIED',
  'offline-pin-and-signature': '已验密 PIN VERIFIED',
  'consumer-device': '已由持卡人设备验证 VERIFIED ON DEVICE',
  'id-document': '已核对证件 DOCUMENT CHECKED',
};

export const ACKNOWLEDGED = [
  '本人确认以上交易，同意将其记入本卡账户',
  'I acknowledge the above transaction and agree to its being charged to my card',
] as const;
export const KEEP = '请妥善保管 PLEASE KEEP THIS SLIP';

/** What is said in large letters where there is no approval: whether the card was charged. */
export const VERDICTS = {
  'not-charged': ['未扣款', 'NOT CHARGED'],
  charged: ['未成交 卡已扣款', 'NOT PAID - CARD WAS CHARGED'],
  open: ['待查', 'RESULT NOT KNOWN YET'],
} as const;
/** To the cardholder, behind it, where money may have moved. */
export const CLAIM: Sentence = {
  zh: '请持卡人凭本单向发卡中心查询。',
  en: 'The cardholder can ask the card centre with this slip.',
};

export const CLOSE_TITLE = '结算单 CLOSE';

/** What a close adds up, each a count and a sum. */
export const TALLY_LINES = {
  salesByChip: '消费 卡内余额 SALE, CHIP',
  salesByAccount: '消费 账户 SALE, ACCOUNT',
  sales: '消费合计 TOTAL SALES',
  loads: '圈存 LOAD',
  offlineSales: '其中脱机 OF WHICH OFFLINE',
  undecided: '待查 NOT KNOWN YET',
  charged: '未成交 已扣款 CHARGED, NOT PAID',
  declined: '未成交 未扣款 NOT PAID',
  records: '全部记录 RECORDS',
} as const;
export const UNREADABLE = '无法读取的记录 UNREADABLE RECORDS';
export const CENTRE = '中心 CENTRE';

/** What has come of the comparison. */
export const COMPARED = {
  'not-yet': ['中心尚未对账', 'NOT YET COMPARED BY THE CENTRE'],
  incomplete: ['中心尚缺记录', 'THE CENTRE LACKS RECORDS'],
  equal: ['对账一致', 'TERMINAL AND CENTRE AGREE'],
  different: ['对账不平', 'TERMINAL AND CENTRE DIFFER'],
} as const;
/** One record on which the two sides do not agree. */
export const DIFFERENCES = {
  'missing-at-centre': '中心缺 NOT AT CENTRE',
  'missing-at-terminal': '终端缺 NOT AT TERMINAL',
  amount: '金额不同 AMOUNT DIFFERS',
  outcome: '结果不同 OUTCOME DIFFERS',
  content: '内容不同 CONTENT DIFFERS',
  disputed: '中心异议 DISPUTED',
} as const satisfies { readonly [D in Difference['kind']]: string };
export const MORE_DIFFERENCES = '其余见 FOR MORE: jdpos batch closes';

export type SlipTrouble = PrinterTrouble | 'restarted';

/** Why a slip is not on paper for certain, for the cashier. */
export const TROUBLES: { readonly [T in SlipTrouble]: Sentence } = {
  'cover-open': { zh: '打印机的盖子开着，请合上。', en: 'The printer’s cover is open: close it.' },
  'paper-out': { zh: '打印机缺纸，请装上新纸卷。', en: 'The printer is out of paper: put in a new roll.' },
  'cutter-error': {
    zh: '切纸刀卡住：请关掉打印机，取出卡纸，再开机。',
    en: 'The printer’s cutter is stuck: switch it off, take out the paper, and switch it on again.',
  },
  'printer-error': {
    zh: '打印机报错：请关机再开机。',
    en: 'The printer reports an error: switch it off and on again.',
  },
  offline: {
    zh: '打印机脱机：请看指示灯和走纸键。',
    en: 'The printer is offline: look at its lamps and its feed button.',
  },
  unplugged: { zh: '打印机不在：请检查连线和电源。', en: 'The printer is not there: look at its cable and its power.' },
  refused: { zh: '打印机打不开：请联系安装人员。', en: 'The printer cannot be opened: call the installer.' },
  silent: { zh: '打印机没有回应：请看是否已开机。', en: 'The printer does not answer: is it switched on?' },
  noise: { zh: '打印机的回应不对：请联系安装人员。', en: 'The printer answers with nonsense: call the installer.' },
  busy: { zh: '打印机还在打上一张，请稍后再打。', en: 'The printer is still at an earlier slip: try again later.' },
  pulled: {
    zh: '打印途中与打印机断开，可能已打出。',
    en: 'The printer went away in the middle: look whether it is on paper.',
  },
  unconfirmed: {
    zh: '打印机没有报告打完，可能已打出。',
    en: 'The printer has not said that it is through: look whether it is on paper.',
  },
  restarted: {
    zh: '打印途中程序重启，可能已打出。',
    en: 'The terminal was restarted in the middle: look whether it is on paper.',
  },
};
