import type { Reason, Sentence } from './reason.ts';

/** What the cashier is told where a card was only asked for its balance, and the word about a purchase does not fit. */
export const BALANCE_SENTENCES: { readonly [R in Reason]?: Sentence } = {
  'no-balance': { zh: '此卡不提供余额。', en: 'This card shows no balance.' },
  'no-common-application': { zh: '不是本系统受理的卡。', en: 'This kind of card is not accepted here.' },
  'application-blocked': {
    zh: '卡片应用已锁定。请顾客联系发卡中心。',
    en: 'The card’s application is blocked. Ask the customer to contact the card centre.',
  },
  'card-blocked': {
    zh: '卡片已锁定。请顾客联系发卡中心。',
    en: 'The card is blocked. Ask the customer to contact the card centre.',
  },
  'card-error': {
    zh: '卡片应答异常。请重新查询。',
    en: 'The card gave an answer that makes no sense. Ask again.',
  },
  'use-contact': { zh: '请重新查询，并将卡插入卡槽。', en: 'Ask again, and insert the card.' },
  'storage-unavailable': {
    zh: '终端存储已满或故障。请通知管理员。',
    en: 'The terminal cannot store anything. Tell the administrator.',
  },
  cancelled: { zh: '已取消查询。', en: 'The inquiry was cancelled.' },
  timeout: { zh: '等待卡片超时，已取消查询。', en: 'No card came in time.' },
  'not-answered': {
    zh: '没有及时选择应用，已取消查询。',
    en: 'Nobody chose in time. The inquiry was cancelled.',
  },
  restarted: {
    zh: '终端在查询过程中重新启动。请重新查询。',
    en: 'The terminal restarted during the inquiry. Ask again.',
  },
  'internal-error': {
    zh: '终端内部错误。请重新查询；如再次出现，请通知管理员。',
    en: 'The terminal failed. Ask again; if it happens again, tell the administrator.',
  },
  'card-in-use': {
    zh: '读卡器正被其他程序占用。请关闭占用读卡器的程序，再重新出示卡片。',
    en: 'Another program is using the reader. Close that program, then present the card again.',
  },
  transmission: {
    zh: '读卡中断。请重新出示卡片，请勿立即移开。',
    en: 'The card could not be read to the end. Present it again and hold it still.',
  },
};
