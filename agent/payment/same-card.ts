import type { CardReader } from '../../drivers/index.ts';
import { runStep } from '../../emv/kernel/index.ts';
import type { Pan } from '../../emv/values/index.ts';
import { cardSession } from './card-session.ts';
import type { CardArrival } from './card-watch.ts';
import { tapWorld } from './runner.ts';
import type { Tap } from './tap.ts';
import type { Tools } from './tools.ts';

/**
 * What a second card at hand means. `same`: it is the same chip, which goes on over the interface that it is read at now; `in-slot`: so it is, but
 * the contacts come first. `several`: it is another one, or nobody can tell.
 */
export type Beside = 'same' | 'in-slot' | 'several' | 'torn';

/** The USB device of a port: `1-1.2` of `1-1.2:1.0/1`. */
const deviceOf = ({ port }: Pick<CardReader, 'port'>): string | undefined => port?.replace(/[:/].*$/, '');

/** Two slots of one USB device: a combined reader, which may see one card at its antenna and at its contacts. */
const areOneDevice = (one: Pick<CardReader, 'port'>, other: Pick<CardReader, 'port'>): boolean =>
  one.port !== other.port && deviceOf(one) !== undefined && deviceOf(one) === deviceOf(other);

/**
 * Is the card at the other slot of a combined reader the one that is being read? It is when both show the same PAN, or when the one at
 * the antenna does not answer while the other is in the slot: a chip that is powered over its contacts is off the air. Neither is asked for more than
 * SELECT and READ RECORD.
 */
export async function lookBeside(tap: Tap, others: readonly CardArrival[], tools: Tools): Promise<Beside> {
  const [other] = others;
  const isOneDevice = other !== undefined && areOneDevice(tap.reader, other.reader);
  if (!isOneDevice || others.length > 1 || tap.reader.role === other.reader.role) return 'several';
  const here = await identified(tap, tools);
  if (here === 'torn') return 'torn';
  const there = await panOf(other, tap, tools);
  const isInSlot = other.reader.role === 'contact';
  if (there === 'torn') return isInSlot ? 'several' : 'same';
  if (here === undefined || there === undefined || !here.equals(there)) return 'several';
  return isInSlot ? 'in-slot' : 'same';
}

/** `torn` also when it does not answer at all. */
async function panOf({ reader, presence }: CardArrival, tap: Tap, tools: Tools): Promise<Pan | 'torn' | undefined> {
  const channel = await presence.open();
  if (channel === undefined) return presence.isHeldByAnother ? undefined : 'torn';
  try {
    const session = cardSession(channel, tools.limits, tools.clock.monotonic);
    return await identified({ ...tap, reader, session }, tools);
  } finally {
    await channel.close();
  }
}

function identified(tap: Tap, tools: Tools): Promise<Pan | 'torn' | undefined> {
  const aids = tap.input.terminal.applications.map(({ aid }) => aid);
  return runStep(tools.kernel.identify(aids), tapWorld(tap, tools).handlers);
}
