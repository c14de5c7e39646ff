import { testPan } from './test-pan.ts';
import type { TrayCard } from './tray-card.ts';

/** Over the contacts, T=0 as most such cards, unless said otherwise. */
const CONTACT = { interface: 'contact', pse: true, ppse: false, manners: 't0' } as const;
const CONTACT_T1 = { ...CONTACT, manners: 't1' } as const;

/** Offline PIN enciphered, in the clear, then online: each where the terminal supports it. */
const OFFLINE_PIN_FIRST = '0000000000000000 4403 4103 4203 5E03 1F03';
const PLAIN_PIN_FIRST = '0000000000000000 4103 4203 5E03 1F03';

/** PBOC's identity document, where the terminal supports it; nothing else will do. */
const ID_DOCUMENT = '0000000000000000 2003';
/** The example of GB 11643 (from memory), 11010519491231002X in ASCII: nobody's number. */
const EXAMPLE_DOCUMENT = '313130313035313934393132333130303258';
/** 87, bit 8: the cardholder must confirm it. */
const CONFIRMED = 0x80;

/** Told of every card that only a terminal with contacts can use. */
const NEEDS_CONTACTS = {
  zh: '接触式卡：只做 qPBOC 的终端用不了它，会拒绝，不扣款。',
  en: 'A contact card: a terminal that does qPBOC alone cannot use it and declines it, nothing taken.',
} as const;

/** Cards of full debit/credit. Amounts in fen. */
export const DEBIT_CREDIT_CARDS: readonly TrayCard[] = [
  {
    id: 'debit-contact',
    title: { zh: '接触式借记卡', en: 'Contact debit card' },
    story: {
      zh: `完整借记/贷记流程，联网从账户（1,000.00 元）扣款。${NEEDS_CONTACTS.zh}`,
      en: `Full debit/credit: pays online from its account (¥1,000.00). ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(31),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { records: { '9F14': '03', '9F23': '06' }, data: { '9F52': '6010', '9F58': '03', '9F59': '06' } },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'debit-contactless',
    title: { zh: '非接完整流程', en: 'Full flow, contactless' },
    story: {
      zh: '终端声明支持非接借记/贷记时走完整流程（生成应用密文）；只支持 qPBOC 的终端照样一拍就付，芯片里有 100.00 元。',
      en: 'Goes through the full flow with GENERATE AC where the terminal says that it knows contactless debit/credit; at one that does qPBOC alone a tap pays as ever from the ¥100.00 on the chip.',
    },
    applications: [
      {
        pan: testPan(32),
        balance: 10_000,
        account: { balanceMinor: 50_000 },
        debitCredit: { electronicCash: true, authentication: ['sda', 'dda', 'cda'] },
      },
    ],
  },
  {
    id: 'ec-contact',
    title: { zh: '接触式电子现金', en: 'Contact electronic cash' },
    story: {
      zh: `芯片里有 100.00 元电子现金，可脱机支付，也可联机圈存。${NEEDS_CONTACTS.zh}`,
      en: `¥100.00 of electronic cash on the chip: pays offline, and can be loaded online. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(33),
        label: 'JIANGDU CASH',
        aid: 'A000000333010106',
        balance: 10_000,
        account: { balanceMinor: 50_000 },
        debitCredit: { electronicCash: true, cvmList: '' },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'offline-pin',
    title: { zh: '脱机密码（明文）', en: 'Offline PIN in the clear' },
    story: {
      zh: `密码 123456 由卡自己核对，错三次锁定。${NEEDS_CONTACTS.zh}`,
      en: `The card checks the PIN 123456 itself, and blocks it after three wrong ones. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(34),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { cvmList: PLAIN_PIN_FIRST, pinKey: 'none' },
      },
    ],
    chip: CONTACT_T1,
  },
  {
    id: 'offline-pin-enciphered',
    title: { zh: '脱机密码（密文）', en: 'Offline PIN, enciphered' },
    story: {
      zh: `密码 123456 加密后送卡，由卡自己核对，用一把专门的密钥。${NEEDS_CONTACTS.zh}`,
      en: `The PIN 123456 goes to the card enciphered under a key of its own, and the card checks it. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(35),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { cvmList: OFFLINE_PIN_FIRST, pinKey: 'icc-1024' },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'pin-blocked',
    title: { zh: '脱机密码已锁', en: 'Offline PIN blocked' },
    story: {
      zh: `密码已试错三次，卡不再核对，等发卡方解锁。${NEEDS_CONTACTS.zh}`,
      en: `Its PIN was tried wrong three times: the card checks none until its issuer unblocks it. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(36),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { cvmList: OFFLINE_PIN_FIRST, pinTries: 0, data: { '9F52': '0020' } },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'choose-application',
    title: { zh: '先选应用的卡', en: 'Asks which application' },
    story: {
      zh: `卡上有电子现金（100.00 元）和借记（账户 1,000.00 元）两个应用，要持卡人选定后才能用。${NEEDS_CONTACTS.zh}`,
      en: `Has electronic cash (¥100.00) and a debit application (account ¥1,000.00), and wants the cardholder to choose. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(51),
        label: 'JIANGDU DEBIT',
        priority: CONFIRMED | 2,
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: {},
      },
      {
        pan: testPan(151),
        label: 'JIANGDU CASH',
        aid: 'A000000333010106',
        priority: CONFIRMED | 1,
        balance: 10_000,
        account: { balanceMinor: 0 },
        debitCredit: { electronicCash: true, cvmList: '' },
      },
    ],
    chip: CONTACT_T1,
  },
  {
    id: 'id-document',
    title: { zh: '要看证件的卡', en: 'Asks for a document' },
    story: {
      zh: `收银员要核对持卡人的身份证：相符才从账户（1,000.00 元）扣款，不符就拒绝。${NEEDS_CONTACTS.zh}`,
      en: `The cashier compares the customer’s identity card with it: pays from its account (¥1,000.00) if it is the one, and declines if not. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(52),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { cvmList: ID_DOCUMENT, records: { '9F61': EXAMPLE_DOCUMENT, '9F62': '00' } },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'sda-contact',
    title: { zh: '静态认证卡', en: 'Static authentication alone' },
    story: {
      zh: `只有静态签名（SDA），应答用 80 格式。${NEEDS_CONTACTS.zh}`,
      en: `Has a static signature (SDA) alone, and answers in format 80. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(37),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { authentication: ['sda'], format: 0x80 },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'cda-contact',
    title: { zh: '复合认证卡', en: 'Combined authentication' },
    story: {
      zh: `密文连同动态签名一起给出（CDA），发卡方认证数据随第二次密文送入。${NEEDS_CONTACTS.zh}`,
      en: `Signs its cryptogram (CDA), and takes its issuer’s answer with the second GENERATE AC. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(38),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { authentication: ['dda', 'cda'], issuerAuthentication: 'cdol2' },
      },
    ],
    chip: CONTACT_T1,
  },
  {
    id: 'forged-static',
    title: { zh: '数据被改的接触式卡', en: 'Contact card with changed data' },
    story: {
      zh: `记录和签名对不上：脱机认证失败。${NEEDS_CONTACTS.zh}`,
      en: `Its records are not what was signed: offline data authentication fails. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(39),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        debitCredit: { forgedStaticData: true },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'sm2-contact',
    title: { zh: '国密接触式电子现金', en: 'National algorithms, contact' },
    story: {
      zh: `终端支持国密（DF69=01）时，证书和动态签名用 SM2，密文、发卡方认证和圈存脚本用 SM4；不支持时用 RSA 和 3DES。芯片里有 100.00 元，可脱机支付，也可联机圈存。${NEEDS_CONTACTS.zh}`,
      en: `To a terminal that supports SM (DF69 = 01) it shows SM2 certificates and signs with SM2; cryptograms, issuer authentication and load scripts are SM4. To any other, RSA and 3DES. ¥100.00 on the chip: pays offline, and can be loaded online. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(40),
        label: 'JIANGDU CASH',
        aid: 'A000000333010106',
        balance: 10_000,
        account: { balanceMinor: 50_000 },
        sm: true,
        debitCredit: { electronicCash: true, cvmList: '' },
      },
    ],
    chip: CONTACT,
  },
  {
    id: 'sm2-cda-contact',
    title: { zh: '国密复合认证卡', en: 'National algorithms, combined' },
    story: {
      zh: `终端支持国密时，密文（SM4）连同 SM2 动态签名一起给出（CDA），联网从账户（1,000.00 元）扣款。${NEEDS_CONTACTS.zh}`,
      en: `Where the terminal supports SM, its SM4 cryptogram comes with an SM2 signature (CDA); pays online from its account (¥1,000.00). ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(41),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        sm: true,
        debitCredit: { authentication: ['dda', 'cda'], issuerAuthentication: 'cdol2' },
      },
    ],
    chip: CONTACT_T1,
  },
  {
    id: 'sm2-sda-contact',
    title: { zh: '国密静态认证卡', en: 'National algorithms, static' },
    story: {
      zh: `终端支持国密时，只有 SM2 静态签名（SDA），密文用 SM4，应答用 80 格式。${NEEDS_CONTACTS.zh}`,
      en: `Where the terminal supports SM, it has an SM2 static signature (SDA) alone, and SM4 cryptograms in format 80. ${NEEDS_CONTACTS.en}`,
    },
    applications: [
      {
        pan: testPan(42),
        label: 'JIANGDU DEBIT',
        balance: 0,
        showsBalance: false,
        account: { balanceMinor: 100_000 },
        sm: true,
        debitCredit: { authentication: ['sda'], format: 0x80 },
      },
    ],
    chip: CONTACT,
  },
];
