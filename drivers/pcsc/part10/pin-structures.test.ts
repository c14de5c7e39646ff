import { describe, expect, it } from 'vitest';
import { toHex } from '../../../emv/values/index.ts';
import { type PinPrompt, pinModifyStructure, pinVerifyStructure } from './pin-structures.ts';

const PROMPT: PinPrompt = { minDigits: 4, maxDigits: 12, timeoutS: 60, typingS: 30, entryValidation: 0x02 };
const WITH_DISPLAY: PinPrompt = { ...PROMPT, display: { langId: 0x0804 } };

const bytes = (text: string): string => text.replaceAll(' ', '');

// Written down by hand from pcsc-lite's reader.h, field by field.
describe('PIN_VERIFY_STRUCTURE', () => {
  it('without a display', () => {
    expect(toHex(pinVerifyStructure(PROMPT))).toBe(
      bytes('3C 1E 89 47 04 0C04 02 00 0000 00 000000 0D000000 00200080 08 20FFFFFFFFFFFFFF'),
    );
  });

  it('with one: its own words, in Chinese', () => {
    expect(toHex(pinVerifyStructure(WITH_DISPLAY))).toBe(
      bytes('3C 1E 89 47 04 0C04 02 FF 0408 00 000000 0D000000 00200080 08 20FFFFFFFFFFFFFF'),
    );
  });

  it('within the bounds of the reader', () => {
    const { length } = pinVerifyStructure(PROMPT);
    const narrow = { ...PROMPT, minDigits: 6, maxDigits: 6, timeoutS: 255, typingS: 1, entryValidation: 0x07 };
    expect(toHex(pinVerifyStructure(narrow))).toBe(
      bytes('FF 01 89 47 04 0606 07 00 0000 00 000000 0D000000 00200080 08 20FFFFFFFFFFFFFF'),
    );
    expect(length).toBe(19 + 13);
  });
});

describe('PIN_MODIFY_STRUCTURE', () => {
  it('asks for the old PIN, and for the new one twice', () => {
    expect(toHex(pinModifyStructure(WITH_DISPLAY))).toBe(
      bytes(
        '3C 1E 89 47 04 00 08 0C04 03 02 FF 0408 00 01 02 000000 15000000' +
          '00240080 10 20FFFFFFFFFFFFFF 20FFFFFFFFFFFFFF',
      ),
    );
    expect(pinModifyStructure(PROMPT)).toHaveLength(24 + 21);
  });
});
