import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import { QueueError } from '../../offline-queue/index.ts';
import { registerProblem } from './problems.ts';

/** What an installer asks of a terminal that runs. */
export interface UpkeepParts {
  /** Begins a rotation of the keys, unless one is under way. Throws QueueError. */
  readonly rotateKeys: () => { readonly masterKey: 'new' | 'same' };
}

export const rotationResource = z.strictObject({
  /** `same`: the master key comes from outside, or a rotation was under way already. */
  masterKey: z.enum(['new', 'same']),
});

const noBody = z.strictObject({}).nullish();

export function upkeepRoutes(app: ApiServer, parts: UpkeepParts): void {
  addRotation(app, parts);
}

function addRotation(app: ApiServer, { rotateKeys }: UpkeepParts): void {
  const response = {
    202: rotationResource.describe('The rotation has begun; `keys.rotating` of the status tells when it has ended'),
    ...problemResponses(400, 503),
  };
  app.post(
    '/v1/keys/rotate',
    { schema: { summary: 'Seal what is stored under other keys', body: noBody, response } },
    async (_request, reply) => {
      try {
        return reply.code(202).send(rotateKeys());
      } catch (error) {
        if (error instanceof QueueError) throw registerProblem('key-store-unavailable', { detail: error.message });
        throw error;
      }
    },
  );
}
