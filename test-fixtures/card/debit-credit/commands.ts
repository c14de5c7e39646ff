import type { Handler } from '../reaction.ts';
import { applicationBlock, applicationUnblock, cardBlock } from './block.ts';
import { generateAc } from './generate-ac.ts';
import { internalAuthenticate } from './internal-authenticate.ts';
import { externalAuthenticate } from './issuer-authentication.ts';
import { pinChange } from './pin-change.ts';
import { putData } from './put-data.ts';
import { updateRecord } from './update-record.ts';
import { getChallenge, verify } from './verify.ts';

/** The commands that a card of full debit/credit knows besides those of qPBOC, by class and instruction. */
export const DEBIT_CREDIT_HANDLERS: readonly (readonly [number, Handler])[] = [
  [0x0020, verify],
  [0x0082, externalAuthenticate],
  [0x0084, getChallenge],
  [0x0088, internalAuthenticate],
  [0x04da, putData],
  [0x04dc, updateRecord],
  [0x80ae, generateAc],
  [0x8416, cardBlock],
  [0x8418, applicationUnblock],
  [0x841e, applicationBlock],
  [0x8424, pinChange],
];
