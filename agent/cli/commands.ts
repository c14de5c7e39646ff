import type { Define } from './define.ts';

export interface Entry {
  /** The words that call it. */
  readonly path: string;
  readonly summary: string;
  readonly load: () => Promise<Define>;
}

export const GROUPS: Readonly<Record<string, string>> = {
  readers: 'card readers, as the daemon sees them',
  queue: 'records of this terminal, read from its file: the daemon may run or not',
  batch: 'batches of records',
  decode: 'bytes into words',
};

/** Every command in the order of the help. A command's file is loaded when it is called. */
export const COMMANDS: readonly Entry[] = [
  {
    path: 'run',
    summary: 'run the daemon of this terminal',
    load: async () => (await import('./commands/run.ts')).define,
  },
  {
    path: 'status',
    summary: 'how the terminal stands',
    load: async () => (await import('./commands/status.ts')).define,
  },
  {
    path: 'readers list',
    summary: 'readers and what is on them',
    load: async () => (await import('./commands/readers-list.ts')).define,
  },
  {
    path: 'readers watch',
    summary: 'print each change until Ctrl-C',
    load: async () => (await import('./commands/readers-watch.ts')).define,
  },
  { path: 'pay', summary: 'take a payment', load: async () => (await import('./commands/pay.ts')).define },
  {
    path: 'load',
    summary: 'load a card from its account (圈存)',
    load: async () => (await import('./commands/load.ts')).define,
  },
  {
    path: 'balance',
    summary: 'what a card holds',
    load: async () => (await import('./commands/balance.ts')).define,
  },
  {
    path: 'queue list',
    summary: 'records, newest first',
    load: async () => (await import('./commands/queue-list.ts')).define,
  },
  {
    path: 'queue show',
    summary: 'one record with its place in the chain',
    load: async () => (await import('./commands/queue-show.ts')).define,
  },
  {
    path: 'queue stats',
    summary: 'what waits, and where the chain ends',
    load: async () => (await import('./commands/queue-stats.ts')).define,
  },
  {
    path: 'queue verify',
    summary: 'check every row; name the first bad one',
    load: async () => (await import('./commands/queue-verify.ts')).define,
  },
  {
    path: 'batch list',
    summary: 'batches, oldest first',
    load: async () => (await import('./commands/batch-list.ts')).define,
  },
  {
    path: 'batch show',
    summary: 'one batch with its records',
    load: async () => (await import('./commands/batch-show.ts')).define,
  },
  {
    path: 'batch close',
    summary: 'seal what is open, so that it is uploaded now',
    load: async () => (await import('./commands/batch-close.ts')).define,
  },
  {
    path: 'decode tlv',
    summary: 'data objects (BER-TLV), as from a card',
    load: async () => (await import('./commands/decode-tlv.ts')).define,
  },
  {
    path: 'decode dol',
    summary: 'a data object list, such as a PDOL',
    load: async () => (await import('./commands/decode-dol.ts')).define,
  },
];
