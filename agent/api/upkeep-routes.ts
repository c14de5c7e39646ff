import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import { enrolmentRequest } from '../../clearing/contract/index.ts';
import { QueueError } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { EnrolmentOutcome } from '../sync/enroller.ts';
import { registerProblem } from './problems.ts';
import { addSettings, type SettingsParts } from './settings-routes.ts';

/** What an installer asks of a terminal that runs. */
export interface UpkeepParts extends SettingsParts {
  /** Begins a rotation of the keys, unless one is under way. Throws QueueError. */
  readonly rotateKeys: () => { readonly masterKey: 'new' | 'same' };
  /** Enrols the terminal, for the first time or anew. Throws QueueError. */
  readonly enrol: (code: string) => Promise<EnrolmentOutcome>;
}

export const rotationResource = z.strictObject({
  /** `same`: the master key comes from outside, or a rotation was under way already. */
  masterKey: z.enum(['new', 'same']),
});

const enrolmentOrder = z.strictObject({ code: enrolmentRequest.shape.code });

export const enrolledResource = z.strictObject({
  terminal: z.string(),
  merchant: z.string(),
  epoch: z.int(),
  /** How the epoch before has ended: what came after this record, if anything, the centre does not know. */
  closed: z.strictObject({ epoch: z.int(), sequence: z.int(), chainHash: z.string() }).exactOptional(),
});

const noBody = z.strictObject({}).nullish();

export function upkeepRoutes(app: ApiServer, parts: UpkeepParts): void {
  addRotation(app, parts);
  addEnrolment(app, parts);
  addSettings(app, parts);
}

function addEnrolment(app: ApiServer, { enrol }: UpkeepParts): void {
  const response = { 200: enrolledResource, ...problemResponses(400, 409, 503) };
  app.post(
    '/v1/enrolment',
    { schema: { summary: 'Enrol the terminal, for the first time or anew', body: enrolmentOrder, response } },
    async ({ body: { code } }) => {
      const outcome = await enrol(code).catch(refusedByQueue);
      if (outcome.kind === 'enrolled') {
        const { terminal, merchant, epoch } = outcome.identity;
        return present({ terminal, merchant, epoch, closed: outcome.closed });
      }
      if (outcome.kind === 'refused')
        throw registerProblem('enrolment-refused', {
          detail: outcome.detail ?? outcome.code,
          extra: { refusal: outcome.code },
        });
      const detail = outcome.begun
        ? 'nothing is sold until it has answered; the enrolment goes on by itself'
        : 'try again when it is there';
      throw registerProblem('centre-unreachable', { detail });
    },
  );
}

function refusedByQueue(error: unknown): never {
  if (error instanceof QueueError && error.code === 'unacknowledged')
    throw registerProblem('unacknowledged', { detail: error.message });
  throw error;
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
