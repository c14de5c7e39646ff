/** A known application. Which ones a terminal accepts is configuration, never this table. */
export interface AidInfo {
  /** Upper-case hex. */
  readonly aid: string;
  readonly name: string;
}

const AIDS: readonly AidInfo[] = [
  { aid: 'A000000333010101', name: 'PBOC debit' },
  { aid: 'A000000333010102', name: 'PBOC credit' },
  { aid: 'A000000333010103', name: 'PBOC quasi-credit' },
  { aid: 'A000000333010106', name: 'PBOC electronic cash' },
  { aid: 'A000000333010108', name: 'UnionPay US common debit' },
  { aid: '315041592E5359532E4444463031', name: 'Payment System Environment (PSE)' },
  { aid: '325041592E5359532E4444463031', name: 'Proximity Payment System Environment (PPSE)' },
  { aid: 'A000000333', name: 'UnionPay' },
  { aid: 'A000000003', name: 'Visa' },
  { aid: 'A000000004', name: 'Mastercard' },
  { aid: 'A000000025', name: 'American Express' },
  { aid: 'A000000065', name: 'JCB' },
  { aid: 'A000000152', name: 'Discover' },
];

/** The longest known name that `aid` (upper-case hex) begins with; undefined when its scheme is not known. */
export function aidInfo(aid: string): AidInfo | undefined {
  return AIDS.filter((known) => aid.startsWith(known.aid)).sort((a, b) => b.aid.length - a.aid.length)[0];
}
