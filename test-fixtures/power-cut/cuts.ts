import type { Draw } from '../fuzz/draw.ts';
import type { Disk, Image, Loose } from './disk.ts';
import { type Change, sectorsOf } from './file-on-disk.ts';

/** What of the loose things a power cut leaves. */
const CUTS = {
  /** Nothing: the disk had put all of it off. */
  nothing: () => () => false,
  /** Everything, as after a kill. */
  everything: () => () => true,
  /** All but one. */
  'one missing': (loose, draw) => {
    const missing = draw.pick(loose);
    return (one) => one !== missing;
  },
  /** One alone: the latest may have overtaken all others. */
  'one alone': (loose, draw) => {
    const there = draw.pick(loose);
    return (one) => one === there;
  },
  /** Each or not: written in any order, and stopped at any point of it. */
  'any of them': (_, draw) => () => draw.oneIn(2),
  /** Each sector or not. */
  torn: (_, draw) => {
    const arriving = 1 + draw.below(8);
    return (one) => ('kind' in one ? sectorsOf(one).filter(() => draw.below(8) < arriving) : draw.oneIn(2));
  },
} as const satisfies {
  readonly [name: string]: (loose: readonly Loose[], draw: Draw) => (one: Loose) => readonly Change[] | boolean;
};

export type Cut = keyof typeof CUTS;
export const CUT_NAMES = Object.keys(CUTS) as readonly Cut[];

/** The disk after a power cut of this kind, at this moment. */
export function cutPower(disk: Disk, cut: Cut, draw: Draw): Image {
  const loose = disk.loose();
  // With nothing loose every cut leaves the same.
  return disk.image(loose.length === 0 ? () => false : CUTS[cut](loose, draw));
}
