import type { LoadReason, Reason, Sentence } from './reason.ts';

/** About a purchase, and about anything else that has no word of its own. */
export const SENTENCES: { readonly [R in Exclude<Reason, LoadReason>]: Sentence } = {
  hotlisted: {
    zh: '此卡已挂失或停用，未扣款。请勿收卡，请顾客联系发卡中心。',
    en: 'This card is reported lost or blocked. Nothing was charged. Ask the customer to contact the card centre.',
  },
  expired: {
    zh: '此卡已过有效期，未扣款。请顾客到发卡中心换卡。',
    en: 'This card has expired. Nothing was charged. The customer can have it replaced at the card centre.',
  },
  'insufficient-funds': {
    zh: '卡内余额不足，未扣款。请改用其他卡或其他方式付款。',
    en: 'There is not enough money on the card. Nothing was charged. Take another card or another way to pay.',
  },
  'card-declined': {
    zh: '卡片拒绝了本次交易，未扣款。请改用其他卡或其他方式付款。',
    en: 'The card refused. Nothing was charged. Take another card or another way to pay.',
  },
  'host-declined': {
    zh: '中心拒绝了本次交易，未扣款。请改用其他卡或其他方式付款。',
    en: 'The centre refused. Nothing was charged. Take another card or another way to pay.',
  },
  debt: {
    zh: '此卡尚有欠款未清，未扣款。请顾客到发卡中心结清，或改用其他方式付款。',
    en: 'The card still owes for an earlier payment. Nothing was charged. The customer can settle it at the card centre, or pays another way.',
  },
  'host-unreachable': {
    zh: '本次交易需要联机，但中心没有应答，未扣款。请稍后再试，或改用其他方式付款。',
    en: 'This payment needs the centre, which did not answer. Nothing was charged. Try again later or pay another way.',
  },
  'offline-limit': {
    zh: '金额超过当前脱机限额，未扣款。请待网络恢复后再试，或改用其他方式付款。',
    en: 'The amount is above what can be approved without the centre now. Nothing was charged. Try when the network is back.',
  },
  'card-offline-limit': {
    zh: '断网期间此卡今日在本机已达脱机限额，未扣款。请待网络恢复后再试，或改用其他方式付款。',
    en: 'This card has paid here without the centre as much as it may for now. Nothing was charged. Try when the network is back, or pay another way.',
  },
  'card-too-soon': {
    zh: '此卡刚在本机付过款，间隔太短，未扣款。如确需再付，请稍后重新发起收款。',
    en: 'This card has paid here a moment ago. Nothing was charged. If it is to pay again, start the payment again a little later.',
  },
  'card-day-limit': {
    zh: '此卡今日在本机的脱机消费已达上限，今日内不再脱机受理，未扣款。请改用其他方式付款。',
    en: 'This card has reached what it may pay here in a day without the centre, and is not taken so again today. Nothing was charged. Pay another way.',
  },
  'terminal-day-limit': {
    zh: '本机今日的脱机交易已达上限，今日内只能联机受理，未扣款。请待网络恢复后再试，并通知管理员。',
    en: 'This terminal has reached what it may take in a day without the centre, and takes payments with it alone today. Nothing was charged. Try when the network is back and tell the administrator.',
  },
  'transaction-limit': {
    zh: '金额超过单笔限额，未扣款。请改用其他方式付款。',
    en: 'The amount is above the limit for one tap. Nothing was charged. Pay another way.',
  },
  'online-pin-required': {
    zh: '此卡需要输入密码，当前无法核对，未扣款。请改用其他方式付款。',
    en: 'This card asks for a PIN, which cannot be checked now. Nothing was charged. Pay another way.',
  },
  'pin-wrong': {
    zh: '密码错误，未扣款。请重新发起收款。',
    en: 'The PIN is wrong. Nothing was charged. Start the payment again.',
  },
  'pin-not-entered': {
    zh: '没有输入密码，未扣款。请重新发起收款。',
    en: 'No PIN was entered. Nothing was charged. Start the payment again.',
  },
  'pin-tries-exceeded': {
    zh: '密码错误次数过多，卡片密码已锁，未扣款。请顾客联系发卡中心。',
    en: 'The PIN was wrong too often and is locked. Nothing was charged. Ask the customer to contact the card centre.',
  },
  'document-mismatch': {
    zh: '证件与卡片登记的不符，未扣款。请改用其他方式付款。',
    en: 'The document is not the one that the card names. Nothing was charged. Pay another way.',
  },
  'no-common-application': {
    zh: '不是本系统受理的卡，未扣款。请改用其他卡。',
    en: 'This kind of card is not accepted here. Nothing was charged. Take another card.',
  },
  'application-blocked': {
    zh: '卡片应用已锁定，未扣款。请顾客联系发卡中心。',
    en: 'The card’s application is blocked. Nothing was charged. Ask the customer to contact the card centre.',
  },
  'card-blocked': {
    zh: '卡片已锁定，未扣款。请顾客联系发卡中心。',
    en: 'The card is blocked. Nothing was charged. Ask the customer to contact the card centre.',
  },
  'unknown-ca-key': {
    zh: '无法验证此卡的真伪（缺少密钥），未扣款。请改用其他卡，并通知管理员。',
    en: 'The card cannot be verified here (its key is not known). Nothing was charged. Take another card and tell the administrator.',
  },
  'not-genuine': {
    zh: '此卡未通过真伪验证，未扣款。请勿受理此卡。',
    en: 'The card did not prove to be genuine. Nothing was charged. Do not accept it.',
  },
  'card-error': {
    zh: '卡片应答异常，未扣款。请重新发起收款再试，或改用其他卡。',
    en: 'The card gave an answer that makes no sense. Nothing was charged. Start again or take another card.',
  },
  'use-contact': {
    zh: '此卡本次不能挥卡支付，未扣款。请插卡或改用其他方式付款。',
    en: 'This card cannot be paid with by tapping. Nothing was charged. Insert it or pay another way.',
  },
  'storage-unavailable': {
    zh: '终端存储已满或故障，未扣款。请通知管理员。',
    en: 'The terminal cannot store payments. Nothing was charged. Tell the administrator.',
  },
  'not-yet-valid': {
    zh: '此卡尚未到启用日期，未扣款。请改用其他卡。',
    en: 'This card is not valid yet. Nothing was charged. Take another card.',
  },
  'key-not-supported': {
    zh: '本终端没有与此卡对应的密钥，未扣款。请改用其他卡，并通知管理员。',
    en: 'This terminal has no key that goes with the card’s. Nothing was charged. Take another card and tell the administrator.',
  },
  'sam-unavailable': {
    zh: '终端的 PSAM 卡没有应答，未扣款。请改用其他卡，并通知管理员。',
    en: 'The terminal’s PSAM does not answer. Nothing was charged. Take another card and tell the administrator.',
  },
  'sam-locked': {
    zh: '终端的 PSAM 卡已锁定，不能受理电子钱包，未扣款。请改用其他卡，并通知管理员。',
    en: 'The terminal’s PSAM is locked and takes no purse. Nothing was charged. Take another card and tell the administrator.',
  },
  cancelled: { zh: '已取消，未扣款。', en: 'Cancelled. Nothing was charged.' },
  timeout: {
    zh: '等待刷卡超时，已取消，未扣款。',
    en: 'No card came in time. Cancelled, nothing was charged.',
  },
  'pin-cancelled': {
    zh: '顾客取消了密码输入，未扣款。',
    en: 'The customer cancelled at the PIN. Nothing was charged.',
  },
  'pin-timed-out': {
    zh: '密码输入超时，未扣款。请重新发起收款。',
    en: 'The PIN was not entered in time. Nothing was charged. Start the payment again.',
  },
  'not-answered': {
    zh: '没有及时选择或确认，已取消，未扣款。请重新发起收款。',
    en: 'Nobody chose or confirmed in time. Cancelled, nothing was charged. Start the payment again.',
  },
  restarted: {
    zh: '终端在收款过程中重新启动，本次未扣款。请重新发起收款。',
    en: 'The terminal restarted during the payment. Nothing was charged. Start the payment again.',
  },
  'internal-error': {
    zh: '终端内部错误，本次未扣款。请重新发起收款；如再次出现，请通知管理员。',
    en: 'The terminal failed. Nothing was charged. Start the payment again; if it happens again, tell the administrator.',
  },
  transmission: {
    zh: '读卡中断，未扣款。请重新刷卡，刷卡后请勿立即移开。',
    en: 'The card could not be read to the end. Nothing was charged. Present it again and hold it still.',
  },
  'several-cards': {
    zh: '检测到多张卡。请只用一张卡重新刷卡。',
    en: 'There is more than one card. Present a single one again.',
  },
  'card-in-use': {
    zh: '读卡器正被其他程序占用，未扣款。请关闭占用读卡器的程序，再重新刷卡。',
    en: 'Another program is using the reader. Nothing was charged. Close that program, then present the card again.',
  },
  torn: {
    zh: '卡片移开过早，可能已扣款。请把同一张卡再刷一次，不会重复扣款。',
    en: 'The card left too early and may have paid. Present the same card again; it is not charged twice.',
  },
  'other-card': {
    zh: '这不是刚才那张卡。请刷刚才的同一张卡，不会重复扣款。',
    en: 'This is another card. Present the same card again as before; it is not charged twice.',
  },
  'card-moved-on': {
    zh: '卡片此后做过其他交易，本机无法判断是否已扣款，由中心核定。请勿再次扣款，请凭小票处理。',
    en: 'The card was used elsewhere since, so it cannot be told here whether it paid; the centre decides. Do not charge it again for this.',
  },
  'no-evidence': {
    zh: '卡片不提供余额，本机无法判断是否已扣款，由中心核定。请勿再次扣款，请凭小票处理。',
    en: 'The card does not show its balance, so it cannot be told here whether it paid; the centre decides. Do not charge it again for this.',
  },
  'found-not-debited': {
    zh: '经核实，该卡当时未扣款。',
    en: 'It turned out that the card had not been charged.',
  },
  'no-balance': { zh: '此卡不提供余额。', en: 'This card shows no balance.' },
};

export const DEBITED_THOUGH_DECLINED: Sentence = {
  zh: '卡内已扣款，但本次支付不成立，请勿交付商品。中心核实后会将款项退回持卡人账户。',
  en: 'The card was charged but the payment does not hold: do not hand over the goods. The centre checks it and gives the money back.',
};

export const UNDECIDED: Sentence = {
  zh: '是否已扣款尚不确定。该卡下次刷卡时会核实，否则由中心核定；如已扣款将退回。本次支付不成立。',
  en: 'It is not known whether the card paid. This is settled when the card comes by again, or by the centre; what was taken is given back. This payment does not hold.',
};
