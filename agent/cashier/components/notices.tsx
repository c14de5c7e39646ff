import { yuan } from '../amount.ts';
import type { Language, Messages } from '../messages/index.ts';
import type { PageState } from '../state.ts';
import { queueView, readerView } from '../view.ts';

interface NoticesProps {
  readonly state: PageState;
  readonly words: Messages;
  readonly language: Language;
  readonly nowMs: number;
}

/** So long a scanned code is spoken of. */
const SCANNED_SHOWN_MS = 10_000;

/** In the place of the queue's strip, so that nothing moves under a finger. */
function ScannedStrip({ text }: { text: string }) {
  return (
    <p class="strip strip-scanned" role="alert">
      {text}
    </p>
  );
}

/** What is not yet at the centre. It is always there: nothing may move under a finger when the link breaks. */
function QueueStrip({ state, words, nowMs }: Omit<NoticesProps, 'language'>) {
  const { status, statusAtMs } = state;
  if (status === undefined) return <p class="strip">{words.connecting}</p>;
  const queue = queueView(status, statusAtMs, nowMs);
  const lastContact = Date.parse(status.clearing.lastContactAt ?? '');
  const facts = [
    queue.count > 0 && words.queue.count(queue.count),
    queue.count > 0 && yuan(queue.sumMinor),
    queue.oldestAgeS !== undefined && words.queue.oldest(queue.oldestAgeS),
    queue.count === 0 && queue.kind === 'offline' && words.queue.nothing,
    queue.kind === 'offline' &&
      Number.isFinite(lastContact) &&
      words.queue.lastContact(words.clockTime(new Date(lastContact))),
  ].filter((fact) => fact !== false);
  return (
    <div class={`strip strip-${queue.kind}`} role="status">
      <p class="strip-main">
        <strong>{words.queue[queue.kind]}</strong>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {queue.kind === 'offline' && <p class="strip-meaning">{words.queue.offlineMeaning}</p>}
    </div>
  );
}

function ReaderRemedy({ state, words }: { state: PageState; words: Messages }) {
  const reader = state.status && readerView(state.status);
  if (reader === undefined || reader === 'card' || reader === 'empty') return null;
  return (
    <p class="strip strip-problem" role="alert">
      {words.readerRemedy[reader]}
    </p>
  );
}

/** Why this terminal sells nothing. */
function Stopped({ state, words }: { state: PageState; words: Messages }) {
  const reason = state.status?.stopped;
  if (reason === undefined) return null;
  return (
    <div class="strip strip-problem" role="alert">
      <p class="strip-main">
        <strong>{words.stopped.sign}</strong>
      </p>
      <p class="strip-meaning">{words.stopped[reason]}</p>
    </div>
  );
}

export function Notices({ state, words, language, nowMs }: NoticesProps) {
  if (state.daemon === 'unreachable') {
    return (
      <div class="strip strip-problem" role="alert">
        <p class="strip-main">
          <strong>{words.daemonLost}</strong>
        </p>
        <p class="strip-meaning">{words.daemonLostRemedy}</p>
      </div>
    );
  }
  const { scanned } = state;
  return (
    <>
      <Stopped state={state} words={words} />
      {scanned !== undefined && nowMs - scanned.atMs < SCANNED_SHOWN_MS ? (
        <ScannedStrip text={scanned.text[language]} />
      ) : (
        <QueueStrip state={state} words={words} nowMs={nowMs} />
      )}
      <ReaderRemedy state={state} words={words} />
    </>
  );
}
