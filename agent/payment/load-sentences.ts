import type { PurchaseReason, Reason, Sentence } from './reason.ts';

/** What the cashier is told about a load, where it is not the word about a purchase. */
export const LOAD_SENTENCES: { readonly [R in Exclude<Reason, 'no-balance' | PurchaseReason>]: Sentence } = {
  hotlisted: {
    zh: '此卡已挂失或停用，未圈存。请勿收卡，请顾客联系发卡中心。',
    en: 'This card is reported lost or blocked. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  expired: {
    zh: '此卡已过有效期，未圈存。请顾客到发卡中心换卡。',
    en: 'This card has expired. Nothing was loaded. The customer can have it replaced at the card centre.',
  },
  'insufficient-funds': {
    zh: '卡片账户余额不足，未圈存。请减少金额重新发起。',
    en: 'There is not enough money in the card’s account. Nothing was loaded. Start again with a smaller amount.',
  },
  'card-declined': {
    zh: '卡片拒绝了圈存，未圈存。请顾客联系发卡中心。',
    en: 'The card refused. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  'host-declined': {
    zh: '中心拒绝了圈存，未圈存。请顾客联系发卡中心。',
    en: 'The centre refused. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  debt: {
    zh: '此卡尚有欠款未清，账户余额不足以结清，未圈存。请顾客联系发卡中心。',
    en: 'The card still owes for an earlier purchase. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  'host-unreachable': {
    zh: '圈存需要联机，但中心没有应答，未圈存。请稍后重新发起。',
    en: 'A load needs the centre, which did not answer. Nothing was loaded. Try again later.',
  },
  'offline-limit': {
    zh: '圈存需要联机，当前无法进行，未圈存。请稍后重新发起。',
    en: 'A load needs the centre, which cannot be asked now. Nothing was loaded. Try again later.',
  },
  'transaction-limit': {
    zh: '金额超过单笔限额，未圈存。请减少金额重新发起。',
    en: 'The amount is above the limit for one load. Nothing was loaded. Start again with a smaller amount.',
  },
  'balance-limit': {
    zh: '圈存后将超过卡内余额上限，未圈存。请减少金额重新发起。',
    en: 'The card would hold more than it may. Nothing was loaded. Start again with a smaller amount.',
  },
  'online-pin-required': {
    zh: '此卡需要输入密码，当前无法核对，未圈存。请顾客到发卡中心圈存。',
    en: 'This card asks for a PIN, which cannot be checked now. Nothing was loaded. The customer can load it at the card centre.',
  },
  'pin-wrong': {
    zh: '密码错误，未圈存。请重新发起圈存。',
    en: 'The PIN is wrong. Nothing was loaded. Start the load again.',
  },
  'pin-not-entered': {
    zh: '没有输入密码，未圈存。请重新发起圈存。',
    en: 'No PIN was entered. Nothing was loaded. Start the load again.',
  },
  'pin-tries-exceeded': {
    zh: '密码错误次数过多，卡片密码已锁，未圈存。请顾客联系发卡中心。',
    en: 'The PIN was wrong too often and is locked. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  'document-mismatch': {
    zh: '证件与卡片登记的不符，未圈存。请顾客联系发卡中心。',
    en: 'The document is not the one that the card names. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  'no-common-application': {
    zh: '此卡不能在这里圈存，未圈存。',
    en: 'This kind of card cannot be loaded here. Nothing was loaded.',
  },
  'application-blocked': {
    zh: '卡片应用已锁定，未圈存。请顾客联系发卡中心。',
    en: 'The card’s application is blocked. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  'card-blocked': {
    zh: '卡片已锁定，未圈存。请顾客联系发卡中心。',
    en: 'The card is blocked. Nothing was loaded. Ask the customer to contact the card centre.',
  },
  'unknown-ca-key': {
    zh: '无法验证此卡的真伪（缺少密钥），未圈存。请通知管理员。',
    en: 'The card cannot be verified here (its key is not known). Nothing was loaded. Tell the administrator.',
  },
  'not-genuine': {
    zh: '此卡未通过真伪验证，未圈存。请勿受理此卡。',
    en: 'The card did not prove to be genuine. Nothing was loaded. Do not accept it.',
  },
  'card-error': {
    zh: '卡片没有完成圈存，未圈存，账户未扣款。请重新发起圈存；仍不成功请顾客联系发卡中心。',
    en: 'The card did not take the load. Nothing was loaded, and its account keeps the money. Start again; if it fails again, the customer can contact the card centre.',
  },
  'use-contact': {
    zh: '此卡不能挥卡圈存，未圈存。请重新发起圈存，并将卡插入卡槽。',
    en: 'This card cannot be loaded by tapping. Nothing was loaded. Start again, and insert the card.',
  },
  'storage-unavailable': {
    zh: '终端存储已满或故障，未圈存。请通知管理员。',
    en: 'The terminal cannot store anything. Nothing was loaded. Tell the administrator.',
  },
  cancelled: { zh: '已取消，未圈存。', en: 'Cancelled. Nothing was loaded.' },
  timeout: { zh: '等待卡片超时，已取消，未圈存。', en: 'No card came in time. Cancelled, nothing was loaded.' },
  'pin-cancelled': {
    zh: '顾客取消了密码输入，未圈存。',
    en: 'The customer cancelled at the PIN. Nothing was loaded.',
  },
  'pin-timed-out': {
    zh: '密码输入超时，未圈存。请重新发起圈存。',
    en: 'The PIN was not entered in time. Nothing was loaded. Start the load again.',
  },
  'not-answered': {
    zh: '没有及时选择或确认，已取消，未圈存。请重新发起圈存。',
    en: 'Nobody chose or confirmed in time. Cancelled, nothing was loaded. Start the load again.',
  },
  restarted: {
    zh: '终端在圈存过程中重新启动，本次未圈存。请重新发起圈存。',
    en: 'The terminal restarted during the load. Nothing was loaded. Start the load again.',
  },
  'internal-error': {
    zh: '终端内部错误，本次未圈存。请重新发起圈存；如再次出现，请通知管理员。',
    en: 'The terminal failed. Nothing was loaded. Start the load again; if it happens again, tell the administrator.',
  },
  transmission: {
    zh: '读卡中断，未圈存。请重新出示卡片，完成前请勿移开。',
    en: 'The card could not be read to the end. Nothing was loaded. Present it again and hold it still.',
  },
  'several-cards': {
    zh: '检测到多张卡。请只出示一张卡。',
    en: 'There is more than one card. Present a single one again.',
  },
  'card-in-use': {
    zh: '读卡器正被其他程序占用，未圈存。请关闭占用读卡器的程序，再重新出示卡片。',
    en: 'Another program is using the reader. Nothing was loaded. Close that program, then present the card again.',
  },
  torn: {
    zh: '卡片移开过早，可能已圈存。请再次出示同一张卡，不会重复圈存。',
    en: 'The card left too early and may have been loaded. Present the same card again; it is not loaded twice.',
  },
  'other-card': {
    zh: '这不是刚才那张卡。请出示刚才的同一张卡，不会重复圈存。',
    en: 'This is another card. Present the same card again as before; it is not loaded twice.',
  },
  'card-moved-on': {
    zh: '卡片此后做过其他交易，本机无法判断是否已圈存，由中心核定。请勿为此再次圈存。',
    en: 'The card was used elsewhere since, so it cannot be told here whether it was loaded; the centre decides. Do not load it again for this.',
  },
  'no-evidence': {
    zh: '卡片不提供余额，本机无法判断是否已圈存，由中心核定。请勿为此再次圈存。',
    en: 'The card does not show its balance, so it cannot be told here whether it was loaded; the centre decides. Do not load it again for this.',
  },
  'not-loaded': {
    zh: '经核实，卡片没有收到圈存，账户未扣款。请重新发起圈存。',
    en: 'The card did not get the load, and its account keeps the money. Start the load again.',
  },
  'found-not-loaded': {
    zh: '经核实，该卡当时没有收到圈存，账户未扣款。',
    en: 'It turned out that the card had not been loaded; its account keeps the money.',
  },
  'found-loaded': {
    zh: '经核实，该卡当时已圈存成功，已从其账户扣款。',
    en: 'It turned out that the card had been loaded, from its account.',
  },
};

export const LOAD_UNDECIDED: Sentence = {
  zh: '是否已圈存尚不确定。该卡下次刷卡时会核实，否则由中心核定；未圈存的款项会回到其账户。请勿为此再次圈存。',
  en: 'It is not known whether the card was loaded. This is settled when the card comes by again, or by the centre; what was not loaded returns to its account. Do not load it again for this.',
};
