import { approval, refusal } from './options-answer.ts';
import { payment } from './payment.ts';
import { lastPlace } from './places.ts';
import { proofOfPayment } from './proof.ts';
import { type Handler, SW } from './reaction.ts';
import { decide, readQualifiers } from './risk.ts';
import { withApplication } from './state.ts';
import { splitTlv } from './tlv.ts';
import { algorithmsFor, readPdolValues } from './transaction.ts';

const MAX_ATC = 0xffff;

/**
 * GET PROCESSING OPTIONS: the card decides, counts the transaction (ATC) and makes its cryptogram. A TC takes no money
 * yet: that happens when the last record of the AFL is read. Whatever proof of the payment before was kept is gone.
 */
export const getProcessingOptions: Handler = (command, { profile, card, session, random }) => {
  if (session.selected !== 'application' || session.gpo === 'done') return { sw: SW.conditionsNotSatisfied };
  const application = profile.applications[session.index];
  const before = card.applications[session.index];
  if (application === undefined || before === undefined) return { sw: SW.conditionsNotSatisfied };
  if (command.p1 !== 0 || command.p2 !== 0) return { sw: SW.wrongParameters };

  const [template, ...more] = splitTlv(command.data) ?? [];
  if (template?.tag !== 0x83 || more.length > 0) return { sw: SW.wrongData };
  const sent = readPdolValues(application.pdol, template.value);
  if (sent === undefined) return { sw: SW.wrongLength };
  const ttq = sent(0x9f66, 4);
  if (application.blocked || before.atc >= MAX_ATC || !readQualifiers(ttq).qpboc) {
    return { sw: SW.conditionsNotSatisfied };
  }
  const asked = { ttq, amount: sent(0x9f02, 6), currency: sent(0x5f2a, 2), type: sent(0x9c, 1) };
  const decision = decide(application.risk, before.balance, asked);
  if (decision === undefined) return { sw: SW.wrongData };

  const algorithms = algorithmsFor(application, sent);
  const transaction = { application, algorithms, sent, decision };
  const counted = { ...before, atc: before.atc + 1, lastPayment: [] };
  const common = { sw: SW.ok, card: withApplication(card, session.index, counted) };
  const opened = { ...session, gpo: 'done' } as const;
  if (decision.cryptogram !== 'tc') return { ...common, data: refusal(transaction, counted), session: opened };
  const paid = payment(counted, sent);
  const { signature, records } = proofOfPayment(transaction, random);
  return {
    ...common,
    data: approval(transaction, paid, signature),
    session: {
      ...opened,
      pending: { records, last: lastPlace(algorithms.afl), paid: { ...paid, lastPayment: records } },
    },
  };
};
