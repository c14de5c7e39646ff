import { randomBytes } from 'node:crypto';
import { afterMs } from '../../drivers/index.ts';
import { type CardField, memoryReaders, quickAcknowledgement, serveReaders, virtualField } from '../reader/index.ts';
import { type Field, startCardsServer } from '../tray/index.ts';
import type { CardsSettings } from './settings.ts';
import { supervised } from './supervised.ts';

/** The process of the cards: the tray, and whatever carries what the cards say to the agent. */
const cards = supervised<CardsSettings>({ stop: async () => {}, answer: (question) => server.answer(question) });
const { stateDir, reader } = cards.settings;
const server = startCardsServer({ stateDir, random: randomBytes });
holdTo(await openSlot(), server.field);
cards.ready();

/** Where the tray's cards are laid. */
async function openSlot(): Promise<CardField> {
  if (reader.kind === 'pcsc') {
    return virtualField({ port: reader.vpcdPort, after: afterMs, acknowledge: await quickAcknowledgement() });
  }
  const readers = memoryReaders();
  await serveReaders(readers, { path: reader.socketPath });
  return readers.field();
}

/** Whatever enters the tray's field is laid on the reader, and taken from it when it leaves. */
function holdTo(slot: CardField, field: Field): void {
  field.subscribe((card) => {
    const done = card === undefined ? slot.remove() : slot.place(card);
    done.catch((error: Error) => console.error(`reader of the sandbox: ${error.message}`));
  });
}
