import { readJson } from '../database/json.ts';

/** Whole numbers from `first` to `last`, both included. */
export type Range = readonly [first: number, last: number];

/** Rising numbers as the ranges that they make up. */
export function rangesOf(numbers: Iterable<number>): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** Ranges as a row keeps them; none when another hand has made them something else (its tag tells). */
export function parseRanges(text: string): readonly Range[] {
  const value = readJson<unknown>(text, []);
  const isRange = (item: unknown): item is Range =>
    Array.isArray(item) && item.length === 2 && item.every((end) => Number.isSafeInteger(end));
  return Array.isArray(value) && value.every(isRange) ? value : [];
}
