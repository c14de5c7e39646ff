/** What is known of a family of readers. */
export interface ReaderMake {
  readonly make: string;
  /** How pcscd names it: the name in the driver's list. Absent: pcscd does not drive it. */
  readonly named?: RegExp;
  /** Vendor and product on USB, as `072f:2200`, and what each is called. */
  readonly usb: Readonly<Record<string, string>>;
  readonly standing: 'recommended' | 'known' | 'known-bad';
  /** What an installer has to know, and to do. */
  readonly advice?: string;
  /** The kernel's pn533_usb takes it. */
  readonly takenByKernel?: true;
}

/**
 * Families that something is known of; a reader that is not among them has simply not been tried. The numbers of ACS are those of
 * libccid's list; those of the bare PN533s, and which readers pn533_usb takes, are from memory.
 */
const READER_MAKES: readonly ReaderMake[] = [
  {
    make: 'ACS ACR1252U',
    named: /\bACR1252(U|IMP)?\b/,
    usb: {
      '072f:223b': 'ACR1252 Dual Reader',
      '072f:223e': 'ACR1252 Reader',
      '072f:2259': 'ACR1252IMP Reader',
    },
    standing: 'recommended',
    advice: 'its SAM slot is a reader of its own: give it the role sam',
  },
  { make: 'ACS ACR1281U', named: /\bACR1281/, usb: { '072f:2224': 'ACR1281U' }, standing: 'known' },
  {
    make: 'ACS ACR122U',
    named: /\bACR122U?\b/,
    usb: { '072f:2200': 'ACR122U' },
    standing: 'known-bad',
    // pcsc-lite issues 77 and 93, nfc-pcsc issue 116.
    advice:
      'it stops answering after a while until its power is cut, and its buffer is too short for long answers: unplug it and plug it in again; order an ACR1252U in its place',
    takenByKernel: true,
  },
  {
    make: 'bare PN533',
    usb: { '04e6:5591': 'SCL3711', '04cc:2533': 'PN533' },
    standing: 'known-bad',
    advice: 'pcscd does not drive it; order an ACR1252U in its place',
    takenByKernel: true,
  },
];

/** What is known of a reader, by its PC/SC name. */
export function readerMake(name: string): ReaderMake | undefined {
  return READER_MAKES.find(({ named }) => named?.test(name));
}

/** What is known of a reader by its numbers on USB, lower case. */
export function readerMakeOnUsb(id: string): ReaderMake | undefined {
  return READER_MAKES.find(({ usb }) => usb[id] !== undefined);
}

/** What to order, in one sentence. */
export const READER_TO_ORDER = `order a PC/SC contactless reader: ${READER_MAKES.filter(
  ({ standing }) => standing === 'recommended',
)
  .map(({ make }) => make)
  .join(' or ')} is recommended, any other that pcscd drives may do`;
