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
  sync: 'what passes between terminal and clearing host',
  hotlist: 'cards that are refused, read from the queue’s file: the daemon may run or not',
  config: 'the settings of this terminal',
  keys: 'the keys under which this terminal stores',
  card: 'the card on a reader, or a recorded one',
  decode: 'bytes into words',
};

/** `decode` of one kind of value; one file holds them all. */
const value = (kind: Parameters<typeof import('./commands/decode-value.ts').defineFor>[0], summary: string): Entry => ({
  path: `decode ${kind}`,
  summary,
  load: async () => (await import('./commands/decode-value.ts')).defineFor(kind),
});

/** Every command in the order of the help. A command's file is loaded when it is called. */
export const COMMANDS: readonly Entry[] = [
  {
    path: 'run',
    summary: 'run the daemon of this terminal',
    load: async () => (await import('./commands/run.ts')).define,
  },
  {
    path: 'setup',
    summary: 'make this machine a terminal: devices, enrolment, service, acceptance report',
    load: async () => (await import('./commands/setup.ts')).define,
  },
  {
    path: 'setup verify-report',
    summary: 'is an acceptance report as it was signed?',
    load: async () => (await import('./commands/setup-verify-report.ts')).define,
  },
  {
    path: 'diag',
    summary: 'one archive for whoever helps: logs, traces, state and findings, without secrets',
    load: async () => (await import('./commands/diag.ts')).define,
  },
  {
    path: 'enrol',
    summary: 'take this terminal into the centre, for the first time or anew',
    load: async () => (await import('./commands/enrol.ts')).define,
  },
  {
    path: 'status',
    summary: 'how the terminal stands',
    load: async () => (await import('./commands/status.ts')).define,
  },
  {
    path: 'doctor',
    summary: 'what is wrong with this machine as a terminal, and how to mend it',
    load: async () => (await import('./commands/doctor.ts')).define,
  },
  {
    path: 'config show',
    summary: 'each setting as it holds, and where it comes from',
    load: async () => (await import('./commands/config-show.ts')).define,
  },
  {
    path: 'config check',
    summary: 'all that is wrong with the settings',
    load: async () => (await import('./commands/config-check.ts')).define,
  },
  {
    path: 'config set',
    summary: 'write settings into the file, if all of it is right',
    load: async () => (await import('./commands/config-set.ts')).define,
  },
  {
    path: 'config unset',
    summary: 'take a setting out of the file',
    load: async () => (await import('./commands/config-unset.ts')).define,
  },
  {
    path: 'config reload',
    summary: 'have the daemon read its settings anew',
    load: async () => (await import('./commands/config-reload.ts')).define,
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
    path: 'queue export',
    summary: 'what the centre does not hold, in a signed file for a stick',
    load: async () => (await import('./commands/queue-export.ts')).define,
  },
  {
    path: 'queue import-acknowledgements',
    summary: 'take in what the centre has given for an exported file',
    load: async () => (await import('./commands/queue-import-acknowledgements.ts')).define,
  },
  {
    path: 'queue reset',
    summary: 'take the queue out of service; refused while anything is not acknowledged',
    load: async () => (await import('./commands/queue-reset.ts')).define,
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
    summary: 'seal what is open, so that it is uploaded now; or close the day with the centre',
    load: async () => (await import('./commands/batch-close.ts')).define,
  },
  {
    path: 'sync now',
    summary: 'exchange everything with the clearing host now, and say what came of it',
    load: async () => (await import('./commands/sync-now.ts')).define,
  },
  {
    path: 'hotlist status',
    summary: 'version, size and age of the list',
    load: async () => (await import('./commands/hotlist-status.ts')).define,
  },
  {
    path: 'hotlist check',
    summary: 'is a card listed, and does it owe something?',
    load: async () => (await import('./commands/hotlist-check.ts')).define,
  },
  {
    path: 'batch closes',
    summary: 'closes, and where terminal and centre differ',
    load: async () => (await import('./commands/batch-closes.ts')).define,
  },
  {
    path: 'keys rotate',
    summary: 'seal what is stored under other keys, while payments go on',
    load: async () => (await import('./commands/keys-rotate.ts')).define,
  },
  {
    path: 'card inspect',
    summary: 'what a card on a reader says of itself; it is not made to pay',
    load: async () => (await import('./commands/card-inspect.ts')).define,
  },
  {
    path: 'card replay',
    summary: 'run the kernel against a recorded exchange',
    load: async () => (await import('./commands/card-replay.ts')).define,
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
  {
    path: 'decode code',
    summary: 'a payment code that a customer shows',
    load: async () => (await import('./commands/decode-code.ts')).define,
  },
  value('tvr', 'terminal verification results, 95'),
  value('tsi', 'transaction status information, 9B'),
  value('aip', 'application interchange profile, 82'),
  value('ttq', 'terminal transaction qualifiers, 9F66'),
  value('ctq', 'card transaction qualifiers, 9F6C'),
  value('cvm', 'a CVM list, 8E'),
  value('cvm-results', 'CVM results, 9F34'),
  value('iad', 'issuer application data, 9F10'),
  value('atr', 'an answer to reset, as readers print it'),
  value('sw', 'a status word'),
  value('auc', 'application usage control, 9F07'),
  value('capabilities', 'terminal type 9F35, capabilities 9F33 and 9F40'),
];
