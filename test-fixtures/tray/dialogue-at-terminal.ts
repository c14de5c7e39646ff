import { issuerAuthenticationData, scriptCommand } from '../../emv/issuer/issuer-response.ts';
import {
  type Answer,
  balanceInquiry,
  type CardInterface,
  type ChipData,
  contactPurchase,
  type Intent,
  load,
  type OnlineAnswer,
  type Outcome,
  purchase,
  type Recovery,
  type Request,
  recover,
  runStepSync,
  type Step,
  type TransactionInput,
} from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { encodeTlv } from '../../emv/tlv/index.ts';
import { amountBytes, concat, fen, hex, type Pan, Secret } from '../../emv/values/index.ts';
import { type Behaviour, memoryStorage } from '../card/index.ts';
import { TEST_MASTER_KEYS } from './issue.ts';
import { genuine, transaction } from './purchase-at-terminal.ts';
import { openTray } from './tray.ts';

/** UnionPay's example action codes of a terminal. */
const ACTION_CODES = { denial: hex('0010000000'), online: hex('D84004F800'), default: hex('D84000A800') };
const LOAD = 0x60;

export interface Circumstances {
  readonly online?: boolean;
  readonly host?: 'approves' | 'declines' | 'silent';
  readonly faults?: readonly Behaviour[];
  /** What the customer types for a PIN that the card verifies. */
  readonly pin?: string;
  /** Of the terminal; those of the test scheme unless said. Without one for SM2 it tells its cards so (DF69 = 00). */
  readonly caKeys?: readonly CaPublicKey[];
  /** DF69 by the installation's own word, hex; as the CA keys have it unless said. */
  readonly smSupport?: '00' | '01';
  /** The cashier wants the host asked. */
  readonly forced?: boolean;
}

/** A transaction at a terminal of full debit/credit. */
export function dialogueTransaction(
  amount: number,
  transactionType: number,
  { online = true, forced = false, caKeys, smSupport }: Circumstances,
): TransactionInput {
  const plain = transaction(amount, online, caKeys);
  const applications = plain.terminal.applications.map((one) => ({
    ...one,
    terminalFloorLimit: fen(30_000),
    debitCredit: { actionCodes: ACTION_CODES, electronicCashLimit: fen(100_000) },
  }));
  const terminal = {
    ...plain.terminal,
    capabilities: hex('E0F9C8'),
    data: new Map([[0x9f40, hex('FF80F0A001')], ...(smSupport ? ([[0xdf69, hex(smSupport)]] as const) : [])]),
    contactlessDebitCredit: true,
    applications,
  };
  const debitCredit = { randomPercent: 99, pinPadding: new Uint8Array(3720).fill(0x5a), forcedOnline: forced };
  return { ...plain, transactionType, terminal, debitCredit };
}

const algorithmOf = ({ issuerApplicationData }: ChipData) => (issuerApplicationData[7] === 0x04 ? 'sm4' : '3des');

/** What the issuer says to a genuine ARQC: its ARPC, and for a load the script that puts the new balance. */
export function issuerAnswer(
  chip: ChipData,
  pan: Pan,
  panSequence: number,
  newBalance: number | undefined,
): OnlineAnswer {
  const context = {
    algorithm: algorithmOf(chip),
    pan,
    panSequence,
    atc: chip.atc,
    cryptogram: chip.cryptogram,
  } as const;
  const authorisationResponseCode = hex('3030');
  const authentication = issuerAuthenticationData({
    ...context,
    mdk: TEST_MASTER_KEYS.ac,
    responseCode: authorisationResponseCode,
  });
  const issuer = { authorisationResponseCode, issuerAuthenticationData: authentication };
  if (newBalance === undefined) return { kind: 'approved', authorisationId: 'A1', issuer };
  const command = scriptCommand({
    ...context,
    mdk: TEST_MASTER_KEYS.mac,
    header: hex('04DA9F79'),
    data: amountBytes(fen(newBalance)),
  });
  const script = encodeTlv(0x72, concat(encodeTlv(0x9f18, hex('00000001')), encodeTlv(0x86, command)));
  return { kind: 'approved', authorisationId: 'A1', issuer: { ...issuer, scripts: [script] } };
}

/** One transaction of full debit/credit with a card fresh from the tray, and a host that knows its issuer's keys. */
function run(id: string, circumstances: Circumstances, step: Step<Outcome>, input: TransactionInput) {
  const { host = 'approves', faults = [], pin = '123456' } = circumstances;
  const tray = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });
  const asked: string[] = [];
  let intent: Intent | undefined;
  let exchanges = 0;
  let paidBeforeIntent = false;
  const money = (): number =>
    tray
      .chip(id)
      ?.stored()
      .applications.reduce((sum, { balance }) => sum + balance, 0) ?? Number.NaN;
  const before = money();
  tray.place(id, faults);

  const authorise = ({ chip, card }: Extract<Request, { name: 'authorise-online' }>): OnlineAnswer => {
    if (host === 'silent') return { kind: 'no-answer' };
    const declined: OnlineAnswer = { kind: 'declined', reason: 'host-declined' };
    if (host === 'declines' || !genuine(chip, card.pan, card.panSequence)) return declined;
    const loads = chip.transactionType[0] === LOAD;
    const newBalance = loads ? (card.balanceBefore ?? 0) + input.amount : undefined;
    return issuerAnswer(chip, card.pan, card.panSequence, newBalance);
  };
  const answer = (request: Request): Answer => {
    if (request.name !== 'exchange') asked.push(request.name);
    switch (request.name) {
      case 'exchange': {
        exchanges += 1;
        const response = tray.field.card()?.transmit(request.command);
        return response instanceof Uint8Array && response.length >= 2
          ? { kind: 'answered', response }
          : { kind: 'torn' };
      }
      case 'confirm-application':
        return { kind: 'confirmed', index: 0 };
      case 'save-intent':
        intent = request.intent;
        paidBeforeIntent ||= money() !== before;
        return { kind: 'saved' };
      case 'check-exception-file':
        return { listed: false };
      case 'check-offline-limits':
        return { kind: 'allowed' };
      case 'verify-cardholder':
        asked.push(request.method);
        if (request.method === 'offline-pin')
          return { kind: 'entered', pin: new Secret(new TextEncoder().encode(pin)) };
        if (request.method === 'id-document') return { kind: 'confirmed' };
        return { kind: 'entered', pin: { block: new Secret(new Uint8Array(8)), format: 'iso-0', keyId: 'test' } };
      case 'authorise-online':
        return authorise(request);
    }
  };
  const outcome = runStepSync(step, answer);
  return {
    outcome,
    asked,
    exchanges,
    paidBeforeIntent,
    /** Fen that have left the chip; negative: it was loaded. */
    paid: before - money(),
    intent,
    /** Holds the open intent against a card of the same tray. */
    recoverWith: (card: string): Recovery | undefined => {
      tray.place(card);
      return intent && runStepSync(recover(intent, input), answer);
    },
    inquire: (cardInterface: CardInterface) => {
      tray.place(id);
      return runStepSync(balanceInquiry(input, cardInterface), answer);
    },
  };
}

export function insertAndBuy(id: string, amount: number, circumstances: Circumstances = {}) {
  const facts = dialogueTransaction(amount, 0x00, circumstances);
  return run(id, circumstances, contactPurchase(facts), facts);
}

export function tapAndBuy(id: string, amount: number, circumstances: Circumstances = {}) {
  const facts = dialogueTransaction(amount, 0x00, circumstances);
  return run(id, circumstances, purchase(facts), facts);
}

export function loadCard(id: string, amount: number, cardInterface: CardInterface, circumstances: Circumstances = {}) {
  const facts = dialogueTransaction(amount, LOAD, circumstances);
  return run(id, circumstances, load(facts, cardInterface), facts);
}
