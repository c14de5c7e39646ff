import { Pan } from '../pan.ts';

/** The PAN of these digits, for tests. Throws when it is none. */
export function pan(digits: string): Pan {
  const parsed = Pan.parse(digits);
  if (parsed === undefined) throw new RangeError('no PAN');
  return parsed;
}
