import type { Messages } from '../messages/index.ts';
import type { PageState } from '../state.ts';
import { readerView } from '../view.ts';

interface ChipProps {
  readonly label: string;
  readonly value: string;
  readonly tone: 'good' | 'bad' | 'unknown';
}

/** A small state with a mark whose shape differs with it: disc, cross or ring. */
function Chip({ label, value, tone }: ChipProps) {
  return (
    <p class={`chip chip-${tone}`}>
      <span class="chip-mark" aria-hidden="true" />
      <span class="chip-label">{label}</span> <span class="chip-value">{value}</span>
    </p>
  );
}

const TONES = {
  card: 'good',
  empty: 'good',
  unresponsive: 'bad',
  unplugged: 'bad',
  none: 'bad',
  reachable: 'good',
  unreachable: 'bad',
  unknown: 'unknown',
} as const;

interface HeaderProps {
  readonly state: PageState;
  readonly words: Messages;
  readonly onSwitchLanguage: () => void;
}

export function HeaderBar({ state, words, onSwitchLanguage }: HeaderProps) {
  const { status, daemon } = state;
  const known = daemon === 'reachable' ? status : undefined;
  const reader = known === undefined ? 'unknown' : readerView(known);
  const centre = known === undefined ? 'unknown' : known.clearing.reachable ? 'reachable' : 'unreachable';
  return (
    <header class="header">
      <div class="header-name">
        <h1>
          {words.place}
          <span class="brand">{words.brand}</span>
        </h1>
        {status?.terminal !== undefined && <p class="terminal">{words.terminal(status.terminal)}</p>}
      </div>
      <div class="chips">
        <Chip label={words.reader.label} value={words.reader[reader]} tone={TONES[reader]} />
        <Chip label={words.centre.label} value={words.centre[centre]} tone={TONES[centre]} />
      </div>
      <button
        type="button"
        class="button quiet language"
        lang={words.otherLanguage === 'English' ? 'en' : 'zh-CN'}
        onClick={onSwitchLanguage}
      >
        {words.otherLanguage}
      </button>
    </header>
  );
}
