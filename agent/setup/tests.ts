/** One thing that was tried, or was not. */
export interface TestResult {
  readonly id: TestId;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; more about one that passed. */
  readonly detail?: string;
  readonly measured?: readonly Measured[];
}

export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'bytes' | 'days';
}

/** In the order of the report. */
export const TESTS = {
  disk: 'Disk: durable writes',
  card: 'Card on the reader',
  pin: 'PIN entry',
  scan: 'Scanner',
  print: 'Test slip',
  display: 'Customer display',
  enrolment: 'Enrolment with the clearing host',
  host: 'Clearing host: answer time',
  service: 'Service starts, and is healthy',
  balance: 'Balance inquiry through the running terminal',
} as const;
export type TestId = keyof typeof TESTS;

/** Why nothing was tried of what is not there. */
export const NONE = 'this terminal has none';

export const passed = (id: TestId, detail?: string, measured?: readonly Measured[]): TestResult => ({
  id,
  outcome: 'passed',
  ...(detail !== undefined && { detail }),
  ...(measured !== undefined && { measured }),
});
export const failed = (id: TestId, detail: string): TestResult => ({ id, outcome: 'failed', detail });
export const skipped = (id: TestId, detail: string): TestResult => ({ id, outcome: 'skipped', detail });

export const ms = (what: string, value: number): Measured => ({ what, value: Math.round(value * 10) / 10, unit: 'ms' });

/** One line for whoever watches. */
export function inWords({ id, outcome, detail, measured = [] }: TestResult): string {
  const figures = measured.map(({ what, value, unit }) => `${what} ${value} ${unit}`);
  const said = [detail, ...figures].filter((part) => part !== undefined && part !== '').join('; ');
  return `${outcome}: ${TESTS[id]}${said === '' ? '' : ` (${said})`}`;
}

/** The value in the middle, and the worst. */
export function spread(what: string, values: readonly number[]): readonly Measured[] {
  const sorted = [...values].sort((a, b) => a - b);
  const [middle, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (middle === undefined || worst === undefined) return [];
  return [ms(`${what}, median of ${values.length}`, middle), ms(`${what}, worst`, worst)];
}
