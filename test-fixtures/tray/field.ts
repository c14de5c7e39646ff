import { type Behaviour, type FieldCard, withFaults } from '../card/index.ts';

/** The field of the one reader that the tray stands before, as the reader sees it. */
export interface Field {
  /** The card that is there now. It answers `gone` once it has left, for good. */
  card(): FieldCard | undefined;
  /**
   * Calls back with each card that enters, and with undefined when it leaves; a torn card leaves within its last `transmit`.
   * Returns how to stop.
   */
  subscribe(listener: (card: FieldCard | undefined) => void): () => void;
}

/** The field as the hand that holds cards to it sees it. */
export interface OpenField extends Field {
  /** Whose card is there. */
  holder(): string | undefined;
  /** Holds a card to the field, freshly powered, for one tap; what was there leaves first. */
  enter(holder: string, card: FieldCard, faults: readonly Behaviour[]): void;
  leave(): void;
}

export function openField(): OpenField {
  const listeners = new Set<(card: FieldCard | undefined) => void>();
  let now: { readonly holder: string; readonly card: FieldCard } | undefined;

  const become = (next: typeof now): void => {
    now = next;
    for (const listener of [...listeners]) listener(next?.card);
  };
  const leave = (): void => {
    if (now !== undefined) become(undefined);
  };

  return {
    card: () => now?.card,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    holder: () => now?.holder,
    enter: (holder, chip, faults) => {
      leave();
      chip.power();
      const behaving = withFaults(chip, faults);
      const card: FieldCard = {
        ...(chip.interface && { interface: chip.interface }),
        atr: chip.atr,
        power: () => {
          if (now?.card === card) behaving.power();
        },
        transmit: (command) => {
          if (now?.card !== card) return 'gone';
          const answer = behaving.transmit(command);
          if (answer === 'gone') leave();
          return answer;
        },
      };
      become({ holder, card });
    },
    leave,
  };
}
