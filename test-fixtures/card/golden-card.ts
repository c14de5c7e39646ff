import { hex, toHex } from '../../emv/values/index.ts';
import { type ApplicationOrder, chip, personalise } from './personalise.ts';
import type { CardProfile } from './profile.ts';
import { issuedState } from './state.ts';
import { type CardStorage, memoryStorage } from './storage.ts';
import { createVirtualCard } from './virtual-card.ts';

const MASTER_KEY = hex('0123456789ABCDEFFEDCBA9876543210');

/** The card of the scheme's vectors: its PAN, its keys, ¥50.00, and a 1024-bit key so that its signature stands beside the TC. */
export function goldenApplication(unusual: Partial<ApplicationOrder> = {}) {
  return personalise({
    pan: '6299990000001234567',
    masterKeys: { index: 1, ac: MASTER_KEY, mac: MASTER_KEY },
    balance: 5000,
    chain: { ca: 'F1', issuer: 'issuer-1408', card: 'icc-1024' },
    ...unusual,
  });
}

/** Six transactions old, so that the next one has the ATC of the vectors, 0007. */
function goldenMemory(profile: CardProfile): CardStorage {
  const storage = memoryStorage();
  storage.save({ applications: issuedState(profile).applications.map((issued) => ({ ...issued, atc: 6 })) });
  return storage;
}

/** A card that speaks hex. Its random bytes are always A1B2C3D4 or 0102030405060708. */
export function goldenCard(unusual: Partial<ApplicationOrder> = {}, chipUnusual: Partial<CardProfile> = {}) {
  const profile = chip([goldenApplication(unusual)], chipUnusual);
  const random = (length: number): Uint8Array => hex(length === 4 ? 'A1B2C3D4' : '0102030405060708');
  const card = createVirtualCard({ profile, storage: goldenMemory(profile), random });
  return {
    card,
    says: (command: string): string => toHex(card.transmit(hex(command))),
    memory: () => card.stored().applications[0],
  };
}

/** The commands of a tap on the golden card, in hex: ¥12.50 on 2025-06-01, unpredictable number 11223344. */
export const TAP = {
  ppse: '00A404000E 325041592E5359532E4444463031 00',
  select: '00A4040008 A000000333010101 00',
  gpo: gpo('26000080', '000000001250'),
  last: '00B2013400',
} as const;

/** GPO with the given TTQ and amount, currency and type; the rest as in the vectors. */
export function gpo(ttq: string, amount: string, currency = '0156', type = '00'): string {
  return `80A8000023 8321 ${ttq} ${amount} 000000000000 0156 0000000000 ${currency} 250601 ${type} 11223344 00`;
}
