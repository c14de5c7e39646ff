import { openDebitCredit } from './debit-credit/get-processing-options.ts';
import { limitsNow } from './limits.ts';
import { approval, refusal } from './options-answer.ts';
import { payment } from './payment.ts';
import { type ApplicationProfile, pdolOf } from './profile.ts';
import { proofOfPayment } from './proof.ts';
import { type Handler, type Moment, type Reaction, SW } from './reaction.ts';
import { decide, readQualifiers } from './risk.ts';
import { isBlocked, type StoredApplication, withApplication } from './state.ts';
import { splitTlv } from './tlv.ts';
import { readPdolValues, type Sent } from './transaction.ts';

const MAX_ATC = 0xffff;

/** One GPO: what the terminal sent, and the application it is for as it was before. */
interface Opening {
  readonly application: ApplicationProfile;
  readonly before: StoredApplication;
  readonly pdol: Uint8Array;
  readonly values: Uint8Array;
  readonly sent: Sent;
}

/**
 * GET PROCESSING OPTIONS: the card counts the transaction (ATC) and opens it: full debit/credit over the contacts, and where a
 * contactless terminal says that it knows it (TTQ byte 1 bit 7) and the card does too; qPBOC otherwise.
 */
export const getProcessingOptions: Handler = (command, moment) => {
  const { profile, card, session } = moment;
  if (session.selected !== 'application' || session.gpo === 'done') return { sw: SW.conditionsNotSatisfied };
  const application = profile.applications[session.index];
  const before = card.applications[session.index];
  if (application === undefined || before === undefined) return { sw: SW.conditionsNotSatisfied };
  if (command.p1 !== 0 || command.p2 !== 0) return { sw: SW.wrongParameters };

  const pdol = pdolOf(profile, application) ?? new Uint8Array();
  const [template, ...more] = splitTlv(command.data) ?? [];
  if (template?.tag !== 0x83 || more.length > 0) return { sw: SW.wrongData };
  const sent = readPdolValues(pdol, template.value);
  if (sent === undefined) return { sw: SW.wrongLength };
  if (before.atc >= MAX_ATC) return { sw: SW.conditionsNotSatisfied };
  const opening = { application, before, pdol, values: template.value, sent };
  const full = profile.interface === 'contact' || readQualifiers(sent(0x9f66, 4)).debitCredit;
  if (full && application.debitCredit !== undefined) return debitCredit(opening, moment);
  return profile.interface === 'contact' ? { sw: SW.conditionsNotSatisfied } : qpboc(opening, moment);
};

/** A blocked application opens too: its issuer can only unblock it bound to a cryptogram, and it gives no other than AAC. */
function debitCredit({ application, before, ...told }: Opening, { profile, card, session }: Moment): Reaction {
  if (session.selected !== 'application' || application.debitCredit === undefined) {
    return { sw: SW.conditionsNotSatisfied };
  }
  const counted = { ...before, atc: before.atc + 1, lastPayment: [] };
  const { data, transaction } = openDebitCredit({
    ...told,
    application,
    profile: application.debitCredit,
    stored: counted,
    over: profile.interface,
  });
  return {
    sw: SW.ok,
    data,
    card: withApplication(card, session.index, counted),
    session: { ...session, gpo: 'done', debitCredit: transaction },
  };
}

/**
 * qPBOC: the card decides and makes its cryptogram at once. A TC takes no money yet: that happens when the last record of the
 * AFL is read. Whatever proof of the payment before was kept is gone.
 */
function qpboc({ application, before, sent }: Opening, { card, session, random }: Moment): Reaction {
  if (session.selected !== 'application') return { sw: SW.conditionsNotSatisfied };
  const ttq = sent(0x9f66, 4);
  if (isBlocked(application, before) || !readQualifiers(ttq).qpboc) return { sw: SW.conditionsNotSatisfied };
  const asked = { ttq, amount: sent(0x9f02, 6), currency: sent(0x5f2a, 2), type: sent(0x9c, 1) };
  const decision = decide(limitsNow(application, before), before.balance, asked);
  if (decision === undefined) return { sw: SW.wrongData };

  const transaction = { application, sent, decision };
  const counted = { ...before, atc: before.atc + 1, lastPayment: [] };
  const common = { sw: SW.ok, card: withApplication(card, session.index, counted) };
  const opened = { ...session, gpo: 'done' } as const;
  if (decision.cryptogram !== 'tc') return { ...common, data: refusal(transaction, counted), session: opened };
  const paid = payment(counted, sent);
  const { signature, records } = proofOfPayment(transaction, random);
  return {
    ...common,
    data: approval(transaction, paid, signature),
    session: { ...opened, pending: { records, paid: { ...paid, lastPayment: records } } },
  };
}
