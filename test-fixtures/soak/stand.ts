import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterMs } from '../../drivers/index.ts';
import type { FieldCard } from '../card/index.ts';
import type { Draw } from '../fuzz/draw.ts';
import { createVirtualPsam } from '../purse/index.ts';
import { TEST_SAM } from '../purse/test-keys.ts';
import { memoryReaders, privatePcscd, quickAcknowledgement, serveReaders, virtualField } from '../reader/index.ts';
import type { SoakReaders } from './terminal-settings.ts';

/** Where cards are laid, and what can be pulled out from under them. */
export interface Stand {
  /** What the terminal is told. */
  readonly readers: SoakReaders;
  /** Lays a card on the reader, or puts it into the slot. */
  lay(card: FieldCard): Promise<void>;
  /** Takes away whatever lies anywhere. */
  clear(): Promise<void>;
  /** Pulls or ends something, and brings it back; cards may lie elsewhere afterwards. Says what it was. */
  upset(draw: Draw): Promise<string>;
  close(): Promise<void>;
}

/** The longest time for which a thing is away. */
const AWAY_MS = 60;
const SAM = 2;

const slotOf = (card: FieldCard): 0 | 1 => (card.interface === 'contact' ? 1 : 0);

/** Readers in this process, lent across a socket: as quick as cards and terminal can be. */
export async function socketStand(dir: string): Promise<Stand> {
  const path = join(dir, 'reader.sock');
  const readers = memoryReaders({
    readers: [
      { name: 'Memory Reader', role: 'contactless' },
      { name: 'Memory Slot', role: 'contact' },
      { name: 'Memory SAM', role: 'sam' },
    ],
  });
  const psam = createVirtualPsam(TEST_SAM);
  await readers.field(SAM).place(psam);
  let server = await serveReaders(readers, { path });

  const pull = async (at: number, awayMs: number): Promise<void> => {
    readers.unplug(at);
    await sleep(awayMs);
    readers.plugIn(at);
    if (at === SAM) await readers.field(SAM).place(psam);
  };
  const restart = async (awayMs: number): Promise<void> => {
    await server.close();
    await sleep(awayMs);
    server = await serveReaders(readers, { path });
  };

  return {
    readers: { kind: 'in-process', socketPath: path },
    lay: (card) => readers.field(slotOf(card)).place(card),
    clear: async () => {
      for (const at of [0, 1]) await readers.field(at).remove();
    },
    async upset(draw) {
      const away = draw.below(AWAY_MS);
      const what = draw.below(4);
      if (what === 3) await restart(away);
      else await pull(what, away);
      return ['the reader pulled', 'the slot pulled', 'the SAM pulled', 'the readers’ process gone'][what] ?? '';
    },
    close: async () => {
      await server.close();
      await readers.close();
    },
  };
}

/** A pcscd of its own with a virtual reader: slower, and real. */
export async function pcscdStand(dir: string): Promise<Stand> {
  const pcscd = await privatePcscd({ dir });
  await pcscd.start();
  const acknowledge = await quickAcknowledgement();
  const fields = pcscd.ports.map((port) => virtualField({ port, after: afterMs, acknowledge }));
  const field = (at: 0 | 1) => {
    const found = fields[at];
    if (found === undefined) throw new Error('the virtual reader has two slots');
    return found;
  };
  return {
    readers: { kind: 'pcsc', pcscdSocket: pcscd.socketPath },
    // A reader that is away just now takes no card; it is laid down again then.
    lay: (card) =>
      field(slotOf(card))
        .place(card)
        .catch(() => undefined),
    clear: async () => {
      for (const at of [0, 1] as const) await field(at).remove();
    },
    async upset(draw) {
      await pcscd.kill();
      await sleep(draw.below(AWAY_MS));
      await pcscd.start();
      return 'pcscd killed';
    },
    close: () => pcscd.stop(),
  };
}

/** What cards draw their own random numbers from. */
export const cardRandom = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
