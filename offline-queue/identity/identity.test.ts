import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sm2PublicKey } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import {
  AT,
  acknowledge,
  approval,
  faultOf,
  IDENTITY,
  registration,
  sealBatch,
  sell,
  type TestQueue,
  testQueue,
} from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue('not enrolled');
});
afterEach(() => t.end());

const SECOND = { ...IDENTITY, epoch: 2, genesisHash: hex('99'.repeat(32)) };
const refusal = (code: string) => expect.objectContaining({ name: 'QueueError', code });

describe('enrolment', () => {
  it('is kept over a restart', () => {
    expect(t.queue.identity.get()).toBeUndefined();
    t.queue.identity.enrol(IDENTITY);
    expect(t.queue.identity.get()).toEqual(IDENTITY);
    expect(t.reopen().identity.get()).toEqual(IDENTITY);
  });

  it('keeps a copy of the keys, so that the caller may wipe its own', () => {
    const mine = { ...IDENTITY, signingKey: Uint8Array.from(IDENTITY.signingKey) };
    t.queue.identity.enrol(mine);
    mine.signingKey.fill(0);
    expect(t.queue.identity.get()).toEqual(IDENTITY);
  });

  it('a second time with the same data changes nothing, even with records waiting', () => {
    t.queue.identity.enrol(IDENTITY);
    sell(t.queue, 'p1');
    t.queue.identity.enrol(IDENTITY);
    expect(t.queue.identity.get()?.epoch).toBe(1);
  });

  it.each<[string, () => void]>([
    ['a record', () => sell(t.queue, 'p1')],
    [
      'a record in a batch that was sent',
      () => {
        sell(t.queue, 'p1');
        t.queue.batches.submitted(sealBatch(t.queue, 'b1').id, AT);
      },
    ],
    ['a payment', () => void t.queue.payments.register(registration('p1'))],
    [
      'a reversal',
      () => {
        t.queue.payments.register(registration('p1'));
        t.queue.reversals.write({ id: 'r1', paymentId: 'p1', content: Uint8Array.of(1), at: AT });
        t.queue.payments.update('p1', { state: 'failed', final: true, at: AT });
      },
    ],
  ])('is refused while %s is not acknowledged (design 4.6)', (_what, leave) => {
    t.queue.identity.enrol(IDENTITY);
    leave();
    expect(() => t.queue.identity.enrol(SECOND)).toThrow(refusal('unacknowledged'));
    expect(t.queue.identity.get()).toEqual(IDENTITY);
  });

  it('begins a new chain, and the old one still verifies', () => {
    t.queue.identity.enrol(IDENTITY);
    sell(t.queue, 'p1');
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    t.queue.identity.enrol(SECOND);
    expect(t.queue.records.head()).toEqual({ epoch: 2, sequence: 0, hash: SECOND.genesisHash });
    sell(t.queue, 'p2');
    expect(t.queue.records.get(2, 1)?.previousHash).toEqual(SECOND.genesisHash);
    expect(sealBatch(t.queue, 'b2')).toMatchObject({ epoch: 2, firstSequence: 1 });
    expect(t.reopen().verify()).toMatchObject({ kind: 'sound', records: 2, batches: 2 });
  });

  it('with an epoch that has records, or an earlier one, is refused', () => {
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2 });
    expect(() => t.queue.identity.enrol(IDENTITY)).toThrow(refusal('epoch-used'));
    sell(t.queue, 'p1');
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    const other = { ...IDENTITY, epoch: 2, genesisHash: SECOND.genesisHash };
    expect(() => t.queue.identity.enrol(other)).toThrow(refusal('epoch-used'));
  });

  it('with a key of the wrong length is a programmer’s error', () => {
    expect(() => t.queue.identity.enrol({ ...IDENTITY, cardTokenKey: new Uint8Array(31) })).toThrow(
      'cardTokenKey has 31',
    );
    expect(() => t.queue.identity.enrol({ ...IDENTITY, merchant: 'a\nb' })).toThrow('no name');
  });

  it('an undecided payment of the old epoch is still pending, with its epoch', () => {
    t.queue.identity.enrol(IDENTITY);
    t.queue.payments.register(registration('p1'));
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1), at: AT });
    const outcome = approval('p1', { outcome: 'undecided', fundedBy: 'none', debited: 'unknown' });
    t.queue.commitOutcome({ ...outcome, state: 'undecided', intent: 'undecided' });
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    t.queue.identity.enrol(SECOND);
    expect(t.queue.intents.pending()).toMatchObject([{ recordEpoch: 1, recordSequence: 1 }]);
    const found = approval('p1', { outcome: 'declined-after-debit', fundedBy: 'none' });
    expect(t.queue.commitOutcome({ ...found, state: 'declined' }).record).toMatchObject({ epoch: 2, sequence: 1 });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });
});

describe('the key for an enrolment under way', () => {
  it('is the same until the terminal is enrolled, over a restart too', () => {
    const key = t.queue.identity.nextSigningKey();
    expect(sm2PublicKey(key)).toHaveLength(64);
    expect(t.reopen().identity.nextSigningKey()).toEqual(key);
    t.queue.identity.enrol({ ...IDENTITY, signingKey: key });
    expect(t.queue.identity.nextSigningKey()).not.toEqual(key);
  });
});

describe('the code of an enrolment that has begun', () => {
  it('is there until the terminal is enrolled, over a restart too', () => {
    t.queue.identity.beginEnrolment('CODE-01');
    expect(t.reopen().identity.enrolmentUnderWay()).toBe('CODE-01');
    t.queue.identity.enrol(IDENTITY);
    expect(t.reopen().identity.enrolmentUnderWay()).toBeUndefined();
  });

  it('or until it is given up, and the key stays for the next attempt', () => {
    const key = t.queue.identity.nextSigningKey();
    t.queue.identity.beginEnrolment('CODE-01');
    t.queue.identity.giveUpEnrolment();
    expect(t.queue.identity.enrolmentUnderWay()).toBeUndefined();
    expect(t.queue.identity.nextSigningKey()).toEqual(key);
  });

  it('is not noted while something is not acknowledged', () => {
    t.queue.identity.enrol(IDENTITY);
    sell(t.queue, 'p1');
    expect(() => t.queue.identity.beginEnrolment('CODE-02')).toThrow(refusal('unacknowledged'));
    expect(t.queue.identity.enrolmentUnderWay()).toBeUndefined();
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    t.queue.identity.beginEnrolment('CODE-02');
    t.queue.identity.enrol(SECOND);
    expect(t.queue.identity.enrolmentUnderWay()).toBeUndefined();
  });
});

describe('settings', () => {
  it('are kept over a restart', () => {
    expect(t.queue.identity.setting('cursor')).toBeUndefined();
    t.queue.identity.setSetting('cursor', 'a');
    t.queue.identity.setSetting('cursor', 'b');
    expect(t.reopen().identity.setting('cursor')).toBe('b');
  });
});
