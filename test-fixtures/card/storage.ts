import type { StoredCard } from './state.ts';

/** What a card keeps without power. */
export interface Memory<T> {
  /** Undefined when the card is as its issuer made it. */
  load(): T | undefined;
  /** When this returns, the card is changed for good: all of it, or, when the process dies within, nothing of it. */
  save(kept: T): void;
  /** Back to how its issuer made it. */
  clear(): void;
}

/** A chip's memory. */
export type CardStorage = Memory<StoredCard>;

/** Memory that lives as long as this process. */
export function memoryStorage<T = StoredCard>(): Memory<T> {
  let kept: T | undefined;
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
