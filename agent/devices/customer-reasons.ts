/**
 * Why it was not paid, for the customer: twenty columns at most in each language. What others who read along need not know
 * (a card on the hotlist, a debt) is not in it; the cashier has been told.
 */
const REASONS: { readonly [reason: string]: { readonly zh: string; readonly en: string } } = {
  'insufficient-funds': { zh: '余额不足', en: 'Not enough money' },
  expired: { zh: '卡已过有效期', en: 'Card has expired' },
  'pin-wrong': { zh: '密码错误', en: 'Wrong PIN' },
  'pin-tries-exceeded': { zh: '密码已锁', en: 'PIN is blocked' },
  'pin-not-entered': { zh: '未输入密码', en: 'PIN not entered' },
  'use-contact': { zh: '请改用插卡', en: 'Use the card slot' },
  'no-common-application': { zh: '不受理此卡', en: 'Card is not taken' },
  'host-unreachable': { zh: '网络不通', en: 'No network now' },
  'offline-limit': { zh: '网络不通', en: 'No network now' },
  'transaction-limit': { zh: '金额超过限额', en: 'Amount is too high' },
};

/** For every reason that is the cashier's to explain. */
const ASK_THE_CASHIER = { zh: '请咨询收银员', en: 'Ask the cashier' };

export const customerReason = (reason: string | undefined): { readonly zh: string; readonly en: string } =>
  (reason !== undefined && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ?? ASK_THE_CASHIER;
