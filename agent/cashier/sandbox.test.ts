import { describe, expect, it } from 'vitest';
import type { Answer, RegisterClient } from './register-client.ts';
import { createSandbox } from './sandbox.ts';
import { createStore } from './store.ts';

const CARDS = ['rich', 'poor'].map((id) => ({
  id,
  title: { zh: id, en: id },
  maskedPan: '',
  story: { zh: '', en: '' },
}));
const DONE: Answer<undefined> = { kind: 'answered', value: undefined };
const GONE: Answer<undefined> = { kind: 'refused', problem: { status: 409, code: 'no-such-card', title: '' } };

/** A tray whose calls are written down; `answer` gives each its answer. */
function tray(answer: (call: string) => Answer<undefined> = () => DONE) {
  const calls: string[] = [];
  const does = (call: string): Promise<Answer<undefined>> => {
    calls.push(call);
    return Promise.resolve(answer(call));
  };
  const client: Pick<RegisterClient, 'tapCard' | 'removeCard' | 'setNetwork' | 'enterPin'> = {
    tapCard: (id, tear) => does(tear === undefined ? `tap ${id}` : `tap ${id}, tear at ${tear.command}`),
    removeCard: (id) => does(`remove ${id}`),
    setNetwork: (up) => does(up ? 'network up' : 'network down'),
    enterPin: (entry) => does('pin' in entry ? 'pin' : 'pin cancelled'),
  };
  const store = createStore({ get: () => undefined, set: () => {}, remove: () => {} });
  store.dispatch({ kind: 'cards', cards: CARDS });
  return { calls, store, sandbox: createSandbox(store, client, async () => {}) };
}

describe('the tray', () => {
  it('takes the card off the reader before it puts the next one on, be it the same', async () => {
    const { calls, sandbox } = tray();
    await sandbox.tap('rich', undefined);
    await sandbox.tap('rich', { command: 2, when: 'after-card' });
    await sandbox.tap('poor', undefined);
    expect(calls).toEqual(['tap rich', 'remove rich', 'tap rich, tear at 2', 'remove rich', 'tap poor']);
  });

  it('does one thing at a time: a second press while a card moves is none', async () => {
    const { calls, sandbox } = tray();
    await Promise.all([sandbox.tap('rich', undefined), sandbox.tap('rich', undefined), sandbox.remove()]);
    expect(calls).toEqual(['tap rich']);
  });

  it('says what the sandbox refused, until the next move', async () => {
    const { store, sandbox } = tray((call) => (call === 'tap poor' ? GONE : DONE));
    await sandbox.tap('poor', undefined);
    expect(store.state().sandbox).toMatchObject({ problem: { code: 'no-such-card' } });
    await sandbox.tap('rich', undefined);
    expect(store.state().sandbox).toMatchObject({ cardOnReader: 'rich' });
    expect(store.state().sandbox).not.toHaveProperty('problem');
  });

  it('shows the network as it was set, and as it is when the switch failed', async () => {
    const { store, sandbox } = tray((call) => (call === 'network up' ? { kind: 'unknown' } : DONE));
    await sandbox.setNetwork(false, 'blackhole');
    await sandbox.setNetwork(true, 'refuse');
    expect(store.state().sandbox).toMatchObject({ networkUp: false, networkMode: 'blackhole', problem: 'unreachable' });
  });

  it('chooses how to cut without a call while the network is up', async () => {
    const { calls, store, sandbox } = tray();
    await sandbox.chooseMode('lose-answers');
    expect(calls).toEqual([]);
    await sandbox.setNetwork(false, 'lose-answers');
    await sandbox.chooseMode('refuse');
    expect(calls).toEqual(['network down', 'network down']);
    expect(store.state().sandbox).toMatchObject({ networkUp: false, networkMode: 'refuse' });
  });
});
