import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { ApiProblem, COMMON_PROBLEMS, commonProblem, sendProblem } from './problem.ts';

/** Fastify's own codes are not ours to promise; what they mean for a caller is. */
const OF_FASTIFY: { readonly [code: string]: keyof typeof COMMON_PROBLEMS } = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-json',
  FST_ERR_NOT_FOUND: 'not-found',
};

/** What an error means for the caller. Anything that nobody foresaw is `internal`, without a word of what it was. */
function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  if (isResponseSerializationError(error)) return commonProblem('invalid-response');
  const { statusCode, code, message } = error as Partial<FastifyError>;
  if (statusCode === undefined || statusCode >= 500) return commonProblem('internal');
  const known = OF_FASTIFY[code ?? ''];
  if (known !== undefined) return commonProblem(known, { detail: message ?? '' });
  // secure-json-parse refuses __proto__ with a SyntaxError of status 400.
  if (error instanceof SyntaxError) return commonProblem('bad-json', { detail: error.message });
  return new ApiProblem(
    'bad-request',
    { ...COMMON_PROBLEMS['bad-request'], status: statusCode },
    { detail: message ?? '' },
  );
}

function invalidRequest(error: Parameters<typeof hasZodFastifySchemaValidationErrors>[0]): ApiProblem {
  const { validation, validationContext } = error as FastifyError;
  const errors = (validation ?? []).map(({ instancePath, message }) => ({
    pointer: instancePath,
    detail: message ?? '',
  }));
  const first = errors[0];
  const where = validationContext ?? 'request';
  return commonProblem('invalid-request', {
    detail: first === undefined ? where : `${where}${first.pointer}: ${first.detail}`,
    extra: { in: where, errors },
  });
}

/** Answers with the problem that an error is; our own faults are logged whole, refusals in one line. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  const { status } = problem.kind;
  const fields = { code: problem.code, status, method: request.method, path: pathOf(request.url) };
  if (status >= 500 && status !== 503) request.log.error({ ...fields, err: error }, 'request failed');
  else request.log.info({ ...fields, detail: problem.more.detail }, 'request refused');
  return sendProblem(reply, problem);
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;
