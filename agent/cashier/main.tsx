import { render } from 'preact';
import { App } from './components/app.tsx';
import { languageOf } from './messages/index.ts';
import { registerClient } from './register-client.ts';
import { startSession } from './session.ts';
import type { Keep } from './store.ts';
import { after } from './timers.ts';

/** A browser may refuse storage; the page then works without it. */
function keepIn(storage: () => Storage): Keep {
  const attempt = <T,>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    get: (name) => attempt(() => storage().getItem(name)) ?? undefined,
    set: (name, value) => attempt(() => storage().setItem(name, value)),
    remove: (name) => attempt(() => storage().removeItem(name)),
  };
}

/**
 * A button pressed with finger or mouse does not take the focus, and takes it from a field: otherwise the next Enter
 * would press the button again, and the next digit go into the field, instead of into the amount.
 */
function leaveFocusOnPointer(): void {
  window.addEventListener('mousedown', (event) => {
    if (!(event.target instanceof Element) || event.target.closest('button, summary') === null) return;
    event.preventDefault();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
}

const LANGUAGE = 'jdpos.language';
const root = document.getElementById('page');
if (root !== null) {
  const settings = keepIn(() => localStorage);
  const session = startSession({
    client: registerClient((input, init) => fetch(input, init)),
    stream: { open: (path) => new EventSource(path), after },
    keep: keepIn(() => sessionStorage),
    uuid: () => crypto.randomUUID(),
    now: Date.now,
  });
  leaveFocusOnPointer();
  const language = languageOf(settings.get(LANGUAGE));
  render(
    <App session={session} language={language} onLanguage={(next) => settings.set(LANGUAGE, next)} now={Date.now} />,
    root,
  );
}
