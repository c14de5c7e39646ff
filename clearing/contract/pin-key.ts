import { z } from 'zod';
import { hexOf, shortName } from './values.ts';

/** Wide enough for a key of 32 bytes in a block of version D. */
const MAX_BLOCK = 256;

/** How a PIN block is built, and with it the cipher: triple DES, AES, SM4. */
export const pinBlockFormat = z.enum(['iso-0', 'iso-4', 'sm4-0']);

/**
 * A PIN key on its way from the centre into a pad. The block is enciphered under a key that only the centre and the pad hold; nothing
 * here is secret.
 */
export const pinKeyFile = z.strictObject({
  /** The name under which the centre knows the key; every PIN block carries it. */
  keyId: shortName,
  format: pinBlockFormat,
  /** For people: the same on the paper of the centre. */
  checkValue: hexOf(3),
  /** ANSI X9.143 (TR-31), version B or D. */
  keyBlock: z
    .string()
    .regex(new RegExp(`^[BD][0-9A-Z]{31,${MAX_BLOCK - 1}}$`), 'expected a key block of version B or D'),
});
export type PinKeyFile = z.output<typeof pinKeyFile>;
