import { connect, type Socket } from 'node:net';
import type { FieldCard } from '../card/field-card.ts';
import { vpcdFrame, vpcdReceiver } from './vpcd-frames.ts';

/** A card on a virtual reader. */
export interface InsertedCard {
  /** Settles when the reader has powered the card for the first time; rejects when the card left before that. */
  readonly powered: Promise<void>;
  /** Settles when the card has left: by `eject`, of its own will, or because the reader went. */
  readonly left: Promise<void>;
  /** Takes the card away at once, in the middle of a command too. */
  eject(): void;
}

/** What a card needs to get to a virtual reader. */
export interface VpcdSlot {
  /** Where vpcd waits for the card of this slot: a TCP port of the loopback interface. */
  readonly port: number;
  /** See quickAcknowledgement. */
  readonly acknowledge?: (socket: Socket) => void;
}

/**
 * Connects a card to a slot of a virtual reader. A slot that has a card already takes the connection and never talks to
 * it. An answer of no bytes cannot be sent (vpcd would go on waiting), so the card is silent then.
 */
export function insertCard({ port, acknowledge = () => {} }: VpcdSlot, card: FieldCard): InsertedCard {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const receive = vpcdReceiver();
  let isPowered = (): void => {};
  const powered = new Promise<void>((resolve, reject) => {
    isPowered = resolve;
    socket.once('close', () => reject(new Error(`the reader on port ${port} did not power the card`)));
  });
  powered.catch(() => {});
  const left = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });

  const answer = (command: Uint8Array): void => {
    const answered = card.transmit(command);
    if (answered === 'gone') socket.destroy();
    else if (answered !== 'silent' && answered.length > 0) socket.write(vpcdFrame(answered));
  };

  socket.on('error', () => {});
  socket.on('data', (piece) => {
    acknowledge(socket);
    for (const message of receive(piece)) {
      // What was on its way to a card that has left does not reach it.
      if (socket.destroyed) return;
      if (message.kind === 'command') answer(message.bytes);
      else if (message.kind === 'send-atr') socket.write(vpcdFrame(card.atr));
      else if (message.kind !== 'power-off') {
        card.power();
        isPowered();
      }
    }
  });
  return { powered, left, eject: () => void socket.destroy() };
}
