import {
  type AuthorisationAnswer,
  type AuthorisationRequest,
  authorisationAnswer,
} from '../../clearing/contract/index.ts';
import { cardToken } from '../../clearing/contract/record/index.ts';
import { drawSm2PrivateKey, sm2Seal } from '../../emv/crypto/index.ts';
import type { DeclineReason, HostAnswer, IssuerAnswer } from '../../emv/kernel/index.ts';
import { type CivilDate, hex, isFen, type Pan, type PurseSerial, toHex } from '../../emv/values/index.ts';
import type { Identity } from '../../offline-queue/index.ts';
import { recordChip } from '../payment/record-draft.ts';
import type { AuthorisationCall, OnlineHost } from '../payment/tools.ts';
import type { Random } from '../random.ts';
import type { ClearingClient } from './clearing-client.ts';
import type { Troubles } from './troubles.ts';

/**
 * A PAN, or a purse's serial number, under the host's sealing key, with the card's token as associated data, in hex. Undefined when the pinned key is
 * no point of the curve.
 */
function sealPan(
  pan: Pan | PurseSerial,
  token: string,
  hostSealingKey: Uint8Array,
  random: Random,
): string | undefined {
  const ephemeralPrivateKey32 = drawSm2PrivateKey(random);
  const plaintext = new TextEncoder().encode(pan.reveal());
  const associatedData = new TextEncoder().encode(token);
  const sealed = sm2Seal({ publicKey64: hostSealingKey, ephemeralPrivateKey32, plaintext, associatedData });
  ephemeralPrivateKey32.fill(0);
  plaintext.fill(0);
  return sealed && toHex(sealed);
}

export interface OnlineHostParts {
  readonly client: ClearingClient;
  readonly identity: () => Identity | undefined;
  readonly random: Random;
  readonly troubles: Pick<Troubles, 'note' | 'settled'>;
  /** How long a cashier waits for the host. */
  readonly timeoutMs: () => number;
}

/** Asks the clearing host about one card. */
export function onlineHost({ client, identity, random, troubles, timeoutMs }: OnlineHostParts): OnlineHost {
  return {
    async authorise(call, signal) {
      const me = identity();
      const body = me && authorisationRequest(call, me, random);
      if (body === undefined) return { kind: 'no-answer' };
      const answer = await client.send({
        method: 'POST',
        path: '/v1/authorisations',
        key: call.id,
        body,
        answer: authorisationAnswer,
        fresh: true,
        timeoutMs: timeoutMs(),
        signal,
      });
      if (answer.kind === 'refused') {
        const { status, code, detail } = answer;
        troubles.note(REFUSED, '', { authorisation: call.id, status, code, detail: `${code}: ${detail ?? status}` });
      }
      // A refused request was not decided about: there is no word of the issuer to rely on.
      if (answer.kind !== 'answered' || answer.value.id !== call.id) return { kind: 'no-answer' };
      troubles.settled(REFUSED, '');
      return onlineAnswer(answer.value);
    },
  };
}

const REFUSED = 'authorisation-refused';

const isoDay = ({ year, month, day }: CivilDate): string =>
  [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

function authorisationRequest(call: AuthorisationCall, me: Identity, random: Random): AuthorisationRequest | undefined {
  const { card, pin } = call;
  const token = cardToken(me.cardTokenKey, card.pan);
  const sealedPan = sealPan(card.pan, token, me.hostSealingKey, random);
  if (sealedPan === undefined) return undefined;
  return {
    id: call.id,
    purpose: call.purpose,
    paymentId: call.paymentId,
    amountMinor: call.amountMinor,
    currency: 'CNY',
    at: call.at,
    card: {
      sealedPan,
      token,
      maskedPan: card.pan.masked,
      panSequence: card.panSequence,
      expiry: isoDay(card.expiry),
    },
    chip: recordChip(call.chip),
    // Full debit/credit, which alone has a TSI: the card is at its first GENERATE AC, and takes its issuer's answer.
    ...(call.purpose !== 'verify-tc' && call.chip.tsi && { issuerData: true as const }),
    ...(pin && { pin: { block: pin.block.use(toHex), format: pin.format, keyId: pin.keyId } }),
  };
}

/** What the host may say that the cashier has a sentence for; anything else is host-declined. */
const TOLD_AS_IT_IS: readonly string[] = [
  'hotlisted',
  'debt',
  'expired',
  'insufficient-funds',
  'card-blocked',
  'online-pin-required',
  'pin-wrong',
  'pin-tries-exceeded',
  'not-genuine',
  'balance-limit',
] satisfies readonly DeclineReason[];

/** What the issuer says to its card, in bytes. */
function issuerOf({ issuer }: AuthorisationAnswer): { readonly issuer?: IssuerAnswer } {
  if (issuer === undefined) return {};
  const { authorisationResponseCode, issuerAuthenticationData, scripts } = issuer;
  return {
    issuer: {
      authorisationResponseCode: hex(authorisationResponseCode),
      ...(issuerAuthenticationData !== undefined && { issuerAuthenticationData: hex(issuerAuthenticationData) }),
      ...(scripts && { scripts: scripts.map((script) => hex(script)) }),
    },
  };
}

function onlineAnswer(answer: AuthorisationAnswer): HostAnswer {
  if (answer.result === 'approved') {
    const { authorisationId, accountBalanceMinor: balance } = answer;
    return {
      kind: 'approved',
      authorisationId,
      ...(balance !== undefined && isFen(balance) && { accountBalance: balance }),
      ...issuerOf(answer),
    };
  }
  const reason = TOLD_AS_IT_IS.includes(answer.reason) ? (answer.reason as DeclineReason) : 'host-declined';
  return { kind: 'declined', reason, ...issuerOf(answer) };
}
