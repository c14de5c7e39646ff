import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import { pinKeyFile } from '../../clearing/contract/index.ts';
import type { PinPad } from '../../drivers/index.ts';
import { loadPinKey } from '../devices/load-pin-key.ts';
import { present } from '../present.ts';
import { registerProblem } from './problems.ts';
import { deviceResource } from './status-resource.ts';

const key = z.strictObject({
  slot: z.string(),
  loaded: z.boolean(),
  usage: z.string().exactOptional(),
  mode: z.string().exactOptional(),
  algorithm: z.string().exactOptional(),
});

/** A PIN pad with keys of its own (docs/register-api.md). */
export const pinPadResource = z.strictObject({
  ...deviceResource.omit({ kind: true }).shape,
  /** Maker and model whose manual the driver follows. */
  make: z.string(),
  /** The key that enciphers PINs for the centre, as the settings name it. */
  keyId: z.string().exactOptional(),
  slot: z.int(),
  format: z.enum(['iso-0', 'iso-4', 'sm4-0']),
  /** What the pad tells of its places for keys; absent while it does not answer. */
  keys: z.array(key).exactOptional(),
});
export type PinPadResource = z.output<typeof pinPadResource>;

/** The routes by which an installer looks at the PIN pad and gives it its key. */
export function addPinPad(app: ApiServer, padOf: () => PinPad | undefined): void {
  const there = (): PinPad => {
    const pad = padOf();
    if (pad === undefined)
      throw registerProblem('no-pin-pad', { detail: 'the settings name none that holds keys (devices.pinPad)' });
    return pad;
  };
  app.get(
    '/v1/pin-pad',
    {
      schema: {
        summary: 'The PIN pad, and which keys it holds',
        response: { 200: pinPadResource, ...problemResponses(404) },
      },
    },
    () => resourceOf(there()),
  );
  app.post(
    '/v1/pin-pad/key',
    {
      schema: {
        summary: 'Hand a PIN key over to the PIN pad, in the key block that the centre made for it',
        body: pinKeyFile,
        response: { 200: pinPadResource, ...problemResponses(400, 404, 422, 503) },
      },
    },
    async ({ body }) => {
      const asked = there();
      const answer = await loadPinKey(asked, body);
      if (answer.kind === 'refused') throw registerProblem('pin-key-refused', { detail: answer.why });
      if (answer.kind === 'unavailable') {
        throw registerProblem('pin-pad-unavailable', { detail: asked.detail ?? `its state is ${asked.state}` });
      }
      return resourceOf(asked);
    },
  );
}

async function resourceOf(pad: PinPad): Promise<PinPadResource> {
  const answer = await pad.keys();
  const { name, state, detail, make, choice } = pad;
  const { keyId, slot, format } = choice;
  const keys = answer.kind === 'told' ? answer.keys.map((told) => ({ ...told })) : undefined;
  return present({ name, state, detail, make, keyId, slot, format, keys });
}
