import { replayWith, signerWith } from '../card/index.ts';
import { testKey } from '../pki/index.ts';
import { DEBIT_CREDIT_CARDS } from './debit-credit-cards.ts';
import { testPan } from './test-pan.ts';
import type { TrayCard } from './tray-card.ts';

/** A cloner has copied the certificates, and has no key that belongs to them. */
const CLONER = (): ReturnType<typeof signerWith> => signerWith(testKey('cloner-1152'));

/** The tray, in the order in which it is shown. Amounts in fen. Every account has the PIN 123456. */
export const CARDS: readonly TrayCard[] = [
  {
    id: 'rich',
    title: { zh: '余额充足', en: 'Plenty of money' },
    story: {
      zh: '芯片里有 800.00 元，一拍就付，断网也能付。金额达到验密限额或超出芯片余额时，联网从账户（1,000.00 元）扣款；要输密码时输 123456。',
      en: '¥800.00 on the chip: a tap pays at once, with or without the network. From the PIN limit on, or beyond the chip’s balance, it pays online from its account (¥1,000.00); where a PIN is asked, it is 123456.',
    },
    applications: [{ pan: testPan(1), balance: 80_000, account: { balanceMinor: 100_000 } }],
  },
  {
    id: 'poor',
    title: { zh: '余额不足', en: 'Hardly any money' },
    story: {
      zh: '芯片里只有 5.00 元，账户里没有钱。5.00 元以内照付，再多就拒绝，一分钱也不会扣。',
      en: '¥5.00 on the chip and nothing in the account. It pays up to ¥5.00; anything above is declined without a fen taken.',
    },
    applications: [
      {
        pan: testPan(2),
        balance: 500,
        account: { balanceMinor: 0 },
        chain: { ca: 'F1', issuer: 'issuer-1408', card: 'icc-1024' },
      },
    ],
  },
  {
    id: 'over-cvm-limit',
    title: { zh: '每笔都要密码', en: 'Always asks for the PIN' },
    story: {
      zh: '不论金额多少都要输密码 123456，联网从账户（2,000.00 元）扣款，芯片里的 200.00 元不动。断网时拒绝。',
      en: 'Asks for the PIN 123456 at any amount and pays online from its account (¥2,000.00); the ¥200.00 on the chip stay. Declines while the network is down.',
    },
    applications: [{ pan: testPan(3), balance: 20_000, account: { balanceMinor: 200_000 }, risk: { cvmLimit: 0 } }],
  },
  {
    id: 'hotlisted',
    title: { zh: '已挂失', en: 'Reported lost' },
    story: {
      zh: '芯片里有 300.00 元，但卡已挂失：扣款之前就被拒绝。',
      en: '¥300.00 on the chip, but the card was reported lost: declined before anything is taken.',
    },
    applications: [{ pan: testPan(4), balance: 30_000, account: { balanceMinor: 50_000, hotlisted: true } }],
  },
  {
    id: 'expired',
    title: { zh: '已过期', en: 'Expired' },
    story: {
      zh: '芯片里有 300.00 元，有效期到 2023 年 6 月：扣款之前就被拒绝。',
      en: '¥300.00 on the chip, valid until June 2023: declined before anything is taken.',
    },
    applications: [{ pan: testPan(5), balance: 30_000, expiry: '230630', account: { balanceMinor: 50_000 } }],
  },
  {
    id: 'wrong-ca',
    title: { zh: '认证机构不认识', en: 'Unknown certification authority' },
    story: {
      zh: '证书由终端没有公钥的机构签发：扣款之前就被拒绝。',
      en: 'Its certificates name an authority whose key the terminal does not hold: declined before anything is taken.',
    },
    applications: [
      {
        pan: testPan(6),
        balance: 30_000,
        account: { balanceMinor: 0 },
        chain: { ca: 'unknown', issuer: 'issuer-1408', card: 'icc-1152' },
      },
    ],
  },
  {
    id: 'forged-fdda',
    title: { zh: '克隆卡', en: 'Cloned card' },
    story: {
      zh: '证书是抄来的真证书，却没有卡片的私钥，最后的动态签名对不上。芯片那时已经扣款，终端拒绝，记为“扣款后拒绝”，钱由中心退回账户。',
      en: 'Its certificates are true copies, but it has no key to go with them, and its dynamic signature does not verify. By then the chip has paid: declined after debit, and the centre gives the money back to the account.',
    },
    applications: [{ pan: testPan(7), balance: 30_000, account: { balanceMinor: 0 }, forger: CLONER }],
  },
  {
    id: 'foreign-scheme',
    title: { zh: '别家的卡', en: 'Another scheme’s card' },
    story: {
      zh: '卡上没有本终端受理的应用：拒绝。',
      en: 'It has no application that this terminal accepts: declined.',
    },
    applications: [{ pan: '4111111111111111', aid: 'A0000000031010', label: 'FOREIGN CARD', balance: 30_000 }],
  },
  {
    id: 'two-applications',
    title: { zh: '一卡两应用', en: 'Two applications' },
    story: {
      zh: '优先用电子现金应用（150.00 元）；借记应用（20.00 元）排在后面，不会被扣款。',
      en: 'The electronic cash application (¥150.00) comes first and pays; the debit application (¥20.00) stands behind it and is not touched.',
    },
    applications: [
      { pan: testPan(9), label: 'JIANGDU DEBIT', priority: 2, balance: 2_000, account: { balanceMinor: 10_000 } },
      {
        pan: testPan(109),
        aid: 'A000000333010106',
        label: 'JIANGDU CASH',
        priority: 1,
        balance: 15_000,
        account: { balanceMinor: 0 },
      },
    ],
  },
  {
    id: 'fdda-00',
    title: { zh: '老卡', en: 'Old card' },
    story: {
      zh: 'PBOC 2.0 的老卡，密钥短，动态签名是 00 版：照样一拍就付（100.00 元）。',
      en: 'A PBOC 2.0 card with short keys and dynamic signature version 00: a tap pays all the same (¥100.00).',
    },
    applications: [
      {
        pan: testPan(10),
        balance: 10_000,
        account: { balanceMinor: 0 },
        chain: { ca: 'F2', issuer: 'issuer-1152', card: 'icc-1024' },
        fddaVersion: 0,
        applicationVersion: '0020',
      },
    ],
  },
  {
    id: 'cvn17',
    title: { zh: '密文版本 17', en: 'Cryptogram version 17' },
    story: {
      zh: '用精简的密文（版本 17），不随密文报余额：一拍就付（100.00 元）。',
      en: 'Uses the short cryptogram (version 17) and gives no balance with it: a tap pays (¥100.00).',
    },
    applications: [
      {
        pan: testPan(11),
        balance: 10_000,
        account: { balanceMinor: 20_000 },
        cryptogram: { version: 17, withBalance: false },
      },
    ],
  },
  {
    id: 'sm4',
    title: { zh: '国密密文', en: 'SM4 cryptograms' },
    story: {
      zh: '密文用 SM4 算：一拍就付（100.00 元），中心按国密验证。',
      en: 'Makes its cryptograms with SM4: a tap pays (¥100.00), and the centre verifies them so.',
    },
    applications: [
      { pan: testPan(12), balance: 10_000, account: { balanceMinor: 20_000 }, cryptogram: { algorithm: 'sm4' } },
    ],
  },
  {
    id: 'always-declines',
    title: { zh: '卡片总是拒绝', en: 'Always declines' },
    story: {
      zh: '卡自己拒绝每一笔付款，不扣款。',
      en: 'The card itself refuses every payment, and takes nothing.',
    },
    applications: [
      { pan: testPan(13), balance: 30_000, account: { balanceMinor: 50_000 }, risk: { policy: 'decline' } },
    ],
  },
  {
    id: 'no-ppse',
    title: { zh: '没有目录', en: 'No directory' },
    story: {
      zh: '没有 PPSE 目录，终端按 AID 直接选应用：一拍就付（100.00 元）。',
      en: 'It has no PPSE; the terminal selects the application by its AID, and a tap pays (¥100.00).',
    },
    applications: [{ pan: testPan(14), balance: 10_000, account: { balanceMinor: 0 } }],
    chip: { ppse: false },
  },
  {
    id: 'ctq-online',
    title: { zh: '签名不符转联网', en: 'Online when the signature fails' },
    story: {
      zh: '动态签名对不上，但卡要求这时联网核实：联网时中心验证密文后通过，芯片已扣款，账户不再扣；断网时记为“扣款后拒绝”。',
      en: 'Its dynamic signature does not verify, and it asks to go online then: the centre verifies the cryptogram and approves; the chip has paid, the account is not charged as well. With the network down: declined after debit.',
    },
    applications: [
      {
        pan: testPan(15),
        balance: 10_000,
        account: { balanceMinor: 0 },
        forger: replayWith,
        risk: { ctq: 0x2000 },
      },
    ],
  },
  {
    id: 'long-chain',
    title: { zh: '长密钥', en: 'Long keys' },
    story: {
      zh: '证书链全是 1984 位的密钥，记录满 255 字节：一拍就付（100.00 元）。',
      en: 'Keys of 1984 bits all along, records of 255 bytes: a tap pays (¥100.00).',
    },
    applications: [
      {
        pan: testPan(16),
        balance: 10_000,
        account: { balanceMinor: 0 },
        chain: { ca: 'F1', issuer: 'issuer-1984', card: 'icc-1984' },
      },
    ],
  },
  {
    id: 'rogue-ca',
    title: { zh: '伪造证书', en: 'Forged certificates' },
    story: {
      zh: '自称由本系统的机构签发，证书却还原不出来：扣款之前就被拒绝。',
      en: 'It claims to be certified by the scheme’s authority, but its certificates do not verify: declined before anything is taken.',
    },
    applications: [
      {
        pan: testPan(17),
        balance: 30_000,
        account: { balanceMinor: 0 },
        chain: { ca: 'rogue', issuer: 'issuer-1408', card: 'icc-1152' },
      },
    ],
  },
  {
    id: 'hides-balance',
    title: { zh: '不报余额', en: 'Hides its balance' },
    story: {
      zh: '付款前后都不报余额（芯片里有 100.00 元）：一拍就付，小票上没有余额。',
      en: 'Tells its balance neither before nor after (¥100.00 on the chip): a tap pays, and the receipt shows no balance.',
    },
    applications: [
      {
        pan: testPan(18),
        balance: 10_000,
        account: { balanceMinor: 0 },
        showsBalance: false,
        cryptogram: { withBalance: false },
      },
    ],
  },
  {
    id: 'signature',
    title: { zh: '签名卡', en: 'Signature card' },
    story: {
      zh: '每笔都要持卡人签名，不用密码：从芯片付款（100.00 元）。',
      en: 'Wants a signature on every payment and no PIN: pays from the chip (¥100.00).',
    },
    applications: [
      {
        pan: testPan(19),
        balance: 10_000,
        account: { balanceMinor: 0 },
        risk: { cvmLimit: 0, methods: { onlinePin: false, signature: true } },
      },
    ],
  },
  {
    id: 'application-blocked',
    title: { zh: '应用已锁', en: 'Application blocked' },
    story: {
      zh: '发卡方已锁定应用：拒绝，不扣款。',
      en: 'Its issuer has blocked the application: declined, nothing taken.',
    },
    applications: [{ pan: testPan(20), balance: 30_000, account: { balanceMinor: 0 }, blocked: true }],
  },
  {
    id: 'card-blocked',
    title: { zh: '卡片已锁', en: 'Card blocked' },
    story: {
      zh: '发卡方已锁定整张卡：拒绝，不扣款。',
      en: 'Its issuer has blocked the whole card: declined, nothing taken.',
    },
    applications: [{ pan: testPan(21), balance: 30_000, account: { balanceMinor: 0 } }],
    chip: { blocked: true },
  },
  {
    id: 'downgraded',
    title: { zh: '降级的签名', en: 'Downgraded signature' },
    story: {
      zh: '自称 PBOC 3.0，却用 00 版的动态签名（降级攻击的样子）。芯片已扣款，终端拒绝，记为“扣款后拒绝”。',
      en: 'Claims PBOC 3.0 and signs with version 00, as a downgrade attack would. The chip has paid: declined after debit.',
    },
    applications: [{ pan: testPan(22), balance: 30_000, account: { balanceMinor: 0 }, fddaVersion: 0 }],
  },
  {
    id: 'contact-manners',
    title: { zh: '分段应答', en: 'Answers in two steps' },
    story: {
      zh: '像接触式卡那样用 61xx 和 6Cxx 应答，签名在最后一条记录里：照样一拍就付（100.00 元）。',
      en: 'Answers with 61xx and 6Cxx as over the contacts, its signature in the last record: a tap pays all the same (¥100.00).',
    },
    applications: [{ pan: testPan(23), balance: 10_000, account: { balanceMinor: 0 }, longSignatureIn: 'last-record' }],
    chip: { manners: 't0' },
  },
  ...DEBIT_CREDIT_CARDS,
];
