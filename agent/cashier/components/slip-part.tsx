import type { Language, Messages } from '../messages/index.ts';
import type { Session } from '../session.ts';
import type { PageState } from '../state.ts';
import type { Payment, Slip, SlipCopy } from '../wire.ts';

const COPIES: readonly SlipCopy[] = ['merchant', 'customer'];

interface SlipPartProps {
  readonly session: Session;
  readonly state: PageState;
  readonly payment: Payment;
  readonly words: Messages;
  readonly language: Language;
}

const isUnderWay = (slip: Slip | undefined): boolean => slip?.state === 'waiting' || slip?.state === 'printing';
const mayBeOut = (slip: Slip | undefined): boolean => slip?.state === 'printed' || slip?.state === 'maybe-printed';

/** What became of the slips of a payment, and buttons to print them; nothing where there is no printer. */
export function SlipPart({ session, state, payment, words, language }: SlipPartProps) {
  const printer = state.status?.printer;
  if (printer === undefined) return null;
  const { slips: texts } = words;
  return (
    <section class="slips" aria-label={texts.title} role="status">
      {printer !== 'ready' && <p class="slip-problem">{texts.printer[printer]}</p>}
      {state.notice?.kind === 'not-printed' && <p class="slip-problem">{words.notices['not-printed']}</p>}
      {COPIES.map((copy) => {
        const slip = payment.slips?.[copy];
        return (
          <div key={copy} class="slip" data-slip={copy}>
            <button type="button" class="button" disabled={isUnderWay(slip)} onClick={() => session.print(copy)}>
              {mayBeOut(slip) ? texts.printAgain[copy] : texts.print[copy]}
            </button>
            {slip !== undefined && (
              <p class="slip-state">
                <strong>{texts.states[slip.state]}</strong> {slip.whyText?.[language]}
                {slip.unconfirmed && texts.unconfirmed}
              </p>
            )}
          </div>
        );
      })}
    </section>
  );
}
