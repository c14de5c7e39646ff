import { concat, equalBytes, hex, parseBcd } from '../../../emv/values/index.ts';
import { logged, payment } from '../payment.ts';
import { type Reaction, SW } from '../reaction.ts';
import { readDolValues, type Sent } from '../transaction.ts';
import { cryptogramAnswer } from './cryptogram-answer.ts';
import { type Cryptogram, verificationResults } from './cvr.ts';
import { changed, type Here, inTransaction } from './here.ts';
import { authenticateIssuer, isMandatory } from './issuer-authentication.ts';
import {
  countedOffline,
  decideFirst,
  defaultAction,
  mayApproveUnasked,
  upperLimitsExceeded,
  type Wanted,
} from './risk.ts';
import type { StoredDebitCredit } from './state.ts';

/** Reference control parameter (P1), bits 8 and 7. */
const REFERENCE: ReadonlyMap<number, Cryptogram> = new Map([
  [0x00, 'aac'],
  [0x40, 'tc'],
  [0x80, 'arqc'],
]);
const COMBINED = 0x10;

/** One GENERATE AC, taken apart. */
interface Asked extends Wanted {
  readonly sent: Sent;
  readonly values: Uint8Array;
  readonly combined: boolean;
}

/** GENERATE AC, the first and the second (EMV Book 3 §6.5.5, JR/T 0025.5). What it changes is on disk before it answers. */
export const generateAc = inTransaction((command, here) => {
  const { stage } = here.transaction;
  if (stage === 'ended') return { sw: SW.conditionsNotSatisfied };
  const reference = REFERENCE.get(command.p1 & ~COMBINED);
  const combined = (command.p1 & COMBINED) !== 0;
  if (reference === undefined || command.p2 !== 0 || (combined && !here.profile.cda)) return { sw: SW.wrongParameters };
  if (stage === 'online' && reference === 'arqc') return { sw: SW.wrongParameters };
  const { profile, transaction } = here;
  const sent = readDolValues(stage === 'options' ? profile.cdol1 : profile.cdol2, command.data, transaction.sent);
  if (sent === undefined) return { sw: SW.wrongLength };
  const amount = parseBcd(sent(0x9f02, 6));
  if (amount === undefined) return { sw: SW.wrongData };
  const values = concat(transaction.values, command.data);
  const asked = { cryptogram: reference, amount, currency: sent(0x5f2a, 2), sent, values, combined };
  return stage === 'options' ? first(asked, here) : second(asked, here);
});

/** The first: from card risk management to TC (the chip pays, where it is electronic cash), ARQC or AAC. */
function first(asked: Asked, here: Here): Reaction {
  const { memory, stored, transaction } = here;
  const { sent } = asked;
  const willing = transaction.electronicCash && sent(0x9f7a, 1)[0] === 0x01;
  const decision = decideFirst(here, asked, willing);
  const kind = decision.cryptogram;
  const cvr = verificationResults({
    first: kind,
    lastOnlineNotCompleted: transaction.lastOnlineNotCompleted,
    velocityExceeded: decision.velocityExceeded,
    pinTries: stored.pinTries,
    memory,
    transaction,
  });
  const noted: Partial<StoredDebitCredit> = {
    tc: decision.electronicCash ? {} : countedOffline(here, asked),
    arqc: { onlineNotCompleted: true },
    aac: failedAuthentication(sent),
  }[kind];
  const approved = decision.electronicCash ? payment(stored, sent) : logged(stored, sent);
  const after = kind === 'tc' ? approved : stored;
  const { data, cryptogram } = cryptogramAnswer(here, { ...asked, kind, cvr, after });
  const stage = kind === 'arqc' ? 'online' : 'ended';
  const takesScripts = kind === 'arqc' || memory.blocked;
  const { values } = asked;
  return {
    sw: SW.ok,
    data,
    ...changed(here, {
      stored: after,
      memory: noted,
      transaction: { stage, takesScripts, sent, values, cryptogram },
    }),
  };
}

/** TVR byte 1: which offline data authentication the terminal says has failed. Remembered where the card declines. */
function failedAuthentication(sent: Sent): Partial<StoredDebitCredit> {
  const [first = 0] = sent(0x95, 5);
  return { ...((first & 0x40) !== 0 && { sdaFailed: true }), ...((first & 0x0c) !== 0 && { ddaFailed: true }) };
}

/** 8A of a terminal that could not go online: Y3, Z3. */
const UNABLE = [hex('5933'), hex('5A33')];

/** The second: what became of the ARQC, with the host's word or without. */
function second(asked: Asked, here: Here): Reaction {
  const { sent, values } = asked;
  const unableToGoOnline = UNABLE.some((code) => equalBytes(code, sent(0x8a, 2)));
  const proved = unableToGoOnline ? here : authenticateIssuer(here, sent(0x91, 10));
  const { memory, stored, transaction } = proved;
  const allowed =
    !memory.blocked &&
    here.moment.card.blocked !== true &&
    (unableToGoOnline ? mayApproveUnasked(proved, asked) : issuerAllows(proved));
  const kind = asked.cryptogram === 'tc' && allowed ? 'tc' : 'aac';
  const cvr = verificationResults({
    first: 'arqc',
    second: kind,
    unableToGoOnline,
    lastOnlineNotCompleted: transaction.lastOnlineNotCompleted,
    velocityExceeded: unableToGoOnline && upperLimitsExceeded(proved, asked),
    pinTries: stored.pinTries,
    memory,
    transaction,
  });
  const after = kind === 'tc' ? logged(stored, sent) : stored;
  const offline = kind === 'tc' ? countedOffline(proved, asked) : {};
  const noted = unableToGoOnline ? offline : wentOnline(proved);
  const { data } = cryptogramAnswer(proved, { ...asked, kind, cvr, after });
  const ended = { ...transaction, stage: 'ended', sent, values } as const;
  return { sw: SW.ok, data, ...changed(proved, { stored: after, memory: noted, transaction: ended }) };
}

function issuerAllows(here: Here): boolean {
  const { issuerAuthentication } = here.transaction;
  if (issuerAuthentication === 'failed') return !defaultAction(here, 'issuerAuthenticationFailedDecline');
  const missing = issuerAuthentication === 'none' && isMandatory(here);
  return !(missing && defaultAction(here, 'issuerAuthenticationMissingDecline'));
}

/** What the card remembers of an answer from online. Only one that it takes for its issuer's clears the counters. */
function wentOnline(here: Here): Partial<StoredDebitCredit> {
  const { issuerAuthentication } = here.transaction;
  const issuerAuthenticationFailed = issuerAuthentication === 'failed';
  const issuerAuthenticationMissing = issuerAuthentication === 'none' && isMandatory(here);
  if (issuerAuthenticationFailed || issuerAuthenticationMissing) {
    return { issuerAuthenticationFailed, issuerAuthenticationMissing };
  }
  return {
    issuerAuthenticationFailed,
    issuerAuthenticationMissing,
    onlineNotCompleted: false,
    lastOnlineAtc: here.stored.atc,
    offlineAmount: 0,
    offlineAbroad: 0,
    sdaFailed: false,
    ddaFailed: false,
    scripts: 0,
    scriptFailed: false,
  };
}
