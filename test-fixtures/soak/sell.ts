import { setTimeout as sleep } from 'node:timers/promises';
import { type Behaviour, garbageAt, silentAt, tearAt, withFaults } from '../card/index.ts';
import type { Draw } from '../fuzz/draw.ts';
import { FINAL } from '../scenarios/final-states.ts';
import { MORE_THAN_A_TAP, type Payment } from '../scenarios/sandbox-under-test.ts';
import type { openTray } from '../tray/index.ts';
import type { SoakDevices } from './devices.ts';
import type { Stand } from './stand.ts';
import type { Till } from './till.ts';

/** Who comes by, and how often. Each pays a fen or two, so that what chips hold lasts for a soak. */
const SHOPPERS: readonly { readonly card: string; readonly weight: number }[] = [
  { card: 'rich', weight: 8 },
  { card: 'sm2', weight: 2 },
  { card: 'sm4', weight: 2 },
  { card: 'fdda-00', weight: 2 },
  { card: 'cvn17', weight: 2 },
  { card: 'hides-balance', weight: 1 },
  { card: 'two-applications', weight: 1 },
  // The chip pays, the merchant is refused.
  { card: 'forged-fdda', weight: 1 },
  // From its account, with a PIN.
  { card: 'over-cvm-limit', weight: 2 },
  { card: 'expired', weight: 1 },
  { card: 'ec-contact', weight: 2 },
];
export const SHOPPING_CARDS: readonly string[] = SHOPPERS.map(({ card }) => card);

const MOST_MINOR = 2;
const TEAR_ONE_IN = 8;
const SILENT_ONE_IN = 400;
const UPSET_ONE_IN = 60;
const DEVICE_ONE_IN = 20;
const SCAN_ONE_IN = 10;
const FLIT_ONE_IN = 25;
const CANCEL_ONE_IN = 60;
const CANCEL_WITHIN_MS = 40;
const PIN_PAUSE_MS = 5;
/** Taps for one payment before it must be stuck; those after the first few wait for what the tap before has left behind. */
const MAX_TAPS = 40;
const ROUGH_TAPS = 3;
const CALM_MS = 100;
/** States that say what comes of a tap. */
const TELLING: readonly string[] = [...FINAL, 'card-present', 'present-again', 'awaiting-pin'];

export interface World {
  readonly tray: ReturnType<typeof openTray>;
  readonly stand: Stand;
  readonly till: Till;
  readonly devices: Pick<SoakDevices, 'typePin' | 'scan' | 'upset'>;
  /** A payment that does nothing for so long waits for a card that it has not seen. */
  readonly quietMs: number;
  /** Something was done to the cards, the readers or the devices. */
  readonly happened: (what: string) => void;
}

function shopper(draw: Draw): string {
  let at = draw.below(SHOPPERS.reduce((sum, { weight }) => sum + weight, 0));
  for (const { card, weight } of SHOPPERS) {
    at -= weight;
    if (at < 0) return card;
  }
  throw new RangeError('the weights do not cover their sum');
}

function faultsOf(draw: Draw, happened: World['happened']): Behaviour[] {
  const command = 1 + draw.below(MORE_THAN_A_TAP);
  if (draw.oneIn(SILENT_ONE_IN)) {
    happened('card silent');
    return [silentAt(command)];
  }
  if (!draw.oneIn(TEAR_ONE_IN)) return [];
  happened('card torn');
  if (draw.oneIn(6)) return [garbageAt(command, draw.bytes(draw.below(40)))];
  return [tearAt(command, draw.oneIn(2) ? 'before-card' : 'after-card')];
}

/** One purchase to its end, whatever becomes of cards and readers meanwhile. Throws when it does not end. */
export async function sellOnce(world: World, draw: Draw): Promise<Payment> {
  const card = shopper(draw);
  const { id } = await world.till.pay(1 + draw.below(MOST_MINOR), `soak ${card}`);
  const payment = await tapUntilItEnds(world, id, card, (tap) => tap < ROUGH_TAPS && roughTap(world, id, card, draw));
  world.till.forget(id);
  return payment;
}

/** One purchase without any trouble. */
export async function sellCalmly(world: World, card: string): Promise<Payment> {
  const { id } = await world.till.pay(1, `soak ${card}`);
  const payment = await tapUntilItEnds(world, id, card, () => false);
  world.till.forget(id);
  return payment;
}

async function tapUntilItEnds(
  world: World,
  id: string,
  card: string,
  rough: (tap: number) => Promise<void> | false,
): Promise<Payment> {
  const { stand, till } = world;
  for (let tap = 0; tap < MAX_TAPS; tap++) {
    const since = till.changesOf(id);
    await (rough(tap) || stand.lay(cardOf(world, card)));
    const payment = await whatComesOfIt(world, id, since, tap < ROUGH_TAPS ? 0 : CALM_MS);
    await stand.clear();
    if (payment !== undefined && FINAL.includes(payment.state)) return payment;
  }
  const [payment, { readers }] = await Promise.all([till.payment(id), till.status()]);
  throw new Error(`does not end: ${JSON.stringify(payment)}; the readers: ${JSON.stringify(readers)}`);
}

function cardOf({ tray }: World, id: string) {
  const card = tray.card(id);
  if (card === undefined) throw new Error(`no card ${id}`);
  return card;
}

/** A tap as people and cables make it. */
async function roughTap(world: World, id: string, card: string, draw: Draw): Promise<void> {
  const { stand, till, devices, happened } = world;
  const laid = withFaults(cardOf(world, card), faultsOf(draw, happened));
  if (draw.oneIn(FLIT_ONE_IN)) {
    happened('tap too quick');
    for (let times = 1 + draw.below(3); times > 0; times--) {
      await stand.lay(laid);
      await stand.clear();
    }
  }
  if (draw.oneIn(SCAN_ONE_IN)) devices.scan();
  await stand.lay(laid);
  if (draw.oneIn(DEVICE_ONE_IN)) {
    await sleep(draw.below(CANCEL_WITHIN_MS));
    happened(await devices.upset(draw));
  }
  if (draw.oneIn(UPSET_ONE_IN)) {
    await sleep(draw.below(CANCEL_WITHIN_MS));
    happened(await stand.upset(draw));
  }
  if (draw.oneIn(CANCEL_ONE_IN)) {
    await sleep(draw.below(CANCEL_WITHIN_MS));
    await till.cancel(id);
    happened('payment cancelled');
  }
}

/**
 * The payment once it has ended or wants a card again; undefined when nothing more happens.
 * @param calmMs a card is wanted only if nothing changes for so long: the event may have been the end of the tap before, and a
 *   card that is taken away on it would be torn each time
 */
async function whatComesOfIt(
  { till, devices, quietMs }: World,
  id: string,
  since: number,
  calmMs: number,
): Promise<Payment | undefined> {
  let wanted: Payment | undefined;
  for (let seen = since; ; ) {
    const changed = await till.next(id, seen, TELLING, wanted === undefined ? quietMs : calmMs);
    if (changed === undefined) return wanted;
    const { payment, changes } = changed;
    seen = changes;
    wanted = payment.state === 'present-again' ? payment : undefined;
    if (FINAL.includes(payment.state) || (wanted !== undefined && calmMs === 0)) return payment;
    if (payment.state !== 'awaiting-pin') continue;
    // False when the PIN pad does not wait yet, or waits no longer.
    if (!devices.typePin() && till.changesOf(id) === seen) {
      await sleep(PIN_PAUSE_MS);
      seen -= 1;
    }
  }
}
