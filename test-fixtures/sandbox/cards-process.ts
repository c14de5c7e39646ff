import { randomBytes } from 'node:crypto';
import { afterMs } from '../../drivers/index.ts';
import {
  type CardField,
  fixedCard,
  memoryReaders,
  quickAcknowledgement,
  serveReaders,
  virtualField,
} from '../reader/index.ts';
import { type Field, startCardsServer } from '../tray/index.ts';
import type { CardsSettings } from './settings.ts';
import { supervised } from './supervised.ts';

/** The process of the cards: the tray, and whatever carries what the cards say to the agent. */
const cards = supervised<CardsSettings>({ stop: async () => {}, answer: (question) => server.answer(question) });
const { stateDir, reader } = cards.settings;
const server = startCardsServer({ stateDir, random: randomBytes });
holdTo(await openSlots(), server.field);
cards.ready();

/** Where the tray's cards are laid, and where those are put that have contacts. */
interface Slots {
  readonly contactless: CardField;
  readonly contact: CardField;
}

async function openSlots(): Promise<Slots> {
  if (reader.kind === 'pcsc') {
    const acknowledge = await quickAcknowledgement();
    const [contactless, contact] = reader.vpcdPorts.map((port) => virtualField({ port, after: afterMs, acknowledge }));
    if (contactless === undefined || contact === undefined) throw new Error('the virtual reader has two slots');
    fixedCard({ port: reader.samPort, after: afterMs, acknowledge }, server.psam);
    return { contactless, contact };
  }
  const readers = memoryReaders({
    readers: [
      { name: 'Memory Reader', role: 'contactless' },
      { name: 'Memory Slot', role: 'contact' },
      { name: 'Memory SAM', role: 'sam' },
    ],
  });
  await readers.field(2).place(server.psam);
  await serveReaders(readers, { path: reader.socketPath });
  return { contactless: readers.field(0), contact: readers.field(1) };
}

/** Whatever enters the tray's field is laid on the reader, or put into the slot, and taken from there when it leaves. */
function holdTo(slots: Slots, field: Field): void {
  let slot = slots.contactless;
  field.subscribe((card) => {
    if (card !== undefined) slot = slots[card.interface ?? 'contactless'];
    const done = card === undefined ? slot.remove() : slot.place(card);
    done.catch((error: Error) => console.error(`reader of the sandbox: ${error.message}`));
  });
}
