import { MAX_DIGITS } from './amount.ts';
import { type Attempt, INITIAL_STATE, type PageEvent, type PageState, reduce } from './state.ts';

/** What survives a reload of the page; values are text. */
export interface Keep {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  remove(name: string): void;
}

export interface Store {
  state(): PageState;
  dispatch(event: PageEvent): void;
  /** Calls back after every change, with the state before it; returns how to stop. */
  subscribe(listener: (before: PageState) => void): () => void;
}

const ATTEMPT = 'jdpos.attempt';
const DRAFT = 'jdpos.amount';

function parseAttempt(text: string | undefined): Attempt | undefined {
  try {
    const { key, reference, kind, amountMinor } = JSON.parse(text ?? '{}') as Partial<Record<keyof Attempt, unknown>>;
    if (typeof key !== 'string' || typeof reference !== 'string' || !Number.isSafeInteger(amountMinor))
      return undefined;
    const asked = kind === 'load' || kind === 'balance' ? kind : 'purchase';
    return { key, reference, kind: asked, amountMinor: Number(amountMinor) };
  } catch {
    return undefined;
  }
}

function save(keep: Keep, { attempt, entry }: PageState): void {
  if (attempt === undefined) keep.remove(ATTEMPT);
  else {
    const { key, reference, kind, amountMinor } = attempt;
    keep.set(ATTEMPT, JSON.stringify({ key, reference, kind, amountMinor }));
  }
  if (entry.digits === '') keep.remove(DRAFT);
  else keep.set(DRAFT, entry.digits);
}

/**
 * A request whose answer was not known when the page went away is never sent again by itself, since nobody may be
 * standing at the register any more: the list of payments tells what became of it.
 */
function restore(keep: Keep): PageState {
  const draft = keep.get(DRAFT) ?? '';
  const digits = /^[1-9][0-9]*$/.test(draft) && draft.length <= MAX_DIGITS ? draft : '';
  const state: PageState = { ...INITIAL_STATE, entry: { digits, kept: false, full: false } };
  const attempt = parseAttempt(keep.get(ATTEMPT));
  return attempt === undefined ? state : reduce(state, { kind: 'attempt-restored', attempt });
}

/** The page's state. It changes by events alone, each taking effect at once, so that a second click finds the first one done. */
export function createStore(keep: Keep): Store {
  const listeners = new Set<(before: PageState) => void>();
  let state = restore(keep);
  return {
    state: () => state,
    dispatch: (event) => {
      const before = state;
      state = reduce(before, event);
      if (state === before) return;
      save(keep, state);
      for (const listener of listeners) listener(before);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
