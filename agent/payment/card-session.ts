import type { CardChannel, ExchangeAnswer } from '../../drivers/index.ts';

/** Bounds of what one tap may take from the reader. */
export interface CardLimits {
  /** A card that is silent for so long after a command has left. */
  readonly exchangeMs: number;
  /** All exchanges of one tap together. */
  readonly tapMs: number;
}

/** The card in the field, with the bounds of one tap. */
export interface CardSession {
  /** `torn` for good once the card has left, fallen silent, or used up its time. */
  exchange(command: Uint8Array): Promise<ExchangeAnswer>;
}

const OUT_OF_TIME: ExchangeAnswer = { kind: 'torn', cause: 'silent' };

/** @param monotonic milliseconds; only the time spent waiting for the card counts, not that of a PIN entry */
export function cardSession(channel: CardChannel, limits: CardLimits, monotonic: () => number): CardSession {
  let leftMs = limits.tapMs;
  let torn: ExchangeAnswer | undefined;
  return {
    async exchange(command) {
      if (torn) return torn;
      if (leftMs <= 0) return OUT_OF_TIME;
      const startedAt = monotonic();
      const answer = await channel.exchange(command, Math.min(limits.exchangeMs, leftMs));
      leftMs -= monotonic() - startedAt;
      if (answer.kind === 'torn') torn = answer;
      return answer;
    },
  };
}
