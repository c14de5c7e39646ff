import { purseLoadMac2, verifyPurseLoad, verifyPurseLoadRequest, verifyPursePurchase } from '../../emv/issuer/index.ts';
import {
  decodePurseIntent,
  encodePurseIntent,
  type LoadAnswer,
  type PurseAnswer,
  type PurseApplication,
  type PurseCredit,
  type PurseDebit,
  type PurseIntent,
  type PurseLoadIntent,
  type PurseLoadOutcome,
  type PurseLoadRecovery,
  type PursePurchaseOutcome,
  type PurseRecovery,
  type PurseRequests,
  type PurseStep,
  purseLoad,
  pursePurchase,
  recoverPurseLoad,
  recoverPursePurchase,
  runPurseStepSync,
} from '../../emv/purse/index.ts';
import { type CivilDate, type CivilTime, fen, hex, Secret, toHex } from '../../emv/values/index.ts';
import {
  createVirtualPsam,
  createVirtualPurse,
  type PurseProfile,
  type PurseQuirks,
  personalisePurse,
  type SamProfile,
  type VirtualPsam,
  type VirtualPurse,
} from './index.ts';
import { TEST_PURSE_KEYS, TEST_SAM } from './test-keys.ts';

export const MASTER_KEYS = TEST_PURSE_KEYS;
const NAMES = [hex('315041592E5359532E4444463031'), hex('A00000000386980701')];
const FILE_15 = hex('A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB');
const SAM_PARAMETERS = { application: hex('DF01'), diversifiedByIssuer: false };
const TODAY: CivilDate = { year: 2025, month: 6, day: 1 };
type Answered = PurseRequests['exchange']['answer'];
const LOAD_TERMINAL = hex('0F0E0D0C0B0A');

export const APPLICATION: PurseApplication = {
  purse: 'ep',
  path: NAMES,
  applicationTypes: [0x02],
  purchaseKeyIndex: 1,
  loadKeyIndex: 1,
  proves: 'number-after',
};

/** The nth exchange of a run, of card and PSAM together, from 1: never gets there, or its answer is lost. */
export interface Tear {
  readonly at: number;
  readonly when: 'before' | 'after';
}

export interface WorldOptions {
  readonly balance?: number;
  readonly quirks?: PurseQuirks;
  readonly sam?: Partial<SamProfile>;
  readonly card?: Partial<PurseProfile>;
  readonly pin?: string;
}

/** Bytes that are the same at each run. */
function countedBytes(): (length: number) => Uint8Array {
  let drawn = 0x5eed;
  return (length) =>
    new Uint8Array(length).map(() => {
      drawn = (drawn * 1_103_515_245 + 12_345) % 0x8000_0000;
      return drawn >> 16;
    });
}

const SAM = TEST_SAM;

/** The centre: an account that loads are taken from, and the keys to check what the card said. */
class Centre {
  account = 1_000_000;
  readonly #taken: number[] = [];
  readonly #moments = new Map<number, { readonly date: CivilDate; readonly time: CivilTime }>();

  authorise(load: PurseLoadIntent, time: CivilTime): LoadAnswer {
    const owner = { masterKey: MASTER_KEYS.load, serial: load.card.serial };
    if (verifyPurseLoadRequest(owner, load, load.mac1).kind !== 'genuine') {
      return { kind: 'declined', reason: 'not-genuine' };
    }
    const moment = { date: TODAY, time };
    this.account -= load.amount;
    this.#taken.push(load.amount);
    this.#moments.set(load.onlineSequence, moment);
    const authorisationId = `L${this.#taken.length}`;
    return { kind: 'approved', mac2: purseLoadMac2(owner, load, moment), ...moment, authorisationId };
  }

  /** Gives the last load's money back, once. */
  reverse(): void {
    this.account += this.#taken.pop() ?? 0;
  }

  /** Does the issuer take the purchase's TAC for genuine? */
  genuine(debit: PurseDebit): boolean {
    const owner = { masterKey: MASTER_KEYS.tac, serial: debit.card.serial };
    return verifyPursePurchase(owner, { ...debit, ...debit.sam }, debit.transactionCode ?? hex('')).kind === 'genuine';
  }

  /** And the load's, at the moment that it was granted? */
  genuineLoad(credit: PurseCredit): boolean {
    const moment = this.#moments.get(credit.onlineSequence);
    const owner = { masterKey: MASTER_KEYS.tac, serial: credit.card.serial };
    const facts = moment && { ...credit, ...moment };
    return facts !== undefined && verifyPurseLoad(owner, facts, credit.transactionCode ?? hex('')).kind === 'genuine';
  }
}

/** One card, one PSAM, a terminal that keeps its open intent as its store would, and the centre. */
export class PurseWorld {
  readonly card: VirtualPurse;
  readonly sam: VirtualPsam;
  readonly centre = new Centre();
  /** Every command that was sent, "card" or "sam" before it. */
  readonly exchanges: string[] = [];
  /** The card's balance when the intent was saved. */
  balanceAtIntent: number | undefined;
  /** A second terminal, for what happens to the card elsewhere. */
  readonly #elsewhere = createVirtualPsam({ ...SAM, terminalId: hex('0A0A0A0A0A0A'), sequence: 900 });
  readonly #pin: string;
  #lastTerminalSequence = SAM.sequence;
  #second = 0;
  #open: Uint8Array | undefined;

  constructor({ balance = 5_000, quirks = {}, sam = {}, card = {}, pin = '123456' }: WorldOptions = {}) {
    const profile = personalisePurse({
      names: NAMES,
      file15: FILE_15,
      pin: hex('123456'),
      balance,
      offline: 7,
      online: 3,
      quirks,
      masterKeys: MASTER_KEYS,
    });
    this.card = createVirtualPurse({ ...profile, ...card }, countedBytes());
    this.sam = createVirtualPsam({ ...SAM, ...sam });
    this.#pin = pin;
  }

  get openIntent(): PurseIntent | undefined {
    return this.#open && decodePurseIntent(this.#open);
  }

  close(): void {
    this.#open = undefined;
  }

  /** A purchase at this terminal. What comes of it is the caller's to keep. */
  buy(amount: number, tear?: Tear, application = APPLICATION): PursePurchaseOutcome {
    const sam = { ...SAM_PARAMETERS, lastTerminalSequence: this.#lastTerminalSequence };
    const outcome = this.#run(pursePurchase({ ...this.#sale(amount), application, sam }), this.sam, tear);
    this.#lastTerminalSequence = Math.max(
      this.#lastTerminalSequence,
      sequenceOf(outcome, this.openIntent) ?? this.#lastTerminalSequence,
    );
    this.#closeUnlessOpen(outcome);
    return outcome;
  }

  /** The same card at another terminal, which has no trouble. */
  buyElsewhere(amount: number): PursePurchaseOutcome {
    const kept = this.#open;
    const step = pursePurchase({ ...this.#sale(amount), application: APPLICATION, sam: SAM_PARAMETERS });
    const outcome = this.#run(step, this.#elsewhere);
    this.#open = kept;
    return outcome;
  }

  load(amount: number, tear?: Tear): PurseLoadOutcome {
    const input = { amount: fen(amount), date: TODAY, terminalId: LOAD_TERMINAL, application: APPLICATION };
    const outcome = this.#run(purseLoad(input), this.sam, tear);
    this.#closeUnlessOpen(outcome);
    if (outcome.kind === 'declined' && outcome.authorisationId !== undefined) this.centre.reverse();
    return outcome;
  }

  recover(tear?: Tear): PurseRecovery {
    const intent = this.openIntent;
    if (intent?.path !== 'purse-purchase') throw new RangeError('no open purchase');
    const recovery = this.#run(recoverPursePurchase(intent, APPLICATION), this.sam, tear);
    if (recovery.kind === 'debited' || recovery.kind === 'not-debited') this.close();
    return recovery;
  }

  recoverLoad(tear?: Tear): PurseLoadRecovery {
    const intent = this.openIntent;
    if (intent?.path !== 'purse-load') throw new RangeError('no open load');
    const recovery = this.#run(recoverPurseLoad(intent, APPLICATION), this.sam, tear);
    if (recovery.kind === 'credited' || recovery.kind === 'not-credited') this.close();
    if (recovery.kind === 'not-credited') this.centre.reverse();
    return recovery;
  }

  #sale(amount: number) {
    return { amount: fen(amount), date: TODAY, time: this.#time() };
  }

  #time(): CivilTime {
    this.#second += 1;
    return { hour: 12, minute: Math.floor(this.#second / 60) % 60, second: this.#second % 60 };
  }

  #closeUnlessOpen(outcome: PursePurchaseOutcome | PurseLoadOutcome): void {
    if (outcome.kind !== 'torn' || outcome.at === 'before-intent') this.close();
  }

  #run<T>(step: PurseStep<T>, sam: VirtualPsam, tear?: Tear): T {
    this.card.power();
    const exchange = this.#reader(sam, tear);
    return runPurseStepSync(step, (request): PurseAnswer => {
      switch (request.name) {
        case 'exchange':
          return exchange(request.to, request.command);
        case 'save-intent':
          this.#open = encodePurseIntent(request.intent);
          this.balanceAtIntent = this.card.stored().balance;
          return { kind: 'saved' };
        case 'check-exception-file':
          return { listed: false };
        case 'check-offline-limits':
          return { kind: 'allowed' };
        case 'verify-cardholder':
          return { kind: 'entered', pin: new Secret(new TextEncoder().encode(this.#pin)) };
        case 'authorise-load':
          return this.centre.authorise(request.load, this.#time());
      }
    });
  }

  /** Two slots; whoever leaves has left for the whole run, and loses its power. */
  #reader(psam: VirtualPsam, tear: Tear | undefined): (to: 'card' | 'sam', command: Uint8Array) => Answered {
    const gone = { card: false, sam: false };
    let n = 0;
    return (to, command) => {
      n += 1;
      if (gone[to]) return { kind: 'torn' };
      const device = to === 'card' ? this.card : psam;
      this.exchanges.push(`${to} ${toHex(command)}`);
      if (tear?.at !== n) return { kind: 'answered', response: device.transmit(command) };
      if (tear.when === 'after') device.transmit(command);
      gone[to] = true;
      device.power();
      return { kind: 'torn' };
    };
  }
}

function sequenceOf(outcome: PursePurchaseOutcome, intent: PurseIntent | undefined): number | undefined {
  if (outcome.kind === 'approved') return outcome.debit.sam.terminalSequence;
  if (outcome.kind === 'declined') {
    return outcome.debited === 'chip' ? outcome.debit.sam.terminalSequence : outcome.sam?.terminalSequence;
  }
  return intent?.path === 'purse-purchase' ? intent.sam.terminalSequence : undefined;
}
