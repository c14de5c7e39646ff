export { allRecords, withQueue } from './books.ts';
export { type CardState, hasPaid } from './compare.ts';
