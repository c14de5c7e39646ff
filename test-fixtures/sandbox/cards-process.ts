import { randomBytes } from 'node:crypto';
import { afterMs } from '../../drivers/index.ts';
import { quickAcknowledgement, serveField, virtualField } from '../reader/index.ts';
import { type Field, startCardsServer } from '../tray/index.ts';
import type { CardsSettings } from './settings.ts';
import { supervised } from './supervised.ts';

/** The process of the cards: the tray, and whatever carries what the cards say to the agent. */
const cards = supervised<CardsSettings>({ stop: async () => {}, answer: (question) => server.answer(question) });
const { stateDir, reader } = cards.settings;
const server = startCardsServer({ stateDir, random: randomBytes });
if (reader.kind === 'in-process') await serveField(server.field, reader.socketPath);
else await holdToVpcd(server.field, reader.vpcdPort);
cards.ready();

/** Whatever enters the tray's field is laid on the virtual reader, and taken from it when it leaves. */
async function holdToVpcd(field: Field, port: number): Promise<void> {
  const slot = virtualField({ port, after: afterMs, acknowledge: await quickAcknowledgement() });
  field.subscribe((card) => {
    const done = card === undefined ? slot.remove() : slot.place(card);
    done.catch((error: Error) => console.error(`virtual reader: ${error.message}`));
  });
}
