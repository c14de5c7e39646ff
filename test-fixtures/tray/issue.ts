import { hex } from '../../emv/values/index.ts';
import { type CardProfile, chip, type MasterKeys, personalise } from '../card/index.ts';
import { CARDS } from './cards.ts';
import type { TrayCard } from './tray-card.ts';

/** TEST KEYS. The one master key set of the test scheme, for 3DES and SM4 cards alike; cards name it as derivation key 01. */
export const TEST_MASTER_KEYS: MasterKeys & { readonly id: string } = {
  id: 'test-mdk-1',
  index: 1,
  ac: hex('76403420B95BD4B665DCE286947712E8'),
  mac: hex('1ED3E35FE9A7FB456C81BC58F1830512'),
};

/** Every account of the tray has this PIN. */
const TEST_PIN = '123456';

/** The AIDs of the test scheme that cards of the tray carry, in hex. The centre's parameters must name them. */
export const TRAY_AIDS = ['A000000333010101', 'A000000333010106'] as const;

/** What the centre must know of an application that one of its cards carries. */
interface TrayAccount {
  readonly cardId: string;
  /** Digits. */
  readonly pan: string;
  readonly panSequence: number;
  /** YYMMDD. */
  readonly expiry: string;
  readonly masterKeysId: string;
  /** The account at the start, in fen; the chip's own money is not in it. */
  readonly accountBalanceMinor: number;
  readonly chipBalanceMinor: number;
  readonly pin: string;
  readonly hotlisted: boolean;
}

/** The accounts behind the tray, in its order. Cards of another scheme have none. */
export function trayAccounts(): TrayAccount[] {
  return CARDS.flatMap(({ id, applications }) =>
    applications.flatMap(({ account, pan, balance, panSequence = 1, expiry = '491231' }) =>
      account === undefined
        ? []
        : [
            {
              cardId: id,
              pan,
              panSequence,
              expiry,
              masterKeysId: TEST_MASTER_KEYS.id,
              accountBalanceMinor: account.balanceMinor,
              chipBalanceMinor: balance,
              pin: TEST_PIN,
              hotlisted: account.hotlisted ?? false,
            },
          ],
    ),
  );
}

/** Personalises a card of the tray: what its chip is like as it leaves the issuer. */
export function issue({ applications, chip: unusual }: TrayCard): CardProfile {
  return chip(
    applications.map(({ account: _, ...order }) => personalise({ ...order, masterKeys: TEST_MASTER_KEYS })),
    unusual,
  );
}
