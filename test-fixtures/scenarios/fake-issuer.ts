import { randomBytes } from 'node:crypto';
import type { AuthorisationAnswer, AuthorisationRequest } from '../../clearing/contract/index.ts';
import { createHsm } from '../../clearing/index.ts';
import { sm2Open } from '../../emv/crypto/index.ts';
import { fen, hex, Pan, uintBytes } from '../../emv/values/index.ts';
import { TEST_HSM_KEYS } from '../sandbox/test-keys.ts';

const HSM = createHsm({
  keys: TEST_HSM_KEYS,
  production: false,
  random: (length) => new Uint8Array(randomBytes(length)),
});

/**
 * Grants a load to a card of the tray: ARPC, and the script that puts what the card says it has and the amount together.
 * @param sealingKey the private key that opens PANs, 32 bytes
 */
export function grantLoad(request: AuthorisationRequest, sealingKey: Uint8Array, number: number): AuthorisationAnswer {
  const { id, amountMinor, card, chip } = request;
  const associatedData = new TextEncoder().encode(card.token);
  const opened = sm2Open({ privateKey32: sealingKey, envelope: hex(card.sealedPan), associatedData });
  const pan = opened && Pan.parse(new TextDecoder().decode(opened));
  const check = pan && HSM.checkCryptogram(pan, card.panSequence, chip);
  if (pan === undefined || check?.kind !== 'genuine' || check.balance === undefined) {
    return { id, result: 'declined', reason: 'not-genuine' };
  }
  const newBalance = fen(check.balance + amountMinor);
  const issuer = HSM.issuerAnswer({
    pan,
    panSequence: card.panSequence,
    chip,
    responseCode: hex('3030'),
    scriptIdentifier: uintBytes(number, 4),
    newBalance,
  });
  const authorisationId = `A-${number}`;
  return {
    id,
    result: 'approved',
    authorisationId,
    accountBalanceMinor: 1,
    chipBalanceMinor: newBalance,
    ...(issuer && { issuer }),
  };
}
