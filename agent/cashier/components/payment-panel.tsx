import { yuan } from '../amount.ts';
import { explanation } from '../announcement.ts';
import type { Language, Messages } from '../messages/index.ts';
import { wordsOf } from '../payment-words.ts';
import type { Session } from '../session.ts';
import { isUnpaid, type PageState } from '../state.ts';
import { type Face, isResult, type View } from '../view.ts';
import type { Payment } from '../wire.ts';
import { FaceSign } from './icons.tsx';
import { QuestionPart } from './question-part.tsx';
import { SlipPart } from './slip-part.tsx';

type PaymentView = Extract<View, { kind: 'payment' }>;

/** The colours of a face (styles/panel.css). */
export const TONES: Readonly<Record<Face, 'calm' | 'good' | 'bad' | 'warn' | 'open' | 'flat'>> = {
  tap: 'calm',
  hold: 'calm',
  pin: 'calm',
  choose: 'calm',
  document: 'calm',
  authorising: 'calm',
  again: 'warn',
  'same-card-again': 'warn',
  approved: 'good',
  balance: 'calm',
  declined: 'bad',
  'declined-after-debit': 'bad',
  undecided: 'open',
  cancelled: 'flat',
  failed: 'flat',
  lost: 'open',
};

/** Groups of four, as on the card. */
export function spacedPan(maskedPan: string): string {
  return maskedPan.replace(/.{4}(?=.)/g, '$& ');
}

interface PanelProps {
  readonly session: Session;
  readonly state: PageState;
  readonly view: PaymentView;
  readonly words: Messages;
  readonly language: Language;
}

/** The daemon's own sentence says what happened and what to do; the page's stands in where there is none. */
function Sentences({ view, words, language }: Pick<PanelProps, 'view' | 'words' | 'language'>) {
  const { payment, face } = view;
  const sentence = explanation(view, words, language);
  return (
    <div class="sentences">
      {sentence !== '' && <p class="reason">{sentence}</p>}
      {face === 'approved' && payment.offline && <p>{words.offlineApproved}</p>}
      {payment.card?.pinBlocked && <p>{words.pinBlocked}</p>}
    </div>
  );
}

function Facts({ payment, face, words }: { payment: Payment; face: Face; words: Messages }) {
  const { card, record, debtMinor } = payment;
  if (face === 'lost') return null;
  const facts = [
    face === 'approved' &&
      card?.balanceMinor !== undefined && [
        wordsOf(words, payment.kind).balanceLeft,
        yuan(card.balanceMinor),
        'fact-large',
      ],
    card !== undefined && card.maskedPan !== '' && [words.cardNumber, spacedPan(card.maskedPan), ''],
    debtMinor !== undefined && [words.owed, yuan(debtMinor), ''],
    record !== undefined && [words.recordNumber, `${record.epoch}-${record.sequence}`, ''],
  ].filter((fact) => fact !== false);
  if (facts.length === 0) return null;
  return (
    <dl class="facts">
      {facts.map(([name, value, style]) => (
        <div key={name} class={`fact ${style}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ResultActions({ session, view, words, state }: Omit<PanelProps, 'language'>) {
  const again = state.ownPayment && isUnpaid(view.payment);
  return (
    <div class="panel-actions">
      <button type="button" class="button strong" onClick={() => session.next()}>
        {again ? words.keepAmount(view.payment.amountMinor) : words.next}
      </button>
      {again && (
        <button
          type="button"
          class="button"
          onClick={() => {
            session.next();
            session.type('clear');
          }}
        >
          {words.next}
        </button>
      )}
    </div>
  );
}

function GiveUpQuestion({ session, view, words }: Pick<PanelProps, 'session' | 'view' | 'words'>) {
  return (
    <div class="question" role="alertdialog" aria-labelledby="question" aria-describedby="question-meaning">
      <p id="question" class="reason">
        {words.giveUpQuestion}
      </p>
      <p id="question-meaning">{wordsOf(words, view.payment.kind).giveUpMeaning}</p>
      <div class="panel-actions">
        <button
          type="button"
          class="button strong"
          ref={(button) => button?.focus()}
          onClick={() => session.keepWaiting()}
        >
          {words.keepWaiting}
        </button>
        <button type="button" class="button" onClick={() => session.giveUp()}>
          {words.giveUp}
        </button>
      </div>
    </div>
  );
}

function WaitingActions({ session, state, view, words }: Omit<PanelProps, 'language'>) {
  const { notice, cancelling, confirming } = state;
  if (confirming) return <GiveUpQuestion session={session} view={view} words={words} />;
  return (
    <div class="panel-actions">
      {notice !== undefined && notice.kind !== 'refused' && <p role="alert">{words.notices[notice.kind]}</p>}
      {(view.mayCancel || cancelling) && (
        <button type="button" class="button" disabled={cancelling} onClick={() => session.cancel()}>
          {cancelling ? words.cancelling : wordsOf(words, view.payment.kind).cancel}
        </button>
      )}
    </div>
  );
}

/** One payment, while it runs and when it is over. */
export function PaymentPanel({ session, state, view, words, language }: PanelProps) {
  const { payment, face } = view;
  const { sign } = wordsOf(words, payment.kind).faces[face];
  // What an inquiry is about comes with its answer.
  const amountMinor = payment.kind === 'balance' ? payment.card?.balanceMinor : payment.amountMinor;
  return (
    <div class={`panel tone-${TONES[face]}`} data-face={face}>
      <div class="panel-head">
        <FaceSign face={face} />
        <h2 class="panel-sign">{sign}</h2>
        {amountMinor !== undefined && <p class="panel-amount">{yuan(amountMinor)}</p>}
      </div>
      <Sentences view={view} words={words} language={language} />
      <QuestionPart session={session} state={state} view={view} words={words} language={language} />
      <Facts payment={payment} face={face} words={words} />
      {isResult(view) ? (
        <ResultActions session={session} state={state} view={view} words={words} />
      ) : (
        <WaitingActions session={session} state={state} view={view} words={words} />
      )}
      {isResult(view) && (
        <SlipPart session={session} state={state} payment={payment} words={words} language={language} />
      )}
    </div>
  );
}

interface StartingProps {
  readonly session: Session;
  readonly view: Extract<View, { kind: 'starting' }>;
  readonly words: Messages;
}

/** Between the press and the daemon's answer. */
export function StartingPanel({ session, view, words }: StartingProps) {
  const { starting } = words;
  const own = wordsOf(words, view.asked);
  return (
    <div class="panel tone-calm" data-face="starting">
      <div class="panel-head">
        <FaceSign face="starting" />
        <h2 class="panel-sign">{own.starting}</h2>
        {view.asked !== 'balance' && <p class="panel-amount">{yuan(view.amountMinor)}</p>}
      </div>
      <div class="sentences">
        <p class="reason">{view.unanswered ? starting.unanswered : starting.detail}</p>
        {view.cancelWanted && <p class="reason">{starting.cancelWanted}</p>}
      </div>
      <div class="panel-actions">
        <button type="button" class="button" disabled={view.cancelWanted} onClick={() => session.cancel()}>
          {view.cancelWanted ? words.cancelling : own.cancel}
        </button>
      </div>
    </div>
  );
}
