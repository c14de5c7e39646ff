import type { Answer, OnlineAnswer, Request, Requests } from '../../emv/kernel/index.ts';
import { Secret } from '../../emv/values/index.ts';
import type { Draw } from './draw.ts';

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
    case 'verify-cardholder':
      return { kind: 'entered', pin: { block: new Secret(new Uint8Array(8)), format: 'iso-0', keyId: 'test' } };
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
      case 'verify-cardholder':
        return cardholder(draw);
      case 'authorise-online':
        return host(draw);
    }
  };
}

function cardholder(draw: Draw): Requests['verify-cardholder']['answer'] {
  if (!draw.oneIn(6)) {
    return { kind: 'entered', pin: { block: new Secret(draw.bytes(8)), format: 'iso-0', keyId: 'test' } };
  }
  return { kind: draw.pick(['cancelled', 'timed-out', 'bypassed', 'unavailable'] as const) };
}

function host(draw: Draw): OnlineAnswer {
  const word = draw.below(3);
  if (word === 0) return { kind: 'no-answer' };
  return word === 1 ? { kind: 'declined', reason: 'host-declined' } : { kind: 'approved', authorisationId: 'fuzz' };
}
