import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Messages } from '../messages/index.ts';
import type { PinKeys } from '../pin-keys.ts';
import { BackspaceIcon } from './icons.tsx';

/** ISO 9564-1: 4 to 12 digits. */
const SHORTEST = 4;
const LONGEST = 12;
const ROWS = ['123', '456', '789'] as const;

interface PinPadProps {
  readonly keys: PinKeys;
  /** Said above the keys. */
  readonly note?: string;
  readonly words: Messages;
}

function DigitKeys({ digits, onDigit }: { digits: string; onDigit: (digit: string) => void }) {
  return (
    <>
      {[...digits].map((digit) => (
        <button type="button" class={`key key-${digit}`} key={digit} onClick={() => onDigit(digit)}>
          {digit}
        </button>
      ))}
    </>
  );
}

/** A PIN pad on the page, of the sandbox or for trials. What is typed is shown as dots, lives in this part alone and is dropped once sent. */
export function PinPad({ keys, note, words }: PinPadProps) {
  const pin = useRef('');
  // Keys may come faster than the page is drawn, so what is typed is kept apart from what is drawn.
  const [count, setCount] = useState(0);
  const hold = (digits: string): void => {
    pin.current = digits;
    setCount(digits.length);
  };
  const add = (digit: string): void => hold(`${pin.current}${digit}`.slice(0, LONGEST));
  const back = (): void => hold(pin.current.slice(0, -1));
  const enter = (): void => {
    const typed = pin.current;
    if (typed.length < SHORTEST) return;
    hold('');
    void keys.enterPin(typed);
  };
  const cancel = (): void => {
    hold('');
    void keys.cancelPin();
  };

  // As soon as it stands there: whoever sees it may type.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      const onControl = event.target instanceof Element && event.target.closest('button') !== null;
      if (/^[0-9]$/.test(event.key)) add(event.key);
      else if (event.key === 'Backspace') back();
      else if (event.key === 'Escape') cancel();
      else if (event.key === 'Enter' && !onControl) enter();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  const { sandbox: texts } = words;
  return (
    <section class="pin-pad" aria-label={texts.pinPad}>
      {note !== undefined && <p class="pin-note">{note}</p>}
      <p class="pin-dots" role="status">
        <span aria-hidden="true">{'●'.repeat(count)}</span>
        <span class="unseen">{texts.pinLength(count)}</span>
      </p>
      <div class="pin-keys">
        <DigitKeys digits={ROWS[0]} onDigit={add} />
        <button type="button" class="key key-word" onClick={cancel}>
          {texts.pinCancel}
        </button>
        <DigitKeys digits={ROWS[1]} onDigit={add} />
        <button type="button" class="key" aria-label={texts.pinBackspace} onClick={back}>
          <BackspaceIcon />
        </button>
        <DigitKeys digits={ROWS[2]} onDigit={add} />
        <button type="button" class="key key-word key-enter" disabled={count < SHORTEST} onClick={enter}>
          {texts.pinEnter}
        </button>
        <DigitKeys digits="0" onDigit={add} />
      </div>
    </section>
  );
}
