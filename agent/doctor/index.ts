export { GROUPS } from './checks.ts';
export { examine } from './examine.ts';
export type { Finding, Level } from './finding.ts';
export type { Machine, Subject } from './machine.ts';
export { thisMachine } from './this-machine.ts';
