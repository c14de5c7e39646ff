import { type ReversalRequest, reversalRequest } from '../../clearing/contract/index.ts';
import { parseJson } from '../json.ts';

/** A reversal as the queue keeps it: the request that will be sent. */
export const encodeReversal = (request: ReversalRequest): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(request));

/** Undefined when the bytes are none. */
export const decodeReversal = (content: Uint8Array): ReversalRequest | undefined =>
  reversalRequest.safeParse(parseJson(new TextDecoder().decode(content))).data;
