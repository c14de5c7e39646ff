import { describe, expect, it } from 'vitest';
import type { CardReader, CardReaders, Device, ReaderEvent } from '../../drivers/index.ts';
import type { Devices } from '../devices/devices.ts';
import { type Asker, SetupCancelled } from './asker.ts';
import { scriptAsker } from './script-asker.ts';
import { runTrials, type Trial } from './trials.ts';
import { cardTrial } from './try-card.ts';
import { deviceTrials } from './try-devices.ts';

/** A person who decides so when something does not work, and confirms everything else. */
function person(decisions: readonly string[], waits: () => void = () => {}) {
  const left = [...decisions];
  const said: string[] = [];
  const script = scriptAsker({
    say: (line) => said.push(line),
    attended: true,
    interrupted: new AbortController().signal,
  });
  const asker: Asker = {
    ...script,
    asks: true,
    async decide(_, choices, otherwise) {
      const decision = left.shift();
      return decision === undefined
        ? otherwise
        : (choices.find(({ label }) => label.startsWith(decision))?.value ?? otherwise);
    },
    async confirm(_, otherwise, gone) {
      waits();
      return gone?.aborted === true ? undefined : otherwise;
    },
    waiting(_, work) {
      const done = work(new AbortController().signal);
      waits();
      return done;
    },
  };
  return { asker, said, left };
}

/** A device that is pulled, and comes back. */
function pullable() {
  let state: Device['state'] = 'ready';
  const listeners = new Set<() => void>();
  const device: Device = {
    name: '/dev/ttyACM0',
    get state() {
      return state;
    },
    detail: undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  const become = (next: Device['state']) => () => {
    state = next;
    for (const listener of listeners) listener();
  };
  return { device, pull: become('unplugged'), back: become('ready'), listeners };
}

const PIN = {
  readers: { list: () => [], subscribe: () => () => {}, close: async () => {} },
  settings: { roles: {}, ports: {} },
  pinKey: undefined,
};
const trialOf = (asker: Asker, devices: Devices, id: 'pin' | 'scan' | 'print' | 'display'): readonly Trial[] => {
  const chosen = { [{ pin: 'pinPad', scan: 'scanner', print: 'printer', display: 'display' }[id]]: {} };
  return deviceTrials(asker, devices, chosen, PIN, () => 0).filter((trial) => trial.id === id);
};

describe('a device that is pulled', () => {
  /** What each kind is while somebody is to scan, type or look. */
  const kinds = (device: Device): Readonly<Record<'scan' | 'pin' | 'display', Devices>> => {
    const pinPad = Object.assign(Object.create(device), {
      enterOnline: ({ signal }: { signal: AbortSignal }) =>
        new Promise((resolve) => {
          const end = (): void => resolve({ kind: 'cancelled' });
          if (signal.aborted) end();
          else signal.addEventListener('abort', end);
        }),
    });
    return {
      scan: { scanner: Object.assign(Object.create(device), { onCode: () => () => {} }) },
      pin: { pinPad, pinEntry: pinPad },
      display: { display: Object.assign(Object.create(device), { show: () => {} }) },
    };
  };

  it.each(['scan', 'pin', 'display'] as const)(
    '%s: while it is waited for is told at once, and can be left out',
    async (id) => {
      const { device, pull, listeners } = pullable();
      const { asker, said } = person(['go on'], pull);
      const [result] = await runTrials(asker, trialOf(asker, kinds(device)[id], id));
      expect(result).toMatchObject({ id, outcome: 'failed', detail: '/dev/ttyACM0 is unplugged' });
      expect(said.join()).toContain('/dev/ttyACM0 is unplugged');
      expect(listeners.size).toBe(0);
    },
  );

  it.each(['scan', 'pin', 'display'] as const)('%s: can end the setup', async (id) => {
    const { device, pull } = pullable();
    const { asker } = person(['end'], pull);
    await expect(runTrials(asker, trialOf(asker, kinds(device)[id], id))).rejects.toBeInstanceOf(SetupCancelled);
  });

  it('works when it is tried again, plugged in', async () => {
    const { device, pull, back } = pullable();
    let times = 0;
    const { asker, left } = person(['try'], () => (times++ === 0 ? pull() : undefined));
    const trials = trialOf(asker, kinds(device).display, 'display');
    const again: readonly Trial[] = trials.map((trial) => ({
      ...trial,
      attempt: () => {
        if (times > 0) back();
        return trial.attempt();
      },
    }));
    expect(await runTrials(asker, again)).toMatchObject([{ outcome: 'passed' }]);
    expect([times, left]).toEqual([2, []]);
  });

  it('after it worked is told too', async () => {
    const { device, pull } = pullable();
    const { asker } = person(['go on']);
    const [trial] = trialOf(asker, kinds(device).display, 'display');
    const later: Trial = {
      ...{ id: 'scan', trouble: () => undefined },
      attempt: async () => {
        pull();
        return { id: 'scan', outcome: 'passed' };
      },
    };
    const results = await runTrials(asker, trial === undefined ? [] : [trial, later]);
    expect(results).toMatchObject([
      { id: 'display', outcome: 'failed', detail: 'it worked, and does no more: /dev/ttyACM0 is unplugged' },
      { id: 'scan', outcome: 'passed' },
    ]);
  });
});

it('what goes while another is tried is told before the one after it begins', async () => {
  let there = true;
  const { asker, said } = person(['go on']);
  const toldBefore: string[][] = [];
  const trial = (id: 'scan' | 'print' | 'display', attempt: () => void, trouble?: () => string | undefined): Trial => ({
    id,
    trouble: trouble ?? (() => undefined),
    attempt: async () => {
      attempt();
      return { id, outcome: 'passed' };
    },
  });
  await runTrials(asker, [
    trial(
      'scan',
      () => {},
      () => (there ? undefined : 'pulled'),
    ),
    trial('print', () => {
      there = false;
    }),
    trial('display', () => toldBefore.push([...said])),
  ]);
  expect(toldBefore[0]?.at(-1)).toContain('it worked, and does no more: pulled');
});

it('whatever a driver throws is a failure of this one thing', async () => {
  const { asker } = person(['go on']);
  const broken: Trial = { id: 'print', attempt: () => Promise.reject(new Error('EIO')), trouble: () => undefined };
  expect(await runTrials(asker, [broken])).toEqual([{ id: 'print', outcome: 'failed', detail: 'EIO' }]);
});

it('a reader that is pulled while a card is awaited is told at once', async () => {
  let state: CardReader['state'] = 'empty';
  const reader = (): CardReader => ({ name: 'R', port: undefined, role: 'contactless', state, presence: undefined });
  const listeners = new Set<(event: ReaderEvent) => void>();
  const readers: CardReaders = {
    list: () => [reader()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  const { asker } = person(['go on'], () => {
    state = 'unplugged';
    for (const listener of listeners) listener({ kind: 'reader', reader: reader() });
  });
  const results = await runTrials(asker, [cardTrial(asker, readers, { roles: {}, ports: {} }, () => 0)]);
  expect(results).toEqual([{ id: 'card', outcome: 'failed', detail: 'the reader has gone: plug it in' }]);
  expect(listeners.size).toBe(0);
});

it('what does not work can be chosen again, and is tried as it was chosen', async () => {
  let port = '/dev/ttyUSB9';
  const { asker, left } = person(['choose it again']);
  const trial: Trial = {
    ...{ id: 'scan', trouble: () => undefined },
    attempt: async () => ({ id: 'scan', outcome: port === '/dev/ttyUSB9' ? 'failed' : 'passed', detail: port }),
    chooseAgain: async () => {
      port = '/dev/ttyUSB0';
    },
  };
  expect(await runTrials(asker, [trial])).toEqual([{ id: 'scan', outcome: 'passed', detail: '/dev/ttyUSB0' }]);
  expect(left).toEqual([]);
});
