import type { FastifyRequest, onSendAsyncHookHandler, preValidationAsyncHookHandler } from 'fastify';
import { terminalHeaders } from '../../contract/enrolment.ts';
import type { ApiServer } from '../../contract/http/index.ts';
import { answerBytes } from '../../contract/record/index.ts';
import type { Peer, peerTeller } from '../certificates/peer.ts';
import type { HostContext } from '../context.ts';
import { clearingProblem } from '../problems.ts';
import { assertOpen, authenticate, type Terminal } from '../terminals/authenticate.ts';

/** How routes find out which terminal asks. */
export interface TerminalRequests {
  /** Checks signature and client certificate before the body is validated; signs answers and refusals to a request with a nonce. */
  readonly authenticated: {
    readonly preValidation: preValidationAsyncHookHandler;
    readonly onSend: onSendAsyncHookHandler;
  };
  /** The same, for the one route that mends certificates: checks the signature alone. */
  readonly signed: {
    readonly preValidation: preValidationAsyncHookHandler;
    readonly onSend: onSendAsyncHookHandler;
  };
  /** Does the connection belong to this terminal in this epoch? A certificate that has expired says so as well. */
  showsCertificate(request: FastifyRequest): boolean;
  /** The terminal of an authenticated request, in whatever epoch. */
  terminalOf(request: FastifyRequest): Terminal;
  /** The same, refused when it has been enrolled anew. */
  openTerminalOf(request: FastifyRequest): Terminal;
}

export type PeerTeller = ReturnType<typeof peerTeller>;

const NOTHING = new Uint8Array();
const OK = 200;
const REFUSED = 400;
const BROKEN = 500;

/** On a listener in the clear, which is this machine's alone, there are no certificates; the signature has said who asks. */
const isOf = (peer: Peer, { terminal, epoch }: Terminal): boolean =>
  peer.kind === 'clear' || (peer.kind === 'terminal' && peer.terminal === terminal && peer.epoch === epoch);

function assertCertified(peer: Peer, terminal: Terminal): void {
  if (!isOf(peer, terminal)) {
    throw clearingProblem('certificate-required', { detail: 'ask for one with POST /v1/certificates' });
  }
  if (peer.kind === 'terminal' && !peer.inTime) {
    throw clearingProblem('certificate-required', {
      detail: 'the client certificate is not valid now; renew it with POST /v1/certificates',
    });
  }
}

/** Keeps the bytes of each body, since they are what a terminal signs, and parses them as Fastify would. */
export function terminalRequests(
  app: ApiServer,
  { database, hsm }: Pick<HostContext, 'database' | 'hsm'>,
  peerOf: PeerTeller,
): TerminalRequests {
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
  const signed = async (request: FastifyRequest): Promise<Terminal> => {
    const terminal = await authenticate(database, request, bodies.get(request.raw) ?? NOTHING);
    terminals.set(request.raw, terminal);
    return terminal;
  };
  const onSend: onSendAsyncHookHandler = async (request, reply, payload) => {
    const { 'jdpos-nonce': nonce } = terminalHeaders.safeParse(request.headers).data ?? {};
    const asker = terminals.get(request.raw);
    const { statusCode } = reply;
    // An acknowledgement is signed itself: what a long queue waits for is not signed twice.
    const isAnswer = statusCode === OK && request.routeOptions.url !== '/v1/batches';
    const isRefusal = statusCode >= REFUSED && statusCode < BROKEN;
    if (nonce === undefined || asker === undefined || !(isAnswer || isRefusal) || typeof payload !== 'string') return;
    const { terminal, epoch } = asker;
    const about = { terminal, epoch, nonce, path: request.raw.url ?? '' };
    const bytes = answerBytes({ ...about, body: new TextEncoder().encode(payload) });
    reply.header('jdpos-signature', hsm.sign('acknowledgement', bytes).signature);
  };
  return {
    authenticated: {
      async preValidation(request) {
        assertCertified(peerOf(request.raw.socket), await signed(request));
      },
      onSend,
    },
    signed: {
      async preValidation(request) {
        await signed(request);
      },
      onSend,
    },
    showsCertificate: (request) => isOf(peerOf(request.raw.socket), terminalOf(request)),
    terminalOf,
    openTerminalOf(request) {
      const terminal = terminalOf(request);
      assertOpen(terminal);
      return terminal;
    },
  };
}
