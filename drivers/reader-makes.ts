/** What is known of a family of readers. */
export interface ReaderMake {
  readonly make: string;
  /** How pcscd names it: the name in the driver's list. */
  readonly named: RegExp;
  readonly standing: 'recommended' | 'known-bad';
  /** What an installer has to know, and to do. */
  readonly advice: string;
}

/** Families that something is known of; a reader that is not among them has simply not been tried. */
const READER_MAKES: readonly ReaderMake[] = [
  {
    make: 'ACS ACR122U',
    named: /\bACR122U?\b/,
    standing: 'known-bad',
    // pcsc-lite issues 77 and 93, nfc-pcsc issue 116.
    advice:
      'it stops answering after a while until its power is cut: unplug it and plug it in again; order an ACR1252U in its place',
  },
  {
    make: 'ACS ACR1252U',
    named: /\bACR1252(U|IMP)?\b/,
    standing: 'recommended',
    advice: 'its SAM slot is a reader of its own: give it the role sam',
  },
];

/** What is known of a reader, by its PC/SC name. */
export function readerMake(name: string): ReaderMake | undefined {
  return READER_MAKES.find(({ named }) => named.test(name));
}
