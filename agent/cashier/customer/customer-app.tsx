import { useEffect, useState } from 'preact/hooks';
import { customerReason } from '../../devices/customer-reasons.ts';
import { yuan } from '../amount.ts';
import { FaceSign } from '../components/icons.tsx';
import { spacedPan, TONES } from '../components/payment-panel.tsx';
import { CUSTOMER_WORDS, customerWords } from '../messages/customer.ts';
import type { Face } from '../view.ts';
import type { Payment } from '../wire.ts';
import type { CustomerSession } from './customer-session.ts';
import { type CustomerView, customerView } from './customer-state.ts';

/** A line in both languages. */
function Both({ text }: { text: { readonly zh: string; readonly en: string } }) {
  return (
    <>
      <span class="customer-zh">{text.zh}</span>
      <span class="customer-en" lang="en">
        {text.en}
      </span>
    </>
  );
}

/** What stands below the sign: what to do, or why it was not paid. */
function detailOf({ kind, reason }: Payment, face: Face) {
  return face === 'declined' ? customerReason(reason) : customerWords(kind, face).detail;
}

function Facts({ payment: { card, kind }, face }: { payment: Payment; face: Face }) {
  if (face !== 'approved' || card === undefined) return null;
  return (
    <dl class="customer-facts">
      {card.balanceMinor !== undefined && (
        <div class="customer-balance">
          <dt>
            <Both text={CUSTOMER_WORDS.balanceLeft} />
          </dt>
          <dd>{yuan(card.balanceMinor)}</dd>
        </div>
      )}
      {kind !== 'balance' && card.maskedPan !== '' && (
        <div>
          <dt>
            <Both text={CUSTOMER_WORDS.card} />
          </dt>
          <dd>{spacedPan(card.maskedPan)}</dd>
        </div>
      )}
    </dl>
  );
}

/** As large as it can be read whole. */
function Amount({ amountMinor }: { amountMinor: number }) {
  const text = yuan(amountMinor);
  const size = text.length > 11 ? 'longest' : text.length > 7 ? 'long' : '';
  return <p class={`customer-amount ${size}`}>{text}</p>;
}

function PaymentView({ payment, face }: { payment: Payment; face: Face }) {
  const amountMinor = payment.kind === 'balance' ? payment.card?.balanceMinor : payment.amountMinor;
  const detail = detailOf(payment, face);
  return (
    <main class={`customer tone-${TONES[face]}`} data-face={face}>
      <FaceSign face={face} />
      <div class="customer-text" role="status" aria-live="polite" aria-atomic="true">
        {amountMinor !== undefined && <Amount amountMinor={amountMinor} />}
        <h1>
          <Both text={customerWords(payment.kind, face).sign} />
        </h1>
        {detail !== undefined && (
          <p class="customer-detail">
            <Both text={detail} />
          </p>
        )}
        <Facts payment={payment} face={face} />
      </div>
    </main>
  );
}

/** Nothing goes on, or nobody can tell. */
function Welcome({ kind }: { kind: 'idle' | 'away' }) {
  return (
    <main class="customer customer-welcome tone-calm" data-face={kind}>
      <p class="customer-brand">
        <Both text={CUSTOMER_WORDS.brand} />
      </p>
      <h1>
        <Both text={CUSTOMER_WORDS[kind]} />
      </h1>
    </main>
  );
}

/** The screen before the customer. Nothing on it can be pressed. */
export function CustomerApp({ session }: { session: CustomerSession }) {
  const [view, setView] = useState<CustomerView>(customerView(session.state()));
  useEffect(() => session.subscribe(() => setView(customerView(session.state()))), [session]);
  if (view.kind !== 'payment') return <Welcome kind={view.kind} />;
  return <PaymentView payment={view.payment} face={view.face} />;
}
