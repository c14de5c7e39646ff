import { z } from 'zod';

const path = z.string().regex(/^\//, 'expected a path from the root, such as /dev/serial/by-path/…');

/** A serial port and how the device on it speaks. */
const serial = {
  port: path,
  baudRate: z.int().min(300).max(921_600).default(9_600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  flow: z.enum(['none', 'rts-cts', 'xon-xoff']).default('none'),
};

const keyId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected 1 to 64 letters, digits, . _ -');

const pinPad = z.discriminatedUnion('kind', [
  /** The keys of the card reader itself (PC/SC part 10). */
  z.strictObject({ kind: z.literal('reader') }),
  /** A PIN pad of its own, which gives enciphered PIN blocks. */
  z.strictObject({
    kind: z.literal('serial'),
    ...serial,
    /** The name under which the centre knows the pad's PIN key. Without it no PIN is asked for the centre. */
    keyId: keyId.exactOptional(),
    /** In which of the pad's places that key is. */
    keySlot: z.int().min(0).max(9).default(0),
    /** What the pad makes of a PIN: iso-0 under triple DES, iso-4 under AES, sm4-0 under SM4. */
    blockFormat: z.enum(['iso-0', 'iso-4', 'sm4-0']).default('iso-0'),
  }),
  /** Keys on the cashier page. To try things out: only with acceptTestKeys. */
  z.strictObject({
    kind: z.literal('on-screen'),
    /** A PIN key that protects nothing, for blocks of format iso-0; without it only cards that check the PIN themselves are asked. */
    testKey: z
      .strictObject({ keyId, hex: z.string().regex(/^[0-9A-Fa-f]{32}$/, 'expected 16 bytes in hex') })
      .exactOptional(),
  }),
]);
export type PinPadConfig = z.output<typeof pinPad>;

const scanner = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serial'), ...serial }),
  /** A scanner that types like a keyboard; its device file below /dev/input/by-path. */
  z.strictObject({ kind: z.literal('keyboard'), device: path }),
]);
export type ScannerConfig = z.output<typeof scanner>;

const paper = {
  widthMm: z.union([z.literal(58), z.literal(80)]).default(58),
  /** What is printed without being asked for; by hand everything can be. */
  copies: z.enum(['none', 'customer', 'both']).default('both'),
};
/** One colon would begin a port; an address of IPv6 has several. */
const isHost = (text: string): boolean => !/[\s/]/.test(text) && text.split(':').length !== 2;
const printer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serial'), ...serial, ...paper }),
  /** A device file, such as /dev/usb/lp0. */
  z.strictObject({ kind: z.literal('usb'), device: path, ...paper }),
  z.strictObject({
    kind: z.literal('network'),
    host: z.string().min(1).max(255).refine(isHost, 'expected a name or an address; the port is a setting of its own'),
    port: z.int().min(1).max(65_535).default(9100),
    ...paper,
  }),
]);
export type PrinterConfig = z.output<typeof printer>;

const display = z.discriminatedUnion('kind', [
  /** 2×20, set to the CD5220 command set. `zh` only where it has Chinese characters (GB 18030). */
  z.strictObject({ kind: z.literal('serial'), ...serial, language: z.enum(['zh', 'en']).default('en') }),
]);
export type DisplayConfig = z.output<typeof display>;

/** The devices beside the card readers; each may be absent. */
export const devicesSchema = z.strictObject({
  pinPad: pinPad.exactOptional(),
  scanner: scanner.exactOptional(),
  printer: printer.exactOptional(),
  display: display.exactOptional(),
});
export type DevicesConfig = z.output<typeof devicesSchema>;
