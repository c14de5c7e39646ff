import type { PinKeys } from './pin-keys.ts';
import type { Answer, RegisterClient, Tear } from './register-client.ts';
import type { NetworkMode } from './state.ts';
import type { Store } from './store.ts';

/** What the sandbox panel may do. */
export interface Sandbox extends PinKeys {
  /** Puts a card on the reader, after taking off the one that is there; the tear applies to this tap alone. */
  tap(id: string, tear: Tear | undefined): Promise<void>;
  remove(): Promise<void>;
  setNetwork(up: boolean, mode: NetworkMode): Promise<void>;
  /** How the network is cut: at once where it is, else the next time. */
  chooseMode(mode: NetworkMode): Promise<void>;
}

type SandboxClient = Pick<RegisterClient, 'tapCard' | 'removeCard' | 'setNetwork' | 'enterPin'>;

export function createSandbox(store: Store, client: SandboxClient, refresh: () => Promise<void>): Sandbox {
  /** Tells the panel of a failure; true when there was none. */
  function succeeded(answer: Answer<undefined>): boolean {
    if (answer.kind === 'answered') return true;
    const problem = answer.kind === 'refused' ? answer.problem : 'unreachable';
    store.dispatch({ kind: 'sandbox-problem', problem });
    return false;
  }

  async function remove(): Promise<void> {
    const id = store.state().sandbox?.cardOnReader;
    if (id === undefined || store.state().sandbox?.busyCard !== undefined) return;
    store.dispatch({ kind: 'card-busy', id });
    if (succeeded(await client.removeCard(id))) store.dispatch({ kind: 'card-moved', onReader: undefined });
  }

  async function setNetwork(up: boolean, mode: NetworkMode): Promise<void> {
    if (succeeded(await client.setNetwork(up, mode))) store.dispatch({ kind: 'network', up, mode });
  }

  return {
    remove,
    setNetwork,
    tap: async (id, tear) => {
      await remove();
      if (store.state().sandbox?.busyCard !== undefined) return;
      store.dispatch({ kind: 'card-busy', id });
      if (succeeded(await client.tapCard(id, tear))) store.dispatch({ kind: 'card-moved', onReader: id });
      await refresh();
    },
    chooseMode: async (mode) => {
      if (store.state().sandbox?.networkUp === false) return setNetwork(false, mode);
      store.dispatch({ kind: 'network', up: true, mode });
    },
    enterPin: async (pin) => {
      succeeded(await client.enterPin({ pin }));
    },
    cancelPin: async () => {
      succeeded(await client.enterPin({ key: 'cancel' }));
    },
  };
}
