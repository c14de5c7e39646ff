import { useEffect, useRef, useState } from 'preact/hooks';
import { announcement } from '../announcement.ts';
import { type KeyAction, type KeyPress, keyAction } from '../keyboard.ts';
import { type Language, MESSAGES, type Messages } from '../messages/index.ts';
import type { Session } from '../session.ts';
import type { PageState } from '../state.ts';
import { pinPadOf, type View, viewOf } from '../view.ts';
import { AmountEntry } from './amount-entry.tsx';
import { HeaderBar } from './header-bar.tsx';
import { Notices } from './notices.tsx';
import { PaymentPanel, StartingPanel } from './payment-panel.tsx';
import { PinPad } from './pin-pad.tsx';
import { RecentPayments } from './recent-payments.tsx';
import { SandboxPanel } from './sandbox-panel.tsx';

/** Ages on the page are counted on this often. */
const TICK_MS = 5_000;

function useSession(session: Session): PageState {
  const [state, setState] = useState(session.state());
  useEffect(() => session.subscribe(() => setState(session.state())), [session]);
  return state;
}

function useNow(now: () => number): number {
  const [nowMs, setNowMs] = useState(now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(now()), TICK_MS);
    return () => clearInterval(timer);
  }, [now]);
  return nowMs;
}

function focusOf(target: EventTarget | null): KeyPress['focus'] {
  if (!(target instanceof Element)) return 'none';
  if (target.closest('input:not([type=checkbox]), select') !== null) return 'field';
  return target.closest('button, summary, a') === null ? 'none' : 'control';
}

function perform(session: Session, action: KeyAction): void {
  if (action.kind === 'type') session.type(action.key);
  else if (action.kind === 'start') session.start(action.asked);
  else if (action.kind === 'choose') session.choose(action.number);
  else if (action.kind === 'confirm') session.confirm();
  else if (action.kind === 'cancel') session.cancel();
  else if (action.kind === 'keep-waiting') session.keepWaiting();
  else session.next();
}

/** The keyboard of the whole page. It reads the session itself, not what was last drawn, so it is never a step behind. */
function useKeyboard(session: Session): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const state = session.state();
      if (pinPadOf(state) !== undefined) return;
      const modified = event.ctrlKey || event.altKey || event.metaKey;
      const press = { key: event.key, repeat: event.repeat, modified, focus: focusOf(event.target) };
      const action = keyAction(press, viewOf(state), state.confirming);
      // A held Enter would press the focused button again and again.
      if (action !== undefined || (event.key === 'Enter' && event.repeat)) event.preventDefault();
      if (action !== undefined) perform(session, action);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [session]);
}

/**
 * A new view is brought into sight. When the focused button went away with the old one, it takes the focus, so that Tab
 * goes on from there.
 */
function useHandover(view: View) {
  const main = useRef<HTMLElement>(null);
  const mark = view.kind === 'payment' ? view.face : view.kind;
  const last = useRef(mark);
  useEffect(() => {
    if (last.current === mark) return;
    last.current = mark;
    if ((main.current?.getBoundingClientRect().top ?? 0) < 0) window.scrollTo({ top: 0 });
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [mark]);
  return main;
}

interface MainProps {
  readonly session: Session;
  readonly state: PageState;
  readonly view: View;
  readonly words: Messages;
  readonly language: Language;
}

function MainView({ session, state, view, words, language }: MainProps) {
  if (view.kind === 'entry') return <AmountEntry session={session} state={state} words={words} />;
  if (view.kind === 'starting') return <StartingPanel session={session} view={view} words={words} />;
  const pad = pinPadOf(state);
  return (
    <>
      <PaymentPanel session={session} state={state} view={view} words={words} language={language} />
      {pad === 'sandbox' && <PinPad keys={session.sandbox} words={words} />}
      {pad === 'on-screen' && <PinPad keys={session.pinKeys} note={words.pinOnScreen} words={words} />}
    </>
  );
}

interface AppProps {
  readonly session: Session;
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  readonly now: () => number;
}

export function App({ session, language: first, onLanguage, now }: AppProps) {
  const state = useSession(session);
  const nowMs = useNow(now);
  const [language, setLanguage] = useState(first);
  const words = MESSAGES[language];
  const view = viewOf(state);
  const main = useHandover(view);
  useKeyboard(session);
  useEffect(() => {
    document.documentElement.lang = words.code;
    document.title = words.title;
  }, [words]);
  const switchLanguage = (): void => {
    const next = language === 'zh' ? 'en' : 'zh';
    setLanguage(next);
    onLanguage(next);
  };

  return (
    <div class={state.sandbox === undefined ? 'page' : 'page with-sandbox'}>
      <HeaderBar state={state} words={words} onSwitchLanguage={switchLanguage} />
      <div class="notices">
        <Notices state={state} words={words} language={language} nowMs={Math.max(nowMs, state.statusAtMs)} />
      </div>
      <main class="main" ref={main} tabIndex={-1}>
        <MainView session={session} state={state} view={view} words={words} language={language} />
      </main>
      <p class="unseen" role="status" aria-live="assertive" aria-atomic="true">
        {announcement(view, words, language)}
      </p>
      {state.sandbox !== undefined && (
        <SandboxPanel session={session} sandbox={state.sandbox} words={words} language={language} />
      )}
      <RecentPayments payments={state.book.items} words={words} />
    </div>
  );
}
