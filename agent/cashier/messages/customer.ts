import type { Face } from '../view.ts';
import type { PaymentKind } from '../wire.ts';

interface Line {
  readonly zh: string;
  readonly en: string;
}

interface FaceWords {
  readonly sign: Line;
  /** What to do next; absent where the sign says it, or the reason does. */
  readonly detail?: Line;
}

const ASK: Line = { zh: '请咨询收银员', en: 'Please ask the cashier' };
const KEEP: FaceWords = {
  sign: { zh: '请勿移开卡片', en: 'Keep the card there' },
  detail: { zh: '正在处理', en: 'One moment' },
};

/** What the screen before the customer says. Chinese first, English below it: nobody can press anything there. */
export const CUSTOMER_WORDS = {
  brand: { zh: '江都购物卡', en: 'Jiangdu shopping card' },
  idle: { zh: '欢迎光临', en: 'Welcome' },
  away: { zh: '正在连接，请稍候', en: 'Connecting, one moment' },
  balanceLeft: { zh: '卡内余额', en: 'Balance' },
  card: { zh: '卡号', en: 'Card' },
} as const;

const FACES: { readonly [F in Face]: FaceWords } = {
  tap: {
    sign: { zh: '请刷卡', en: 'Please tap your card' },
    detail: { zh: '把卡贴在读卡器上', en: 'Hold it on the reader' },
  },
  hold: KEEP,
  authorising: KEEP,
  pin: {
    sign: { zh: '请输入密码', en: 'Please enter your PIN' },
    detail: { zh: '请遮挡键盘', en: 'Shield the keys with your hand' },
  },
  choose: { sign: { zh: '请告诉收银员用哪一个应用', en: 'Tell the cashier which application' }, detail: KEEP.sign },
  document: { sign: { zh: '请出示证件', en: 'Please show your document' }, detail: KEEP.sign },
  'same-card-again': {
    sign: { zh: '请同一张卡再刷一次', en: 'Please tap the same card again' },
    detail: { zh: '不会重复扣款', en: 'You are not charged twice' },
  },
  again: { sign: { zh: '请再刷一次', en: 'Please tap again' }, detail: { zh: '没有扣款', en: 'Nothing was charged' } },
  approved: { sign: { zh: '付款成功', en: 'Paid' } },
  balance: { sign: { zh: '卡内余额', en: 'Balance' } },
  declined: { sign: { zh: '付款未成功', en: 'Not paid' } },
  'declined-after-debit': { sign: { zh: '付款未成功', en: 'Not paid' }, detail: ASK },
  undecided: { sign: { zh: '结果待定', en: 'Not decided yet' }, detail: ASK },
  cancelled: { sign: { zh: '已取消', en: 'Cancelled' }, detail: { zh: '没有扣款', en: 'Nothing was charged' } },
  failed: { sign: { zh: '付款未完成', en: 'Not paid' }, detail: ASK },
  lost: { sign: { zh: '连接中断', en: 'Connection lost' }, detail: ASK },
};

/** What a load and an inquiry say otherwise than a purchase. */
const OF_KIND: { readonly [K in PaymentKind]: { readonly [F in Face]?: FaceWords } } = {
  purchase: {},
  load: {
    tap: {
      sign: { zh: '圈存：请放好卡片', en: 'Load: present your card' },
      detail: { zh: '插入或贴在读卡器上，请勿移开', en: 'In the slot or on the reader, and leave it there' },
    },
    'same-card-again': {
      sign: { zh: '请同一张卡再放一次', en: 'Please present the same card again' },
      detail: { zh: '不会重复圈存', en: 'It is not loaded twice' },
    },
    again: {
      sign: { zh: '请再放一次', en: 'Please present it again' },
      detail: { zh: '没有圈存', en: 'Nothing was loaded' },
    },
    approved: { sign: { zh: '圈存成功', en: 'Loaded' } },
    declined: { sign: { zh: '圈存未成功', en: 'Not loaded' } },
    'declined-after-debit': { sign: { zh: '圈存未成功', en: 'Not loaded' }, detail: ASK },
    cancelled: { sign: { zh: '已取消', en: 'Cancelled' }, detail: { zh: '没有圈存', en: 'Nothing was loaded' } },
    failed: { sign: { zh: '圈存未完成', en: 'Not loaded' }, detail: ASK },
  },
  balance: {
    tap: { sign: { zh: '查询余额：请刷卡', en: 'Balance: tap your card' } },
    declined: { sign: { zh: '没有查到余额', en: 'No balance' } },
    failed: { sign: { zh: '没有查到余额', en: 'No balance' }, detail: ASK },
  },
};

export const customerWords = (kind: PaymentKind, face: Face): FaceWords => OF_KIND[kind][face] ?? FACES[face];
