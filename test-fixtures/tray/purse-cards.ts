import type { TrayPurse } from './tray-card.ts';

/** The purses of the tray, behind the cards. Amounts in fen. The deposit's PIN is 123456. */
export const PURSE_CARDS: readonly TrayPurse[] = [
  {
    id: 'purse',
    title: { zh: '电子钱包', en: 'Electronic purse' },
    story: {
      zh: 'PBOC 2.0 的电子钱包（200.00 元），由终端的 PSAM 卡核验：一拍就付，断网也能付，不用密码。',
      en: 'An electronic purse of PBOC 2.0 (¥200.00), checked by the PSAM in the terminal: a tap pays, with or without the network, and no PIN is asked.',
    },
    serial: '62999900000000000101',
    balance: 20_000,
    account: { balanceMinor: 10_000 },
  },
  {
    id: 'purse-hotlisted',
    title: { zh: '已挂失的钱包', en: 'Purse reported lost' },
    story: {
      zh: '钱包里有 100.00 元，但已挂失：扣款之前就被拒绝。',
      en: '¥100.00 in the purse, but it was reported lost: declined before anything is taken.',
    },
    serial: '62999900000000000102',
    balance: 10_000,
    account: { balanceMinor: 0, hotlisted: true },
  },
  {
    id: 'purse-wrong-mac2',
    title: { zh: '伪造的钱包', en: 'Forged purse' },
    story: {
      zh: '付款后给出的 MAC2 通不过 PSAM 卡的核验。钱包那时已经扣款，终端拒绝，记为“扣款后拒绝”；TAC 是真的，钱由中心退回账户。',
      en: 'The PSAM does not take its MAC2 for genuine. By then the purse has paid: declined after debit; its TAC is genuine, and the centre gives the money back to the account.',
    },
    serial: '62999900000000000103',
    balance: 10_000,
    account: { balanceMinor: 0 },
    quirks: { wrongMac2: true },
  },
  {
    id: 'purse-mute-debit',
    title: { zh: '扣款后乱答的钱包', en: 'Purse that pays and babbles' },
    story: {
      zh: '扣了款却答 6F00，不给 MAC2 和 TAC。终端再向它要交易证明，PSAM 卡核验后照样成功（100.00 元）。',
      en: 'It pays and answers 6F00, without MAC2 and TAC. The terminal asks it to prove the transaction, and the PSAM finds it genuine: approved all the same (¥100.00).',
    },
    serial: '62999900000000000104',
    balance: 10_000,
    account: { balanceMinor: 0 },
    quirks: { debitsAndSays: 0x6f00 },
  },
  {
    id: 'deposit',
    title: { zh: '电子存折', en: 'Electronic deposit' },
    story: {
      zh: '接触式的电子存折（300.00 元）：插卡，输密码 123456，由卡核对后付款。',
      en: 'An electronic deposit over the contacts (¥300.00): insert it and type 123456; the card checks the PIN and pays.',
    },
    kind: 'ed',
    serial: '62999900000000000201',
    balance: 30_000,
    account: { balanceMinor: 0 },
    interface: 'contact',
    quirks: { contacts: true },
  },
];
