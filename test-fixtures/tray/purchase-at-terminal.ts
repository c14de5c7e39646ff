import { verifyCryptogram } from '../../emv/issuer/index.ts';
import {
  type Answer,
  type ChipData,
  type Intent,
  purchase,
  type Recovery,
  type Request,
  recover,
  runStepSync,
  type TransactionInput,
} from '../../emv/kernel/index.ts';
import { type CaPublicKey, caKeysOf } from '../../emv/oda/index.ts';
import { fen, hex, type Pan, Secret } from '../../emv/values/index.ts';
import { type Behaviour, memoryStorage } from '../card/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { TEST_MASTER_KEYS, TRAY_AIDS, trayAccounts } from './issue.ts';
import { openTray } from './tray.ts';

/** At or above it the terminal requires cardholder verification. */
export const CVM_LIMIT = 30_000;

/** A purchase at a terminal of the test scheme: the CVM limit is the offline floor as well. */
export function transaction(
  amount: number,
  onlineCapable: boolean,
  caKeys: readonly CaPublicKey[] = testCaKeys(),
): TransactionInput {
  return {
    amount: fen(amount),
    transactionType: 0x00,
    currencyCode: hex('0156'),
    date: { year: 2025, month: 6, day: 1 },
    time: { hour: 12, minute: 30, second: 0 },
    unpredictableNumber: hex('11223344'),
    transactionCounter: 1,
    terminal: {
      countryCode: hex('0156'),
      terminalType: 0x22,
      capabilities: hex('E0E9C8'),
      data: new Map(),
      onlineCapable,
      onlinePin: true,
      signature: true,
      contactInterface: false,
      statusCheck: false,
      applications: TRAY_AIDS.map((aid) => ({
        aid: hex(aid),
        partialSelection: true,
        version: hex('0030'),
        transactionLimit: fen(500_000),
        cvmLimit: fen(CVM_LIMIT),
        offlineFloorLimit: fen(CVM_LIMIT),
      })),
    },
    caKeys: caKeysOf(caKeys),
  };
}

/** Does the issuer's side take the card's cryptogram for genuine? */
export function genuine(chip: ChipData, pan: Pan, panSequence: number): boolean {
  const algorithm = chip.issuerApplicationData[7] === 0x04 ? 'sm4' : '3des';
  const mdk = TEST_MASTER_KEYS.ac;
  return (
    verifyCryptogram({ mdk, algorithm, pan, panSequence, input: chip, cryptogram: chip.cryptogram }).kind === 'genuine'
  );
}

/**
 * A purchase at the kernel with a card fresh from the tray. The host approves what is genuine. `online`: can it be asked at
 * all? `caKeys`: those of the terminal.
 */
export function buy(
  id: string,
  amount: number,
  {
    online = true,
    faults = [],
    caKeys = testCaKeys(),
  }: { online?: boolean; faults?: readonly Behaviour[]; caKeys?: readonly CaPublicKey[] } = {},
) {
  const tray = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });
  const accounts = trayAccounts();
  const asked: string[] = [];
  const money = (): number =>
    tray
      .chip(id)
      ?.stored()
      .applications.reduce((sum, { balance }) => sum + balance, 0) ?? Number.NaN;
  const before = money();
  let paidBeforeIntent = false;
  let intent: Intent | undefined;
  let exchanges = 0;
  tray.place(id, faults);

  const answer = (request: Request): Answer => {
    if (request.name !== 'exchange') asked.push(request.name);
    switch (request.name) {
      case 'exchange': {
        exchanges += 1;
        const response = tray.field.card()?.transmit(request.command);
        // As the drivers say it: an answer without a status word is a torn card.
        return response instanceof Uint8Array && response.length >= 2
          ? { kind: 'answered', response }
          : { kind: 'torn' };
      }
      case 'confirm-application':
        return { kind: 'cancelled' };
      case 'save-intent':
        paidBeforeIntent ||= money() !== before;
        intent = request.intent;
        return { kind: 'saved' };
      case 'check-exception-file':
        return { listed: accounts.some(({ pan, hotlisted }) => hotlisted && pan === request.pan.reveal()) };
      case 'check-offline-limits':
        return { kind: 'allowed' };
      case 'verify-cardholder':
        return { kind: 'entered', pin: { block: new Secret(new Uint8Array(8)), format: 'iso-0', keyId: 'test' } };
      case 'authorise-online':
        asked.push(request.purpose);
        return genuine(request.chip, request.card.pan, request.card.panSequence)
          ? { kind: 'approved', authorisationId: 'a' }
          : { kind: 'declined', reason: 'host-declined' };
    }
  };
  const input = transaction(amount, online, caKeys);
  const outcome = runStepSync(purchase(input), answer);
  const paid = before - money();
  return {
    outcome,
    paid,
    paidBeforeIntent,
    asked,
    exchanges,
    /** Holds the open intent against a card of the same tray. */
    recoverWith: (card: string): Recovery | undefined => {
      tray.place(card);
      return intent && runStepSync(recover(intent, input), answer);
    },
    paidInAll: () => before - money(),
  };
}
