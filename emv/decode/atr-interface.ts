/** Where an interface byte stands. */
export interface InterfaceByteAt {
  readonly letter: 'A' | 'B' | 'C' | 'D';
  /** From 1. */
  readonly group: number;
  /** What the TD before says; undefined in group 1. */
  readonly protocol: number | undefined;
  /** Is this the first group, from 3, of that protocol? */
  readonly first: boolean;
}

/** F, the clock rate conversion, by the high nibble of TA1 (ISO/IEC 7816-3, table 7). */
const CLOCK: ReadonlyMap<number, number> = new Map([
  [0, 372],
  [1, 372],
  [2, 558],
  [3, 744],
  [4, 1116],
  [5, 1488],
  [6, 1860],
  [9, 512],
  [10, 768],
  [11, 1024],
  [12, 1536],
  [13, 2048],
]);
/** D, the baud rate adjustment, by the low nibble (table 8). */
const BAUD: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
  [3, 4],
  [4, 8],
  [5, 16],
  [6, 32],
  [7, 64],
  [8, 12],
  [9, 20],
]);
/** T=15, TA: supply voltage classes by bits 6 to 1, clock stop by bits 8 and 7. */
const CLOCK_STOP = ['not supported', 'state low', 'state high', 'no preference'] as const;

export const protocolName = (protocol: number): string => (protocol === 15 ? 'T=15 (global bytes)' : `T=${protocol}`);

function rates(value: number): string {
  const f = CLOCK.get(value >> 4);
  const d = BAUD.get(value & 0x0f);
  if (f === undefined || d === undefined) return 'transmission rates: RFU';
  return `F = ${f}, D = ${d}: ${Number((f / d).toFixed(2))} clock cycles a bit`;
}

function classes(value: number): string {
  const supply = [
    [0x01, '5 V'],
    [0x02, '3 V'],
    [0x04, '1.8 V'],
  ] as const;
  const named = supply.filter(([bit]) => (value & bit) !== 0).map(([, volts]) => volts);
  return `clock stop ${CLOCK_STOP[value >> 6] ?? ''}; supply ${named.join(', ') || 'RFU'}`;
}

const GLOBAL_1 = {
  A: rates,
  B: () => 'programming voltage: no longer used',
  C: (value: number) => (value === 255 ? 'guard time: the least there is' : `extra guard time: ${value} bits`),
};
const GLOBAL_2 = {
  A: (value: number) =>
    `specific mode: T=${value & 0x0f}${(value & 0x80) !== 0 ? ', cannot be changed' : ''}${(value & 0x10) !== 0 ? ', rates as agreed' : ''}`,
  B: () => 'programming voltage: no longer used',
  C: (value: number) => `T=0: waiting time integer ${value}`,
};
const OF_T1 = {
  A: (value: number) => `T=1: the card takes ${value} bytes at once (IFSC)`,
  B: (value: number) => `T=1: waiting times: block ${value >> 4}, character ${value & 0x0f}`,
  C: (value: number) => `T=1: blocks end with a ${(value & 1) !== 0 ? 'CRC' : 'LRC'}`,
};
const OF_T15 = {
  A: classes,
  B: (value: number) =>
    `use of the contact SPU: ${value === 0 ? 'none' : (value & 0x80) !== 0 ? 'its maker’s' : 'standard'}`,
  C: () => 'RFU',
};

/** What an interface byte says (ISO/IEC 7816-3, §8.3, §10, §11). From group 3 on it depends on the protocol named before. */
export function interfaceByte({ letter, group, protocol, first }: InterfaceByteAt, value: number): string {
  if (letter === 'D') {
    const more = value >> 4 === 0 ? 'nothing follows' : 'more interface bytes follow';
    return `${protocolName(value & 0x0f)}; ${more}`;
  }
  if (group === 1) return GLOBAL_1[letter](value);
  if (group === 2) return GLOBAL_2[letter](value);
  if (protocol === 15) return OF_T15[letter](value);
  if (protocol === 1 && first) return OF_T1[letter](value);
  return `of ${protocolName(protocol ?? 0)}`;
}
