import { useState } from 'preact/hooks';
import { yuan } from '../amount.ts';
import type { Language, Messages } from '../messages/index.ts';
import type { Tear } from '../register-client.ts';
import type { Session } from '../session.ts';
import type { NetworkMode, SandboxState } from '../state.ts';
import type { SandboxCard } from '../wire.ts';
import { spacedPan } from './payment-panel.tsx';

const MODES: readonly NetworkMode[] = ['refuse', 'blackhole', 'lose-answers'];
/** More commands than any tap has. */
const LAST_COMMAND = 60;

interface PanelProps {
  readonly session: Session;
  readonly sandbox: SandboxState;
  readonly words: Messages;
  readonly language: Language;
}

interface TrayCardProps extends Omit<PanelProps, 'session'> {
  readonly card: SandboxCard;
  readonly onTap: () => void;
}

function TrayCard({ card, sandbox, words, language, onTap }: TrayCardProps) {
  const busy = sandbox.busyCard === card.id;
  const onReader = sandbox.cardOnReader === card.id;
  return (
    <li>
      <button
        type="button"
        class={onReader ? 'tray-card on-reader' : 'tray-card'}
        data-card={card.id}
        aria-busy={busy}
        onClick={onTap}
      >
        <span class="tray-title">
          <span class="unseen">{words.sandbox.tap}</span>
          {card.title[language]}
        </span>
        {card.balanceMinor !== undefined && <span class="tray-balance">{yuan(card.balanceMinor)}</span>}
        <span class="tray-story">{card.story[language]}</span>
        <span class="tray-pan">{spacedPan(card.maskedPan)}</span>
        {(busy || onReader) && <span class="tray-place">{busy ? words.sandbox.moving : words.sandbox.onReader}</span>}
      </button>
    </li>
  );
}

interface TearProps {
  readonly tear: Tear;
  readonly armed: boolean;
  readonly words: Messages;
  readonly onChange: (tear: Tear, armed: boolean) => void;
}

function TearOptions({ tear, armed, words, onChange }: TearProps) {
  const { sandbox: texts } = words;
  const setCommand = (value: string): void => {
    const command = Number(value);
    if (Number.isInteger(command) && command >= 1 && command <= LAST_COMMAND) onChange({ ...tear, command }, armed);
  };
  return (
    <details class="tear">
      <summary>{texts.tear}</summary>
      <label class="choice">
        <input type="checkbox" checked={armed} onChange={(event) => onChange(tear, event.currentTarget.checked)} />
        {texts.tearNext}
      </label>
      <label class="choice">
        {texts.tearCommand}
        <input
          type="number"
          min="1"
          max={LAST_COMMAND}
          value={tear.command}
          onInput={(event) => setCommand(event.currentTarget.value)}
        />
      </label>
      <label class="choice">
        {texts.tearWhen}
        <select
          value={tear.when}
          onChange={(event) =>
            onChange(
              { ...tear, when: event.currentTarget.value === 'after-card' ? 'after-card' : 'before-card' },
              armed,
            )
          }
        >
          <option value="before-card">{texts.beforeCard}</option>
          <option value="after-card">{texts.afterCard}</option>
        </select>
      </label>
    </details>
  );
}

function NetworkSwitch({ session, sandbox, words }: Omit<PanelProps, 'language'>) {
  const { sandbox: texts } = words;
  const chosen = (value: string): NetworkMode => MODES.find((mode) => mode === value) ?? 'refuse';
  return (
    <div class="network">
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked={sandbox.networkUp}
        onClick={() => void session.sandbox.setNetwork(!sandbox.networkUp, sandbox.networkMode)}
      >
        <span class="switch-track" aria-hidden="true" />
        <span>{texts.network}</span> <strong>{sandbox.networkUp ? texts.networkUp : texts.networkDown}</strong>
      </button>
      <label class="choice">
        {texts.networkMode}
        <select
          value={sandbox.networkMode}
          onChange={(event) => void session.sandbox.chooseMode(chosen(event.currentTarget.value))}
        >
          {MODES.map((mode) => (
            <option key={mode} value={mode}>
              {texts.modes[mode]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Problem({ sandbox, words }: Pick<PanelProps, 'sandbox' | 'words'>) {
  const { problem } = sandbox;
  if (problem === undefined) return null;
  const { problem: sentence, unreachable } = words.sandbox;
  return (
    <p class="hint hint-problem" role="alert">
      {problem === 'unreachable' ? unreachable : sentence(problem.code, problem.title)}
    </p>
  );
}

/** Cards to tap and a network to cut: what stands in for hands, wallet and cable. */
export function SandboxPanel({ session, sandbox, words, language }: PanelProps) {
  const [tear, setTear] = useState<Tear>({ command: 1, when: 'after-card' });
  const [armed, setArmed] = useState(false);
  const { sandbox: texts } = words;
  const tap = (id: string): void => {
    void session.sandbox.tap(id, armed ? tear : undefined);
    setArmed(false);
  };
  return (
    <section class="sandbox" aria-labelledby="sandbox-title">
      <div class="sandbox-head">
        <h2 id="sandbox-title">{texts.title}</h2>
        <p class="faint">{texts.meaning}</p>
      </div>
      <NetworkSwitch session={session} sandbox={sandbox} words={words} />
      <a href="/sandbox/paper" target="_blank" rel="noreferrer">
        {texts.paper}
      </a>
      <div class="tray-head">
        <h3>{texts.tray}</h3>
        <button
          type="button"
          class="button small"
          disabled={sandbox.cardOnReader === undefined || sandbox.busyCard !== undefined}
          onClick={() => void session.sandbox.remove()}
        >
          {texts.remove}
        </button>
      </div>
      <TearOptions
        tear={tear}
        armed={armed}
        words={words}
        onChange={(next, arm) => {
          setTear(next);
          setArmed(arm);
        }}
      />
      {armed && <p class="hint hint-problem">{texts.tearArmed(tear.command)}</p>}
      <Problem sandbox={sandbox} words={words} />
      <ul class="tray">
        {sandbox.cards.map((card) => (
          <TrayCard
            key={card.id}
            card={card}
            sandbox={sandbox}
            words={words}
            language={language}
            onTap={() => tap(card.id)}
          />
        ))}
      </ul>
    </section>
  );
}
