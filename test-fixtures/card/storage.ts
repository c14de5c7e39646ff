import type { StoredCard } from './state.ts';

/** A chip's memory that keeps without power. */
export interface CardStorage {
  /** Undefined when the card is as its issuer made it. */
  load(): StoredCard | undefined;
  /** When this returns, the card is changed for good: all of it, or, when the process dies within, nothing of it. */
  save(card: StoredCard): void;
  /** Back to how its issuer made it. */
  clear(): void;
}

/** Memory that lives as long as this process. */
export function memoryStorage(): CardStorage {
  let kept: StoredCard | undefined;
  return {
    load: () => kept,
    save: (card) => {
      kept = card;
    },
    clear: () => {
      kept = undefined;
    },
  };
}
