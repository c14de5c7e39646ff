import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** One kind of problem: its status and its title, which stay the same for the code. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

export interface ProblemMore {
  /** What happened this time, and what to do about it: a sentence or two for people. */
  readonly detail?: string;
  /** Further members of the answer, such as `expectedSequence`. */
  readonly extra?: Readonly<{ [name: string]: unknown }>;
  /** Answer headers, such as `retry-after`. */
  readonly headers?: Readonly<{ [name: string]: string }>;
}

/** A refusal that a route throws; it leaves the server as RFC 9457 problem details with a stable `code`. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly more: ProblemMore;

  constructor(code: string, kind: ProblemKind, more: ProblemMore = {}) {
    super(more.detail ?? kind.title);
    this.name = 'ApiProblem';
    this.code = code;
    this.kind = kind;
    this.more = more;
  }
}

/** Makes the problems of one catalogue; only its codes compile. */
export const problemsOf =
  <Catalogue extends { readonly [code: string]: ProblemKind }>(catalogue: Catalogue) =>
  (code: keyof Catalogue & string, more: ProblemMore = {}): ApiProblem => {
    const kind = catalogue[code];
    if (kind === undefined) throw new RangeError(`no problem is called ${code}`);
    return new ApiProblem(code, kind, more);
  };

/** What any server of ours may answer, whatever the route. */
export const COMMON_PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request does not fit its schema' },
  'bad-json': { status: 400, title: 'The body is not JSON' },
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  'foreign-origin': { status: 403, title: 'Requests from web pages of others are refused' },
  'not-found': { status: 404, title: 'There is no such resource' },
  'not-acceptable': { status: 406, title: 'None of the accepted media types can be given' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type of the body is not supported' },
  internal: { status: 500, title: 'Something went wrong here' },
  'invalid-response': { status: 500, title: 'The answer did not fit its schema' },
} as const;

export const commonProblem = problemsOf(COMMON_PROBLEMS);

/** Problem details as every error is answered, media type application/problem+json. */
export const problemDetails = z.looseObject({
  /** `urn:jdpos:problem:` and the code. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().exactOptional(),
  code: z.string(),
});
type ProblemDetails = z.output<typeof problemDetails>;

/** Response schema of whatever is a problem. */
export const anyProblem = {
  description: 'Problem details',
  content: { 'application/problem+json': { schema: problemDetails } },
};

/** Response schemas for a route's statuses that are problems. */
export const problemResponses = <Status extends number>(...statuses: readonly Status[]) =>
  Object.fromEntries(statuses.map((status) => [status, anyProblem]));

/** The body of a problem's answer. */
function detailsOf({ code, kind, more }: ApiProblem): ProblemDetails {
  return {
    type: `urn:jdpos:problem:${code}`,
    title: kind.title,
    status: kind.status,
    ...(more.detail !== undefined && { detail: more.detail }),
    code,
    ...more.extra,
  };
}

/** Answers with a problem. JSON.stringify, since the route's own response schema does not know this shape. */
export function sendProblem(reply: FastifyReply, problem: ApiProblem): FastifyReply {
  return reply
    .code(problem.kind.status)
    .headers({ ...problem.more.headers })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(detailsOf(problem));
}
