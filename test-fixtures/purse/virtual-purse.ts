import { concat, equalBytes, hex, readUint, uintBytes } from '../../emv/values/index.ts';
import { type Command, readCommand } from '../card/command.ts';
import type { FieldCard } from '../card/field-card.ts';
import { type Memory, memoryStorage } from '../card/storage.ts';
import { code, loadKey, purchaseKey, tacKey } from './cipher.ts';
import { overContacts } from './over-contacts.ts';
import type { PurseProfile } from './profile.ts';
import type { StoredPurse } from './state.ts';

const LOG_ENTRIES = 10;
const PIN_TRIES = 3;
const ATR = { contactless: hex('3B80800101'), contact: hex('3B600000') } as const;

/** A transaction that the card has begun; lost with the power and with the next command that is not its end. */
interface Begun {
  readonly kind: 'purchase' | 'load';
  readonly amount: Uint8Array;
  readonly terminal: Uint8Array;
  readonly random: Uint8Array;
}

interface Session {
  /** How many of its names are selected. */
  readonly depth: number;
  readonly pin: boolean;
  readonly begun?: Begun;
}

/** An answer; where they change, memory and session. Memory is changed before the answer. */
interface PurseReaction {
  readonly sw: number;
  readonly data?: Uint8Array;
  readonly stored?: StoredPurse;
  readonly session?: Session;
}

interface Moment {
  readonly profile: PurseProfile;
  readonly stored: StoredPurse;
  readonly session: Session;
  readonly random: (length: number) => Uint8Array;
}

type Handler = (command: Command, moment: Moment) => PurseReaction;

const no = (sw: number): PurseReaction => ({ sw });
const typeOf = (kind: Begun['kind'], { kind: purse }: PurseProfile): number =>
  (kind === 'load' ? 0x01 : 0x05) + (purse === 'ep' ? 1 : 0);

/** SELECT of the next name on its path, or of the first one again. */
const select: Handler = ({ data }, { profile, session }) => {
  const { names } = profile;
  const next = [session.depth, 0].find((depth) => names[depth] !== undefined && equalBytes(names[depth], data));
  if (next === undefined) return no(0x6a82);
  const inner = concat(Uint8Array.of(0x84, data.length), data);
  const fci = concat(Uint8Array.of(0x6f, inner.length), inner);
  return { sw: 0x9000, data: fci, session: { depth: next + 1, pin: false } };
};

const readBinary: Handler = ({ p1, p2 }, { profile }) =>
  p1 === 0x95 && p2 === 0 ? { sw: 0x9000, data: profile.file15 } : no(0x6a82);

const readRecord: Handler = ({ p1, p2 }, { profile, stored }) => {
  if (p2 !== 0xc4 || profile.quirks.noLog) return no(0x6a82);
  const record = stored.log[p1 - 1];
  return record === undefined ? no(0x6a83) : { sw: 0x9000, data: record };
};

const getBalance: Handler = ({ p2 }, { profile, stored }) =>
  p2 === purseByte(profile) ? { sw: 0x9000, data: uintBytes(stored.balance, 4) } : no(0x6a86);

const purseByte = ({ kind }: PurseProfile): number => (kind === 'ed' ? 1 : 2);

const verify: Handler = ({ data }, { profile, stored, session }) => {
  if (stored.pinTries === 0) return no(0x6983);
  if (equalBytes(data, profile.pin)) {
    return { sw: 0x9000, stored: { ...stored, pinTries: PIN_TRIES }, session: { ...session, pin: true } };
  }
  const pinTries = stored.pinTries - 1;
  return { sw: 0x63c0 | pinTries, stored: { ...stored, pinTries } };
};

const initialise: Handler = ({ p1, p2, data }, { profile, stored, session, random }) => {
  if (p2 !== purseByte(profile) || p1 > 1) return no(0x6a86);
  if (data.length !== 11) return no(0x6700);
  if (data[0] !== profile.keyIndex) return no(0x9403);
  const kind = p1 === 0 ? 'load' : 'purchase';
  if ((kind === 'load' || profile.kind === 'ed') && !session.pin) return no(0x6982);
  const [amount, terminal] = [data.slice(1, 5), data.slice(5)];
  if (kind === 'purchase' && readUint(amount) > stored.balance) return no(0x9401);
  if (kind === 'load' && stored.balance + readUint(amount) > 0xffffffff) return no(0x9402);
  const drawn = random(4);
  const begun: Begun = { kind, amount, terminal, random: drawn };
  const key = Uint8Array.of(profile.keyVersion, 0);
  const balance = uintBytes(stored.balance, 4);
  if (kind === 'purchase') {
    const answer = concat(balance, uintBytes(stored.offline, 2), new Uint8Array(3), key, drawn);
    return { sw: 0x9000, data: answer, session: { ...session, begun } };
  }
  const sk = loadKey(profile.loadKey, drawn, stored.online);
  const mac1 = code(sk, balance, amount, Uint8Array.of(typeOf('load', profile)), terminal);
  const answer = concat(balance, uintBytes(stored.online, 2), key, drawn, mac1);
  return { sw: 0x9000, data: answer, session: { ...session, begun } };
};

function logged(stored: StoredPurse, number: number, begun: Begun, type: number, moment: Uint8Array) {
  const entry = concat(
    uintBytes(number, 2),
    new Uint8Array(3),
    begun.amount,
    Uint8Array.of(type),
    begun.terminal,
    moment,
  );
  return [entry, ...stored.log].slice(0, LOG_ENTRIES);
}

const debit: Handler = ({ data }, { profile, stored, session }) => {
  const { begun } = session;
  if (begun?.kind !== 'purchase') return no(0x6901);
  if (data.length !== 15) return no(0x6700);
  const [terminal, moment, mac1] = [data.slice(0, 4), data.slice(4, 11), data.slice(11)];
  const type = typeOf('purchase', profile);
  const sk = purchaseKey(profile.purchaseKey, begun.random, stored.offline, terminal);
  const over = { depth: session.depth, pin: session.pin };
  if (!equalBytes(mac1, code(sk, begun.amount, Uint8Array.of(type), begun.terminal, moment))) {
    return { sw: 0x9302, session: over };
  }
  const { quirks } = profile;
  const tac = code(tacKey(profile.tacKey), begun.amount, Uint8Array.of(type), begun.terminal, terminal, moment);
  const genuine = code(sk, begun.amount);
  const mac = quirks.wrongMac2 ? genuine.map((byte) => byte ^ 0xff) : genuine;
  const taken = quirks.keepsBalance ? 0 : readUint(begun.amount) + (quirks.overcharges ?? 0);
  const offline = quirks.stuckNumber ? stored.offline : (stored.offline + 1) & 0xffff;
  const paid: StoredPurse = {
    ...stored,
    balance: Math.max(0, stored.balance - taken),
    offline,
    log: logged(stored, stored.offline, begun, type, moment),
    ...(!(quirks.staleProof && stored.last) && { last: { type, number: (stored.offline + 1) & 0xffff, mac, tac } }),
  };
  const answer = concat(tac, mac, new Uint8Array(8)).slice(0, quirks.debitLength ?? 8);
  if (quirks.debitsAndSays !== undefined) return { sw: quirks.debitsAndSays, stored: paid, session: over };
  return { sw: 0x9000, data: answer, stored: paid, session: over };
};

const credit: Handler = ({ data }, { profile, stored, session }) => {
  const { begun } = session;
  if (begun?.kind !== 'load') return no(0x6901);
  if (data.length !== 11) return no(0x6700);
  const [moment, mac2] = [data.slice(0, 7), data.slice(7)];
  const type = Uint8Array.of(typeOf('load', profile));
  const over = { depth: session.depth, pin: session.pin };
  const sk = loadKey(profile.loadKey, begun.random, stored.online);
  if (!equalBytes(mac2, code(sk, begun.amount, type, begun.terminal, moment))) return { sw: 0x9302, session: over };
  const balance = stored.balance + readUint(begun.amount);
  const number = uintBytes(stored.online, 2);
  const tac = code(tacKey(profile.tacKey), uintBytes(balance, 4), number, begun.amount, type, begun.terminal, moment);
  const next = (stored.online + 1) & 0xffff;
  const taken: StoredPurse = {
    ...stored,
    balance,
    online: next,
    log: logged(stored, stored.online, begun, typeOf('load', profile), moment),
    last: { type: typeOf('load', profile), number: next, mac: new Uint8Array(4), tac },
  };
  return { sw: 0x9000, data: tac, stored: taken, session: over };
};

const prove: Handler = ({ p2, data }, { profile, stored }) => {
  const { last } = stored;
  if (profile.quirks.noProof) return no(0x6d00);
  if (data.length !== 2) return no(0x6700);
  const asked = last !== undefined && last.type === p2 && (profile.quirks.staleProof || last.number === readUint(data));
  return asked ? { sw: 0x9000, data: concat(last.mac, last.tac) } : no(0x9406);
};

const HANDLERS: ReadonlyMap<number, { readonly handler: Handler; readonly outside?: boolean }> = new Map([
  [0x00a4, { handler: select, outside: true }],
  [0x00b0, { handler: readBinary }],
  [0x00b2, { handler: readRecord }],
  [0x0020, { handler: verify }],
  [0x805c, { handler: getBalance }],
  [0x8050, { handler: initialise }],
  [0x8054, { handler: debit }],
  [0x8052, { handler: credit }],
  [0x805a, { handler: prove }],
]);
const ENDS = new Set([0x8054, 0x8052]);
const POWERED_UP: Session = { depth: 0, pin: false };

/** A purse in software: bytes in, bytes out. */
export interface VirtualPurse extends FieldCard {
  /** Answers every command, also nonsense, with at least a status word. */
  transmit(command: Uint8Array): Uint8Array;
  stored(): StoredPurse;
}

/** Makes the card. `random` gives fresh random bytes; without a memory it keeps what it keeps as long as the process lives. */
export function createVirtualPurse(
  profile: PurseProfile,
  random: (length: number) => Uint8Array,
  memory: Memory<StoredPurse> = memoryStorage(),
): VirtualPurse {
  const { balance, offline, online } = profile;
  let stored: StoredPurse = memory.load() ?? { balance, offline, online, pinTries: PIN_TRIES, log: [] };
  let session = POWERED_UP;

  const decide = (command: Command): PurseReaction => {
    const key = (command.cla << 8) | command.ins;
    const known = HANDLERS.get(key);
    if (known === undefined) return no(command.cla === 0x00 || command.cla === 0x80 ? 0x6d00 : 0x6e00);
    if (!known.outside && session.depth < profile.names.length) return no(0x6985);
    const reaction = known.handler(command, { profile, stored, session, random });
    if (ENDS.has(key) || reaction.session) return reaction;
    // Whatever comes between INITIALIZE and its end gives the transaction up.
    return { ...reaction, session: { depth: session.depth, pin: session.pin } };
  };
  const commit = (reaction: PurseReaction): void => {
    if (reaction.stored) memory.save(reaction.stored);
    stored = reaction.stored ?? stored;
    session = reaction.session ?? session;
  };
  const contacts = overContacts(profile.quirks.contacts === true);

  return {
    interface: profile.interface,
    atr: ATR[profile.interface],
    power: () => {
      session = POWERED_UP;
      contacts.reset();
    },
    transmit: (bytes) => {
      const command = readCommand(bytes);
      return command === undefined ? uintBytes(0x6700, 2) : contacts.answer(command, () => decide(command), commit);
    },
    stored: () => stored,
  };
}
