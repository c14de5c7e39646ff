import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { firstAc, GPO, goldenDebitCard, SELECT } from './debit-credit/golden-debit-card.ts';
import {
  type Behaviour,
  duplicated,
  endlessMoreFrom,
  forgedCryptogram,
  forgedSignature,
  garbageAt,
  lyingAfl,
  lyingCid,
  replaced,
  silentAt,
  statusAt,
  tearAt,
  truncatedAt,
  withFaults,
  withheld,
  wrongCa,
} from './faults.ts';
import { goldenCard, TAP } from './golden-card.ts';

function faulty(...behaviours: Behaviour[]) {
  const { card, memory, says } = goldenCard();
  const field = withFaults(card, behaviours);
  return {
    memory,
    honest: says,
    field,
    says: (command: string): string => {
      const answer = field.transmit(hex(command));
      return typeof answer === 'string' ? answer : toHex(answer);
    },
  };
}

const ATC = '80CA9F3600';
const ATC_ANSWER = '9F360200069000';

describe('tear', () => {
  it('before the card: the command never reached it', () => {
    const { says, memory } = faulty(tearAt(2, 'before-card'));
    says(TAP.select);
    expect(says(TAP.gpo)).toBe('gone');
    expect(memory()?.atc).toBe(6);
  });

  it('after the card: it acted, the answer is lost', () => {
    const { says, memory } = faulty(tearAt(3, 'after-card'));
    says(TAP.select);
    says(TAP.gpo);
    expect(says(TAP.last)).toBe('gone');
    expect(memory()?.balance).toBe(3750);
  });

  it('the card stays away, also for the field switched on again', () => {
    const { says, field, memory } = faulty(tearAt(1, 'before-card'));
    expect(says(TAP.select)).toBe('gone');
    field.power();
    expect(says(TAP.select)).toBe('gone');
    expect(memory()?.atc).toBe(6);
  });

  it("counts through a reset, and never the reader's own class FF", () => {
    const { says, field } = faulty(tearAt(3, 'before-card'));
    expect(says('FFCA000000')).toBe('6E00');
    expect(says(TAP.ppse).slice(-4)).toBe('9000');
    field.power();
    expect(says('FF00400000')).toBe('6E00');
    expect(says(TAP.select).slice(-4)).toBe('9000');
    expect(says(ATC)).toBe('gone');
  });
});

describe('one command', () => {
  it.each([
    ['silence', silentAt(2), 'silent'],
    ['garbage', garbageAt(2, hex('FFFFFF')), 'FFFFFF'],
    ['an empty answer', garbageAt(2, hex('')), ''],
    ['a status word', statusAt(2, 0x6f00), '6F00'],
    ['one byte too few', truncatedAt(2), '9F3602009000'],
    ['nothing but its status word', truncatedAt(2, 99), '9000'],
  ])('%s, and the next one is answered', (_, behaviour, answer) => {
    const { says } = faulty(behaviour);
    says(TAP.select);
    expect(says(ATC)).toBe(answer);
    expect(says(ATC)).toBe(ATC_ANSWER);
  });

  it('garbage and silence keep the command from the card', () => {
    const { says, memory } = faulty(garbageAt(2, hex('6F00')));
    says(TAP.select);
    says(TAP.gpo);
    expect(memory()?.atc).toBe(6);
  });

  it('61xx without end', () => {
    const { says } = faulty(endlessMoreFrom(2));
    says(TAP.select);
    expect(says(ATC)).toBe('6110');
    expect(says('00C0000010')).toBe('6110');
  });
});

describe('lies', () => {
  const answerOf = (command: string, ...behaviours: Behaviour[]): string => {
    const { says } = faulty(...behaviours);
    says(TAP.select);
    says(TAP.gpo);
    return says(command);
  };

  it('another CA index', () => {
    expect(answerOf('00B2011400', wrongCa(0xf9))).toBe('700B8F01F99F3201039F4701039000');
  });

  it('a data object twice, or not at all', () => {
    expect(answerOf('00B2011400', duplicated(0x8f))).toBe('700E8F01F18F01F19F3201039F4701039000');
    expect(answerOf('00B2011400', withheld(0x9f32))).toBe('70078F01F19F4701039000');
  });

  it('behind one another, the first sees the answer last', () => {
    const set = (to: string): Behaviour => replaced(0x8f, (value) => hex(toHex(value) === 'F1' ? to : '00'));
    expect(answerOf('00B2011400', set('02'), set('01'))).toBe('700B8F01009F3201039F4701039000');
  });

  it('a status word alone stays as it is', () => {
    expect(answerOf('00B2051400', wrongCa(0xf9))).toBe('6A83');
  });

  it('a forged signature differs in one bit, another AFL in its entries', () => {
    const { says, honest } = faulty(forgedSignature(), lyingAfl(hex('08010500')));
    says(TAP.select);
    const lie = says(TAP.gpo);
    honest(TAP.select);
    const signature = (answer: string): string => answer.slice(answer.indexOf('9F4B8180') + 8).slice(0, 256);
    const again = goldenCard();
    again.says(TAP.select);
    const truth = again.says(TAP.gpo);
    expect(BigInt(`0x${signature(lie)}`) ^ BigInt(`0x${signature(truth)}`)).toBe(1n);
    expect(lie).toContain('940408010500');
    expect(lie.startsWith('7781D6')).toBe(true);
  });
});

describe('lies in GENERATE AC', () => {
  const answerOf = (order: { format: 0x77 | 0x80 }, ...behaviours: Behaviour[]): string => {
    const { card } = goldenDebitCard(order);
    const field = withFaults(card, behaviours);
    const [, , answer] = [SELECT, GPO, firstAc('40')].map((command) => field.transmit(hex(command)));
    return answer instanceof Uint8Array ? toHex(answer) : String(answer);
  };

  it('a forged cryptogram differs in one bit', () => {
    expect(answerOf({ format: 0x80 }, forgedCryptogram())).toBe('8013400007EBD5DD7F514E6EB807010103900000019000');
    expect(answerOf({ format: 0x77 }, forgedCryptogram())).toContain('9F2608EBD5DD7F514E6EB8');
  });

  it('another CID', () => {
    expect(answerOf({ format: 0x80 }, lyingCid(0x80))).toBe('8013800007EAD5DD7F514E6EB807010103900000019000');
    expect(answerOf({ format: 0x77 }, lyingCid(0x80))).toContain('9F270180');
  });
});
