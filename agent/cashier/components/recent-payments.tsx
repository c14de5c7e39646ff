import { yuan } from '../amount.ts';
import type { Messages } from '../messages/index.ts';
import { wordsOf } from '../payment-words.ts';
import type { Payment } from '../wire.ts';
import { spacedPan } from './payment-panel.tsx';

/** Payments shown; the register's own records hold the rest. */
const SHOWN = 8;

function Row({ payment, words }: { payment: Payment; words: Messages }) {
  const at = Date.parse(payment.createdAt);
  return (
    <li class="recent-row">
      <span class="recent-time">{Number.isFinite(at) ? words.clockTime(new Date(at)) : ''}</span>
      <span class="recent-amount">{yuan(payment.amountMinor)}</span>
      <span class="recent-state">
        {payment.kind === 'load' && <span class="tag">{words.load.ask}</span>}
        <span class={`tag tag-${payment.state}`}>{wordsOf(words, payment.kind).states[payment.state]}</span>
        {payment.state === 'declined' && payment.debited !== 'none' && (
          <span class="tag tag-declined">{words.debitedTag}</span>
        )}
        {payment.offline && payment.state === 'approved' && <span class="tag tag-offline">{words.offlineTag}</span>}
      </span>
      <span class="recent-card">{payment.card ? spacedPan(payment.card.maskedPan) : ''}</span>
    </li>
  );
}

export function RecentPayments({ payments: all, words }: { payments: readonly Payment[]; words: Messages }) {
  // An inquiry moves nothing, and would only push out what did.
  const payments = all.filter(({ kind }) => kind !== 'balance');
  return (
    <section class="recent" aria-labelledby="recent-title">
      <h2 id="recent-title">{words.recent}</h2>
      {payments.length === 0 ? (
        <p class="faint">{words.noRecent}</p>
      ) : (
        <ul>
          {payments.slice(0, SHOWN).map((payment) => (
            <Row key={payment.id} payment={payment} words={words} />
          ))}
        </ul>
      )}
      <p class="recent-foot">
        <a href="customer" target="_blank" rel="noopener">
          {words.customerScreen}
        </a>
      </p>
    </section>
  );
}
