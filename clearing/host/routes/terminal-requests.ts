import type { FastifyRequest, preValidationAsyncHookHandler } from 'fastify';
import type { ApiServer } from '../../contract/http/index.ts';
import type { HostContext } from '../context.ts';
import { assertOpen, authenticate, type Terminal } from '../terminals/authenticate.ts';

/** How routes find out which terminal asks. */
export interface TerminalRequests {
  /** Checks the signature before the body is validated. */
  readonly authenticated: { readonly preValidation: preValidationAsyncHookHandler };
  /** The terminal of an authenticated request, in whatever epoch. */
  terminalOf(request: FastifyRequest): Terminal;
  /** The same, refused when it has been enrolled anew. */
  openTerminalOf(request: FastifyRequest): Terminal;
}

const NOTHING = new Uint8Array();

/** Keeps the bytes of each body, since they are what a terminal signs, and parses them as Fastify would. */
export function terminalRequests(app: ApiServer, { database }: Pick<HostContext, 'database'>): TerminalRequests {
  const bodies = new WeakMap<object, Uint8Array>();
  const terminals = new WeakMap<object, Terminal>();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = Buffer.from(body);
    bodies.set(request.raw, bytes);
    return parseJson(request, bytes.toString('utf8'), done);
  });

  const terminalOf = (request: FastifyRequest): Terminal => {
    const terminal = terminals.get(request.raw);
    if (terminal === undefined) throw new Error('a route asks for its terminal without authentication');
    return terminal;
  };
  return {
    authenticated: {
      async preValidation(request) {
        terminals.set(request.raw, await authenticate(database, request, bodies.get(request.raw) ?? NOTHING));
      },
    },
    terminalOf,
    openTerminalOf(request) {
      const terminal = terminalOf(request);
      assertOpen(terminal);
      return terminal;
    },
  };
}
