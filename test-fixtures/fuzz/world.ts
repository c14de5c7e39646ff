import type { Answer, OnlineAnswer, Request, Requests } from '../../emv/kernel/index.ts';
import { Secret } from '../../emv/values/index.ts';
import type { Draw } from './draw.ts';

type CardholderMethod = Requests['verify-cardholder']['ask']['method'];
type CardholderAnswer = Requests['verify-cardholder']['answer'];

/** The rest of the world: everything that the kernel asks of anybody but the card. */
export type World = (request: Exclude<Request, { name: 'exchange' }>) => Answer;

/** A world that says yes: what transcripts are recorded in. */
export const FRIENDLY_WORLD: World = (request) => {
  switch (request.name) {
    case 'save-intent':
      return { kind: 'saved' };
    case 'check-exception-file':
      return { listed: false };
    case 'check-offline-limits':
      return { kind: 'allowed' };
    case 'confirm-application':
      return { kind: 'confirmed', index: 0 };
    case 'verify-cardholder':
      return entered(request.method, new Uint8Array(8));
    case 'authorise-online':
      return { kind: 'approved', authorisationId: 'friendly' };
  }
};

/** A world that mostly says yes. */
export function worldOf(draw: Draw): World {
  return (request) => {
    switch (request.name) {
      case 'save-intent':
        return draw.oneIn(30) ? { kind: 'refused', reason: 'storage-unavailable' } : { kind: 'saved' };
      case 'check-exception-file':
        return { listed: draw.oneIn(30) };
      case 'check-offline-limits':
        return draw.oneIn(30) ? { kind: 'refused', reason: 'offline-limit' } : { kind: 'allowed' };
      case 'confirm-application':
        return draw.oneIn(30) ? { kind: 'cancelled' } : { kind: 'confirmed', index: draw.below(4) };
      case 'verify-cardholder':
        return cardholder(draw, request.method);
      case 'authorise-online':
        return host(draw);
    }
  };
}

/** A PIN for the host, a PIN for the card, or an attendant who has looked at a document. */
function entered(method: CardholderMethod, block: Uint8Array): CardholderAnswer {
  if (method === 'id-document') return { kind: 'confirmed' };
  if (method === 'offline-pin') return { kind: 'entered', pin: new Secret(new TextEncoder().encode('123456')) };
  return { kind: 'entered', pin: { block: new Secret(block), format: 'iso-0', keyId: 'test' } };
}

function cardholder(draw: Draw, method: CardholderMethod): CardholderAnswer {
  if (!draw.oneIn(6)) return entered(method, draw.bytes(8));
  return { kind: draw.pick(['cancelled', 'timed-out', 'bypassed', 'unavailable'] as const) };
}

function host(draw: Draw): OnlineAnswer {
  const word = draw.below(4);
  if (word === 0) return { kind: 'no-answer' };
  if (word === 3) return { kind: 'deferred' };
  return word === 1 ? { kind: 'declined', reason: 'host-declined' } : { kind: 'approved', authorisationId: 'fuzz' };
}
