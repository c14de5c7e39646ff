/** What the card decided when it made a cryptogram. */
type CardDecision = 'aac' | 'tc' | 'arqc' | 'rfu';

/** The three bytes of the CVR after their length (JR/T 0025.5). */
export interface CardVerificationResults {
  /** At the first GENERATE AC, or at GET PROCESSING OPTIONS of qPBOC. */
  readonly firstDecision: CardDecision;
  /** At the second GENERATE AC, if there was one. */
  readonly secondDecision: 'aac' | 'tc' | 'not-requested' | 'rfu';
  /** Number of issuer script commands received, 0 to 15. */
  readonly scriptCount: number;
  /** The bits that are set. */
  readonly flags: ReadonlySet<CvrFlag>;
}

/** Byte (from 0) and bit of each flag. */
const FLAGS = {
  'issuer-authentication-failed': [0, 0x08],
  'offline-pin-performed': [0, 0x04],
  'offline-pin-failed': [0, 0x02],
  'unable-to-go-online': [0, 0x01],
  'last-online-not-completed': [1, 0x80],
  'pin-try-limit-exceeded': [1, 0x40],
  'velocity-exceeded': [1, 0x20],
  'new-card': [1, 0x10],
  'last-issuer-authentication-failed': [1, 0x08],
  'issuer-authentication-not-performed': [1, 0x04],
  'application-blocked-by-pin-try-limit': [1, 0x02],
  'last-static-authentication-failed': [1, 0x01],
  'script-failed': [2, 0x08],
  'last-dynamic-authentication-failed': [2, 0x04],
  'dynamic-authentication-performed': [2, 0x02],
} as const;

type CvrFlag = keyof typeof FLAGS;

const NAMES = Object.keys(FLAGS) as CvrFlag[];
const NO_FLAGS: ReadonlySet<CvrFlag> = new Set();

/** The flags that are set; most cards at most taps have none. */
function flagsOf(bytes: Uint8Array): ReadonlySet<CvrFlag> {
  const set = NAMES.filter((name) => ((bytes[FLAGS[name][0]] ?? 0) & FLAGS[name][1]) !== 0);
  return set.length === 0 ? NO_FLAGS : new Set(set);
}

const FIRST_DECISIONS = ['aac', 'tc', 'arqc', 'rfu'] as const;
const SECOND_DECISIONS = ['aac', 'tc', 'not-requested', 'rfu'] as const;

/** Reads the three bytes. */
export function parseCvr(bytes: Uint8Array): CardVerificationResults {
  const first = bytes[0] ?? 0;
  const third = bytes[2] ?? 0;
  return {
    firstDecision: FIRST_DECISIONS[(first >> 4) & 3] ?? 'rfu',
    secondDecision: SECOND_DECISIONS[first >> 6] ?? 'rfu',
    scriptCount: third >> 4,
    flags: flagsOf(bytes),
  };
}
