import type { PaymentKind } from '../payment/payment-kind.ts';

interface KindWords {
  /** Before the amount: while it is asked for, when it is done. */
  readonly asked: string;
  readonly done: string;
  readonly notDone: string;
  readonly present: string;
  /** A cancellation has left everything as it was. */
  readonly nothing: string;
}

interface DisplayWords {
  readonly welcome: readonly [string, string];
  readonly kinds: { readonly [K in PaymentKind]: KindWords };
  readonly keep: string;
  readonly pin: string;
  readonly sameAgain: string;
  readonly oneCard: string;
  readonly again: string;
  readonly balance: string;
  readonly thanks: string;
  readonly cancelled: string;
  readonly undecided: string;
  readonly money: (yuan: string) => string;
}

/** What a display of twenty columns says; a Chinese character takes two. */
export const DISPLAY_WORDS: { readonly [L in 'zh' | 'en']: DisplayWords } = {
  zh: {
    welcome: ['欢迎光临', '江都购物卡'],
    kinds: {
      purchase: { asked: '应付', done: '已付', notDone: '未付款', present: '请刷卡', nothing: '没有扣款' },
      load: { asked: '圈存', done: '已圈存', notDone: '未圈存', present: '请放好卡片', nothing: '没有圈存' },
      balance: { asked: '查询余额', done: '余额', notDone: '没有余额', present: '请刷卡', nothing: '没有扣款' },
    },
    keep: '请勿移开卡片',
    pin: '请输入密码',
    sameAgain: '请同一张卡再刷一次',
    oneCard: '请只用一张卡',
    again: '请再刷一次',
    balance: '余额',
    thanks: '谢谢惠顾',
    cancelled: '已取消',
    undecided: '结果待定',
    money: (yuan) => `${yuan} 元`,
  },
  en: {
    welcome: ['Welcome', 'Jiangdu card'],
    kinds: {
      purchase: {
        asked: 'Total',
        done: 'Paid',
        notDone: 'Not paid',
        present: 'Please tap your card',
        nothing: 'Nothing was charged',
      },
      load: {
        asked: 'Load',
        done: 'Loaded',
        notDone: 'Not loaded',
        present: 'Lay your card there',
        nothing: 'Nothing was loaded',
      },
      balance: {
        asked: 'Balance',
        done: 'Balance',
        notDone: 'No balance',
        present: 'Please tap your card',
        nothing: 'Nothing was charged',
      },
    },
    keep: 'Keep the card there',
    pin: 'Please enter the PIN',
    sameAgain: 'Same card once more',
    oneCard: 'One card only please',
    again: 'Tap once more please',
    balance: 'Balance',
    thanks: 'Thank you',
    cancelled: 'Cancelled',
    undecided: 'Not decided yet',
    money: (yuan) => `CNY ${yuan}`,
  },
};
