import { hex, toHex } from '../../../emv/values/index.ts';
import type { FieldCard } from '../../card/field-card.ts';

/** VERIFY with the PIN 123456 in an ISO 9564 format 2 block, as it stands in EMV Book 3, §6.5.12. */
const RIGHT = '002000800826123456FFFFFFFF';
const VERIFY = '00200080';
const CHANGE = '00240080';

export interface PinCard extends FieldCard {
  /** Every command since it was made, in hex. */
  readonly seen: readonly string[];
}

/** A card that checks the PIN 123456, three times before it blocks it, and takes any other command. */
export function pinCard(): PinCard {
  const seen: string[] = [];
  let triesLeft = 3;
  const verify = (command: string): Uint8Array => {
    if (triesLeft === 0) return hex('6983');
    triesLeft = command === RIGHT ? 3 : triesLeft - 1;
    return command === RIGHT ? hex('9000') : Uint8Array.of(0x63, 0xc0 + triesLeft);
  };
  return {
    interface: 'contact',
    atr: hex('3B6500002063CB6800'),
    seen,
    power: () => {},
    transmit: (bytes) => {
      const command = toHex(bytes);
      seen.push(command);
      if (command.startsWith(VERIFY)) return verify(command);
      return command.startsWith(CHANGE) || command.startsWith('00A4') ? hex('9000') : hex('6D00');
    },
  };
}
