import type { Handler } from '../reaction.ts';
import { generateAc } from './generate-ac.ts';
import { internalAuthenticate } from './internal-authenticate.ts';
import { externalAuthenticate } from './issuer-authentication.ts';

/** The commands that a card of full debit/credit knows besides those of qPBOC, by class and instruction. */
export const DEBIT_CREDIT_HANDLERS: readonly (readonly [number, Handler])[] = [
  [0x0082, externalAuthenticate],
  [0x0088, internalAuthenticate],
  [0x80ae, generateAc],
];
