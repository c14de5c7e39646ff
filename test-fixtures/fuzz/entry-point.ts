import type { Step } from '../../emv/kernel/index.ts';
import { type Played, play } from './play.ts';
import { honestCard, type TapCard, type Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** One way into the kernel: what honest cards say there, how it is run, and what must hold whatever a card says. */
export interface EntryPoint {
  readonly name: string;
  readonly genuine: readonly Transcript[];
  /** An honest card, fresh for one tap; by the place of its transcript in `genuine`. */
  card(nth: number): TapCard;
  /** Runs the step of a transcript (by its place in `genuine`) and judges it. */
  run(
    nth: number,
    card: TapCard,
    world: World,
  ): { readonly played: Played<unknown>; readonly faults: readonly string[] };
}

/**
 * Makes an entry point; the transcripts may carry more than exchanges, which step and judge then see. `card`: the honest card
 * of a transcript, where it is more than the transcript's answers over again.
 */
export function entryPoint<T extends Transcript, R>(parts: {
  readonly name: string;
  readonly genuine: readonly T[];
  readonly card?: (transcript: T) => TapCard;
  readonly step: (transcript: T) => Step<R>;
  readonly judge: (played: Played<R>, transcript: T) => readonly string[];
}): EntryPoint {
  const { name, genuine, step, judge } = parts;
  const recorded = genuine.map(honestCard);
  const transcriptAt = (nth: number): T => {
    const transcript = genuine[nth];
    if (transcript === undefined) throw new RangeError(`${name} has no transcript ${nth}`);
    return transcript;
  };
  return {
    name,
    genuine,
    card: (nth) => parts.card?.(transcriptAt(nth)) ?? recorded[nth]?.() ?? (() => 'torn'),
    run: (nth, card, world) => {
      const transcript = transcriptAt(nth);
      const played = play(step(transcript), card, world);
      return { played, faults: judge(played, transcript) };
    },
  };
}
