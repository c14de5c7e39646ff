import { hex, toHex } from '../../../emv/values/index.ts';
import { goldenApplication } from '../golden-card.ts';
import { type ApplicationOrder, chip } from '../personalise.ts';
import type { CardProfile } from '../profile.ts';
import { issuedState, type StoredApplication, type StoredCard } from '../state.ts';
import { type CardStorage, memoryStorage } from '../storage.ts';
import { createVirtualCard, type VirtualCard } from '../virtual-card.ts';
import type { DebitCreditOrder } from './order.ts';
import type { StoredDebitCredit } from './state.ts';

/** What a card remembers. */
export type Remembered = Partial<StoredDebitCredit> & Partial<Pick<StoredApplication, 'atc' | 'pinTries' | 'balance'>>;

/** Beyond full debit/credit itself: what is unusual about the application and the chip, and what it remembers. */
interface DebitCard {
  readonly card: VirtualCard;
  readonly profile: CardProfile;
  readonly storage: CardStorage;
  /** Command and answer in hex. */
  says(command: string): string;
  memory(): StoredApplication & StoredDebitCredit;
}

interface Unusual {
  readonly application?: Partial<ApplicationOrder>;
  readonly chip?: Partial<CardProfile>;
  readonly memory?: Remembered;
}

/**
 * The card of the scheme's vectors (golden-card.ts) over the contacts, answering whole (T=1). Six transactions old, so that the
 * next one has the ATC of the vectors, 0007; last online with the sixth. Its random bytes are always the same.
 */
export function goldenDebitCard(order: DebitCreditOrder = {}, unusual: Unusual = {}): DebitCard {
  const profile = chip([goldenApplication({ debitCredit: order, ...unusual.application })], {
    interface: 'contact',
    manners: 't1',
    ...unusual.chip,
  });
  return debitCardOf(profile, order.newCard === true ? undefined : (unusual.memory ?? {}));
}

/** A card of this profile, fresh from its issuer or with what it remembers. */
export function debitCardOf(profile: CardProfile, memory?: Remembered): DebitCard {
  const storage = memoryStorage();
  if (memory !== undefined) storage.save(remembering(issuedState(profile), memory));
  const random = (length: number): Uint8Array => hex('0102030405060708').subarray(0, length);
  const card = createVirtualCard({ profile, storage, random });
  return {
    card,
    profile,
    storage,
    says: (command: string): string => toHex(card.transmit(hex(command))),
    memory: () => {
      const [stored] = card.stored().applications;
      if (stored?.debitCredit === undefined) throw new Error('no debit/credit');
      return { ...stored, ...stored.debitCredit };
    },
  };
}

function remembering({ applications }: StoredCard, memory: Remembered): StoredCard {
  const { atc = 6, pinTries, balance, ...rest } = memory;
  return {
    applications: applications.map(({ debitCredit, ...issued }) => ({
      ...issued,
      atc,
      pinTries: pinTries ?? issued.pinTries,
      balance: balance ?? issued.balance,
      debitCredit: debitCredit && { ...debitCredit, lastOnlineAtc: atc, ...rest },
    })),
  };
}

/** What the terminal sends beside amount and unpredictable number: 9F03 9F1A 95 5F2A 9A 9C, as in the vectors. */
const TERMINAL = '000000000000 0156 0000000000 0156 250601 00';
/** 9F21 and 9F4E, which the log keeps. */
const FOR_LOG = `123000 ${'4A'.repeat(20)}`;

/** Values of the ordinary CDOL1, 52 bytes: ¥12.50, unpredictable number 11223344. `tvr`: 95. */
const cdol1 = (amount = '000000001250', tvr = '0000000000'): string =>
  `${amount} ${TERMINAL.replace('0000000000 0156 250601', `${tvr} 0156 250601`)} 11223344 ${FOR_LOG}`;

/** GENERATE AC with the ordinary CDOL1. `p1`: 00 AAC, 40 TC, 80 ARQC, +10 CDA. */
export const firstAc = (p1: string, amount?: string, tvr?: string): string => `80AE${p1}0034 ${cdol1(amount, tvr)} 00`;

/** The second, with the ordinary CDOL2: ARC, then as the first. `arc`: 4 digits of hex. */
export const secondAc = (p1: string, arc = '3030', amount?: string): string =>
  `80AE${p1}0036 ${arc} ${cdol1(amount)} 00`;

export const SELECT = '00A4040008 A000000333010101 00';
/** GPO of a card without PDOL. */
export const GPO = '80A8000002 8300 00';
/** GPO of a card with electronic cash over the contacts: 9F7A 9F02 5F2A. */
export const gpoWithCash = (amount: string, indicator = '01', currency = '0156'): string =>
  `80A800000B 8309 ${indicator} ${amount} ${currency} 00`;
