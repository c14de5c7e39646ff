import { type CpmApplication, codeFamily } from '../emv/qr/index.ts';
import { toHex } from '../emv/values/index.ts';
import { present } from './present.ts';

/** One application that a customer's device offers, free of secrets. */
interface OfferedApplication {
  readonly aid: string;
  /** Empty when the code gives none. */
  readonly label: string;
  readonly maskedPan?: string;
  /** The card's last four digits, where the number is a token's. */
  readonly lastFour?: string;
  /** Does it come with a cryptogram? Nobody here can check it. */
  readonly cryptogram: boolean;
}

/** Whose code a customer shows, and what this terminal makes of it. The code itself is money, and is not in it. */
export interface ScannedCode {
  readonly family: ReturnType<typeof codeFamily>['family'];
  /** Whoever takes such a code must ask its host: none can be checked offline. */
  readonly verification: 'online';
  /** No payment is made by code here: the contract with the centre carries none. */
  readonly payable: false;
  /** Why a code is none that is known. */
  readonly why?: string;
  /** Of an EMV code, in the customer's order of preference. */
  readonly applications?: readonly OfferedApplication[];
  /** For the cashier. */
  readonly reasonText: { readonly zh: string; readonly en: string };
}

const NAMES: Readonly<Record<Exclude<ScannedCode['family'], 'unknown'>, { readonly zh: string; readonly en: string }>> =
  {
    'emv-cpm': { zh: 'EMV 付款码', en: 'an EMV payment code' },
    wechat: { zh: '微信付款码', en: 'a WeChat payment code' },
    alipay: { zh: '支付宝付款码', en: 'an Alipay payment code' },
    unionpay: { zh: '银联付款码', en: 'a UnionPay payment code' },
    own: { zh: '本卡的付款码', en: 'a payment code of this card' },
  };

function reasonText(family: ScannedCode['family']): ScannedCode['reasonText'] {
  if (family === 'unknown') {
    return {
      zh: '这不是付款码，没有收款。请顾客刷卡。',
      en: 'That is no payment code. Nothing was charged. Ask the customer for a card.',
    };
  }
  const { zh, en } = NAMES[family];
  return {
    zh: `这是${zh}，本终端不能用付款码收款，没有收款。请顾客刷卡，或改用其他方式付款。`,
    en: `That is ${en}. This terminal takes no payment by code. Nothing was charged. Ask for a card or another way to pay.`,
  };
}

const offered = ({ aid, label, pan, lastFour, chip }: CpmApplication): OfferedApplication =>
  present({ aid: toHex(aid), label, maskedPan: pan?.masked, lastFour, cryptogram: chip !== undefined });

/** Tells a scanned code's family (emv/qr). Never throws; nothing of the code is kept. */
export function scannedCode(text: string): ScannedCode {
  const result = codeFamily(text);
  return present({
    family: result.family,
    verification: result.verification,
    payable: false as const,
    why: result.family === 'unknown' ? result.why : undefined,
    applications: result.family === 'emv-cpm' ? result.applications.map(offered) : undefined,
    reasonText: reasonText(result.family),
  });
}
