import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCard } from '../../test-fixtures/reader/conformance/observer.ts';
import {
  ATR,
  COMMAND,
  empty,
  NAME,
  PcscStage,
  present,
  rest,
  toldBy,
  UNKNOWN,
  until,
} from '../../test-fixtures/reader/pcsc-stage.ts';
import { openPcscReaders } from './open-pcsc-readers.ts';

let stage: PcscStage;
beforeEach(() => {
  stage = new PcscStage();
});
afterEach(() => stage.end());

describe('the package', () => {
  it.each([
    ['is not there', { code: 'ERR_MODULE_NOT_FOUND' }, 'pcsc-not-installed'],
    ['does not load', { code: 'ERR_DLOPEN_FAILED' }, 'pcsc-native-module-broken'],
    ['was never built', {}, 'pcsc-native-module-broken'],
  ])('that %s is an error with its own code', async (_, details, code) => {
    const load = () => Promise.reject(Object.assign(new Error('as node says it'), details));
    await expect(openPcscReaders({ load })).rejects.toMatchObject({ name: 'DriverError', code });
  });

  it('does not connect by itself, and is not told to log', async () => {
    const { native } = await stage.withReader();
    native.status(present(1), ATR);
    expect(stage.fake.calls).toEqual([]);
  });
});

describe('readers', () => {
  it('have their role by name', async () => {
    const readers = await stage.open();
    for (const name of ['ACME PICC 00 00', 'ACME [SAM] 00 01', 'SAMWISE 01 00']) stage.fake.plugIn(name);
    expect(readers.list().map(({ role }) => role)).toEqual(['contactless', 'sam', 'contactless']);
  });

  it('have the role that is configured', async () => {
    const readers = await stage.open({ roles: () => 'contact' });
    stage.fake.plugIn(NAME);
    expect(readers.list().map(({ role }) => role)).toEqual(['contact']);
  });

  it('are awaited until they have reported', async () => {
    await stage.listen();
    const opening = stage.opening();
    await until(() => stage.fake.sessions === 1);
    const [one, two] = [stage.fake.plugIn('one'), stage.fake.plugIn('two')];
    one.status(empty(0));
    two.status(present(1), ATR);
    expect((await opening).list().map(({ name, state }) => `${name} ${state}`)).toEqual(['one empty', 'two card']);
  });

  it('may be pulled out with a card, and come back under another number', async () => {
    const { readers, reader, native, observer, channel } = await stage.withCard();
    native.status(UNKNOWN);
    native.pullOut();
    expect(reader.state).toBe('unplugged');
    expect(await channel.exchange(COMMAND, 1_000)).toEqual({ kind: 'torn', cause: 'removed' });
    stage.fake.plugIn('ACME Reader 01 00').status(present(1), ATR);
    expect(readers.list()).toEqual([reader]);
    expect(reader).toMatchObject({ name: 'ACME Reader 01 00', state: 'card', presence: { arrival: 2 } });
    expect(toldBy(observer)).toEqual([
      'state empty',
      'arrived card',
      'removed unplugged',
      'state unplugged',
      'arrived card',
    ]);
    expect(stage.logged).toEqual([
      `reader-plugged-in: ${NAME}`,
      `reader-unplugged: ${NAME}`,
      'reader-plugged-in: ACME Reader 01 00',
    ]);
  });
});

describe('the service', () => {
  it('is waited for, less and less often, and named once while it is away', async () => {
    const readers = await stage.opening();
    expect(readers.list()).toEqual([]);
    for (const waitMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      await until(() => stage.timers.pending.includes(waitMs));
      stage.timers.fire(waitMs);
    }
    await until(() => stage.timers.pending.includes(5_000));
    expect(stage.logged).toEqual(['pcsc-service-away: nobody answers']);
    await stage.listen();
    stage.timers.fire(5_000);
    await until(() => stage.fake.sessions === 1);
    stage.fake.plugIn(NAME).status(empty(0));
    expect(readers.list().map(({ state }) => state)).toEqual(['empty']);
  });

  it('that breaks soon after every beginning is named once, and begun with less and less often', async () => {
    await stage.open();
    for (const waitMs of [100, 200, 400, 800]) {
      const { sessions } = stage.fake;
      stage.fake.plugIn(NAME).status(empty(0));
      stage.fake.break('RPC transport error.(0x80100013)');
      await until(() => stage.timers.pending.includes(waitMs));
      stage.timers.fire(waitMs);
      await until(() => stage.fake.sessions === sessions + 1);
    }
    expect(stage.logged.filter((line) => line.startsWith('pcsc-service-away'))).toHaveLength(1);
    // One that lasted is another matter.
    stage.timers.fire(5_000);
    stage.fake.break('RPC transport error.(0x80100013)');
    await until(() => stage.timers.pending.includes(100));
    expect(stage.logged.filter((line) => line.startsWith('pcsc-service-away'))).toHaveLength(2);
  });

  it('may refuse, and is asked again', async () => {
    stage.fake.refusal = 'SCardEstablishContext error: Access denied.(0x8010006a)';
    await stage.listen();
    await stage.opening();
    expect(stage.logged).toEqual(['pcsc-service-away: SCardEstablishContext error: Access denied.(0x8010006a)']);
    stage.fake.refusal = undefined;
    stage.timers.fire(100);
    await until(() => stage.fake.sessions === 1);
  });

  it('is started anew when the watch over one reader breaks', async () => {
    const { reader, native } = await stage.withReader();
    native.break('SCardGetStatusChange error: Internal error.(0x80100001)');
    expect(reader.state).toBe('unplugged');
    await until(() => stage.timers.pending.includes(100));
    stage.timers.fire(100);
    await until(() => stage.fake.sessions === 2);
  });

  it('may die under a card: the readers are unplugged, and come back with the service', async () => {
    const { readers, reader, channel, observer } = await stage.withCard();
    stage.fake.break('SCardGetStatusChange error: RPC transport error.(0x80100013)');
    expect(await channel.exchange(COMMAND, 1_000)).toEqual({ kind: 'torn', cause: 'removed' });
    expect(reader.state).toBe('unplugged');
    await until(() => stage.timers.pending.includes(100));
    await until(() => stage.fake.calls.includes('nfc close'));
    expect(stage.fake.calls).toContain('1 close');
    stage.timers.fire(100);
    await until(() => stage.fake.sessions === 2);
    stage.fake.plugIn(NAME).status(present(1), ATR);
    expect(reader).toMatchObject({ state: 'card', presence: { arrival: 2 } });
    expect(readers.list()).toEqual([reader]);
    expect(await (await openCard(await observer.next('arrived'))).exchange(COMMAND, 1_000)).toMatchObject({
      kind: 'answered',
    });
  });

  it('is not asked anything by what is left of it before it answers again', async () => {
    await stage.withCard();
    await stage.stopListening();
    stage.fake.break('SCardGetStatusChange error: RPC transport error.(0x80100013)');
    await until(() => stage.fake.calls.includes('nfc close'));
    await rest();
    // A watch that begins now would hold the library's lock until the next service is ready, and so hold up the process.
    expect(stage.fake.calls).not.toContain('2 watch');
    await stage.listen();
    stage.timers.fire(100);
    await until(() => stage.fake.calls.includes('2 close'));
    expect(stage.fake.calls.slice(-2)).toEqual(['2 watch', '2 close']);
  });

  it('that is about to begin anew is not asked for a connection', async () => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    const { presence } = await observer.next('arrived');
    await stage.stopListening();
    expect(await presence?.open()).toBeUndefined();
    expect(stage.fake.calls).toEqual([]);
    expect(stage.logged).toContain('card-not-opened: service-gone');
  });

  it('is not believed any more once it has died', async () => {
    const { readers } = await stage.withReader();
    stage.fake.break('SCardGetStatusChange error: RPC transport error.(0x80100013)');
    stage.fake.plugIn('ghost').status(empty(0));
    expect(readers.list().map(({ name }) => name)).toEqual([NAME]);
  });

  it('is not looked for when the readers are closed as it dies', async () => {
    const { readers } = await stage.withReader();
    stage.fake.break('SCardGetStatusChange error: RPC transport error.(0x80100013)');
    await readers.close();
    await rest();
    expect(stage.timers.pending).toEqual([]);
  });

  it('is left alone once the readers are closed', async () => {
    const { readers, observer, native } = await stage.withCard();
    const told = observer.told.length;
    await readers.close();
    native.status(empty(2));
    stage.fake.break('as it goes');
    await rest();
    expect(observer.told).toHaveLength(told);
    expect(stage.timers.pending).toEqual([]);
    expect(stage.fake.calls).toEqual([
      '2 connect exclusive',
      '2 disconnect reset',
      '1 close',
      '2 watch',
      'nfc close',
      '2 close',
    ]);
  });
});
