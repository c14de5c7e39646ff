import { amountOf, type EntryKey, yuan } from '../amount.ts';
import type { Messages } from '../messages/index.ts';
import type { Session } from '../session.ts';
import type { Notice, PageState } from '../state.ts';
import { BackspaceIcon } from './icons.tsx';

const DIGITS: readonly EntryKey[] = ['7', '8', '9', '4', '5', '6', '1', '2', '3', '0', '00'];

function noticeText(notice: Notice, words: Messages): string {
  if (notice.kind === 'refused') return words.refused(notice.problem.code, notice.problem.title);
  return words.notices[notice.kind];
}

/** One line under the amount: what went wrong, else what to know about the amount, else how to use the keyboard. */
function Hint({ state, words }: { state: PageState; words: Messages }) {
  const { notice, entry, status } = state;
  if (notice !== undefined) {
    return (
      <p class="hint hint-problem" role="alert">
        {noticeText(notice, words)}
      </p>
    );
  }
  // 0 while the terminal cannot sell at all, which it says better itself.
  const limit = status?.limits.transactionMinor || undefined;
  if (entry.full) return <p class="hint hint-problem">{words.full}</p>;
  if (entry.kept) return <p class="hint hint-note">{words.kept}</p>;
  if (limit !== undefined && amountOf(entry) >= limit) return <p class="hint hint-problem">{words.overLimit(limit)}</p>;
  return <p class="hint hint-keys">{words.startHint}</p>;
}

function Keypad({ session, words }: { session: Session; words: Messages }) {
  return (
    <fieldset class="keypad">
      <legend class="unseen">{words.keypad}</legend>
      {DIGITS.map((key) => (
        <button type="button" class="key" key={key} onClick={() => session.type(key)}>
          {words.digit(key)}
        </button>
      ))}
      <button type="button" class="key" aria-label={words.backspace} onClick={() => session.type('backspace')}>
        <BackspaceIcon />
      </button>
    </fieldset>
  );
}

/** What is asked of a card beside selling: far from the start button, and small. */
function Aside({ session, state, words }: EntryProps) {
  const away = state.daemon !== 'reachable';
  return (
    <div class="entry-aside">
      {(['balance', 'load'] as const).map((kind) => (
        <button
          type="button"
          class="button small"
          key={kind}
          disabled={away}
          aria-keyshortcuts={words[kind].shortcut}
          onClick={() => session.start(kind)}
        >
          {words[kind].ask}
          <span class="shortcut" aria-hidden="true">
            {words[kind].shortcut}
          </span>
        </button>
      ))}
    </div>
  );
}

interface EntryProps {
  readonly session: Session;
  readonly state: PageState;
  readonly words: Messages;
}

/** The amount, the keypad, and the button that starts the payment. */
export function AmountEntry({ session, state, words }: EntryProps) {
  const amountMinor = amountOf(state.entry);
  return (
    <div class="entry">
      <div class="entry-head">
        <div class="entry-title">
          <h2 id="amount-label">{words.amount}</h2>
          <Aside session={session} state={state} words={words} />
        </div>
        <output class={amountMinor === 0 ? 'amount amount-zero' : 'amount'} aria-labelledby="amount-label">
          {yuan(amountMinor)}
        </output>
        <Hint state={state} words={words} />
      </div>
      <Keypad session={session} words={words} />
      <div class="entry-actions">
        <button type="button" class="button" onClick={() => session.type('clear')}>
          {words.clear}
        </button>
        <button
          type="button"
          class="button primary start"
          disabled={state.daemon !== 'reachable'}
          onClick={() => session.start()}
        >
          {words.start}
        </button>
      </div>
    </div>
  );
}
