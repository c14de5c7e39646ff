import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { observe, openCard } from '../../test-fixtures/reader/conformance/observer.ts';
import { OK, own, testCard } from '../../test-fixtures/reader/conformance/test-card.ts';
import { type RelayReader, relayReader } from '../../test-fixtures/reader/ifd/relay-reader.ts';
import { type RelayStage, relayStage, withoutRelayReaders } from '../../test-fixtures/reader/ifd/relay-stage.ts';
import { until } from '../../test-fixtures/reader/pcsc-stage.ts';
import type { CardReader, CardReaders } from '../ports.ts';
import { openPcscReaders } from './open-pcsc-readers.ts';

const NAME = 'Relay Reader';

/** Two programs at one reader, as pcscd sees it: two contexts of its own. */
describe.skipIf(withoutRelayReaders())('a card in use', () => {
  let relay: RelayReader;
  let stage: RelayStage;
  let ours: CardReaders;
  let theirs: CardReaders;
  let logged: string[];

  beforeAll(async () => {
    relay = await relayReader({ control: () => Uint8Array.of(0x90, 0x00) });
    stage = await relayStage({ [NAME]: relay });
  });
  afterAll(() => stage.stop());

  beforeEach(async () => {
    logged = [];
    const { socketPath } = stage;
    ours = await openPcscReaders({ socketPath });
    theirs = await openPcscReaders({ socketPath, log: (event, { failure }) => logged.push(`${event}: ${failure}`) });
  });
  afterEach(async () => {
    relay.eject();
    await until(() => [ours, theirs].every((readers) => at(readers).state !== 'card'));
    await Promise.all([ours.close(), theirs.close()]);
  });

  const at = (readers: CardReaders): CardReader => {
    const found = readers.list().find(({ name }) => name.startsWith(NAME));
    if (found === undefined) throw new Error('no reader');
    return found;
  };

  const arrived = async () => {
    const [here, there] = [observe(ours), observe(theirs)];
    relay.insert(testCard());
    return Promise.all([here.next('arrived'), there.next('arrived')]);
  };

  it('by a payment is closed to every other program, and so is its reader, until it is done', async () => {
    const [here, there] = await arrived();
    const channel = await openCard(here);
    const opening = there.presence?.open();
    const blink = { code: 0x42000001, data: own(1), timeoutMs: 1_000 };
    for (let exchanges = 0; exchanges < 50; exchanges++)
      expect(await channel.exchange(own(1), 5_000)).toEqual({ kind: 'answered', response: OK });
    expect(await at(ours).control?.signal(blink)).toEqual({ kind: 'busy' });
    expect(relay.controls).toEqual([]);
    await channel.close();
    const theirChannel = await opening;
    expect(await theirChannel?.exchange(own(2), 5_000)).toEqual({ kind: 'answered', response: OK });
    // Theirs is the card now: our lights wait.
    expect(await at(ours).control?.signal(blink)).toEqual({ kind: 'busy' });
    expect(await theirChannel?.exchange(own(2), 5_000)).toEqual({ kind: 'answered', response: OK });
    await theirChannel?.close();
    expect(await at(ours).control?.signal(blink)).toEqual({ kind: 'answered', bytes: OK });
  });

  it('by a program that does not let go of it is not opened, and the log says why', async () => {
    const [here, there] = await arrived();
    await openCard(here);
    expect(await there.presence?.open()).toBeUndefined();
    expect([here.presence?.isHeldByAnother, there.presence?.isHeldByAnother]).toEqual([false, true]);
    await until(() => logged.includes('card-not-opened: in-use'));
  });
});
