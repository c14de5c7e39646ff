import type { Language, Messages } from '../messages/index.ts';
import { documentNumber, questionOf } from '../question.ts';
import type { Session } from '../session.ts';
import type { PageState } from '../state.ts';
import type { View } from '../view.ts';
import type { Question } from '../wire.ts';

interface QuestionProps {
  readonly session: Session;
  readonly state: PageState;
  readonly view: View;
  readonly words: Messages;
  readonly language: Language;
}

type Asked<K extends Question['kind']> = Omit<QuestionProps, 'view'> & {
  readonly question: Extract<Question, { kind: K }>;
};

interface AnswerProps {
  readonly number: number;
  readonly text: string;
  readonly small?: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

/** A big button with the key that presses it. */
function Answer({ number, text, small, disabled, onClick }: AnswerProps) {
  return (
    <button
      type="button"
      class="button answer"
      aria-keyshortcuts={String(number)}
      disabled={disabled}
      onClick={onClick}
    >
      <span class="answer-number" aria-hidden="true">
        {number}
      </span>
      <span class="answer-text">{text}</span>
      {small !== undefined && <span class="answer-small">{small}</span>}
    </button>
  );
}

function Applications({ session, state, question, words }: Asked<'application'>) {
  return (
    <fieldset class="answers">
      <legend class="unseen">{words.faces.choose.sign}</legend>
      {question.candidates.map(({ label, aid }, at) => (
        <Answer
          key={aid}
          number={at + 1}
          text={label === '' ? aid : label}
          small={aid}
          disabled={state.replying !== undefined}
          onClick={() => session.choose(at + 1)}
        />
      ))}
    </fieldset>
  );
}

function Document({ session, state, question, words, language }: Asked<'id-document'>) {
  const number = documentNumber(state, question);
  const disabled = number === undefined || state.replying !== undefined;
  return (
    <>
      <dl class="facts">
        <div class="fact fact-large">
          <dt>{question.documentType[language]}</dt>
          <dd class="document-number">{number ?? words.documentComing}</dd>
        </div>
      </dl>
      <fieldset class="answers">
        <legend class="unseen">{words.faces.document.sign}</legend>
        {[words.documentMatches, words.documentDiffers].map((text, at) => (
          <Answer key={text} number={at + 1} text={text} disabled={disabled} onClick={() => session.choose(at + 1)} />
        ))}
      </fieldset>
    </>
  );
}

function Pin({ session, state, question, words }: Asked<'pin'>) {
  const { triesLeft, mayBypass } = question;
  return (
    <>
      {triesLeft !== undefined && <p class="reason">{words.pinTries(triesLeft)}</p>}
      {mayBypass && (
        <div class="panel-actions">
          <button
            type="button"
            class="button"
            disabled={state.replying !== undefined}
            onClick={() => session.bypassPin()}
          >
            {words.bypassPin}
          </button>
        </div>
      )}
    </>
  );
}

/** What the payment asks, and the ways to answer. */
export function QuestionPart({ view, ...props }: QuestionProps) {
  const question = questionOf(view);
  if (question?.kind === 'application') return <Applications {...props} question={question} />;
  if (question?.kind === 'id-document') return <Document {...props} question={question} />;
  return question === undefined ? null : <Pin {...props} question={question} />;
}
