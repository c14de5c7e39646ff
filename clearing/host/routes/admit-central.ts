import type { ApiServer } from '../../contract/http/index.ts';
import { clearingProblem } from '../problems.ts';
import type { PeerTeller } from './terminal-requests.ts';

/** Lets central systems alone, by their certificates, to what concerns all terminals. */
export function admitCentral(app: ApiServer, peerOf: PeerTeller): void {
  // The route that was found, not the URL: that can be written in many ways.
  app.addHook('onRequest', async ({ routeOptions, raw }) => {
    if (!routeOptions.url?.startsWith('/central/')) return;
    const peer = peerOf(raw.socket);
    const admitted = peer.kind === 'clear' || (peer.kind === 'central' && peer.inTime);
    if (!admitted)
      throw clearingProblem('certificate-required', { detail: 'show the certificate of a central system' });
  });
}
