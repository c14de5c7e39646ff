import { createConnection, createServer, type Server, type Socket } from 'node:net';

/**
 * `refuse`: nobody listens. `blackhole`: connections are taken and nothing more happens. `lose-answers`: requests reach
 * the host, its answers are lost on the way.
 */
export type NetworkState = { readonly up: true } | { readonly up: false; readonly mode: NetworkFault };
type NetworkFault = 'refuse' | 'blackhole' | 'lose-answers';

/** The cable between terminal and clearing host, as a relay of TCP bytes on loopback that can be cut in three ways. */
export interface NetworkSwitch {
  /** Where the terminal dials; the same through all states. */
  readonly port: number;
  state(): NetworkState;
  set(state: NetworkState): Promise<void>;
  close(): Promise<void>;
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/**
 * Opens the switch, up.
 * @param targetPort where the host listens on loopback now; asked for each connection, which breaks when it rejects
 */
export async function openNetworkSwitch(targetPort: () => Promise<number>): Promise<NetworkSwitch> {
  let state: NetworkState = { up: true };
  const clients = new Set<Socket>();

  const server = createServer({ pauseOnConnect: true }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    // A socket that breaks is closed by Node; the peer sees it as the network failure that it is.
    client.on('error', () => client.destroy());
    targetPort().then(
      (port) => {
        relay(client, port, () => state);
        client.resume();
      },
      () => client.destroy(),
    );
  });
  const port = await listen(server, 0);

  const dropClients = (): void => {
    for (const client of clients) client.destroy();
  };
  const stopListening = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      dropClients();
    });

  return {
    port,
    state: () => state,
    async set(next) {
      // Connections that lost bytes while the cable was cut cannot go on as if they had not.
      if (!state.up) dropClients();
      state = next;
      if (!next.up && next.mode === 'refuse') await stopListening();
      else if (!server.listening) await listen(server, port);
    },
    close: stopListening,
  };
}

function relay(client: Socket, targetPort: number, state: () => NetworkState): void {
  const target = createConnection({ port: targetPort, host: '127.0.0.1' });
  target.on('error', () => client.destroy());
  client.on('data', (chunk) => {
    const now = state();
    if (now.up || now.mode === 'lose-answers') target.write(chunk);
  });
  client.on('end', () => target.end());
  client.on('close', () => {
    // Let the host finish what it was asked; only the answer is lost.
    if (state().up) target.destroy();
    else target.end();
  });
  target.on('data', (chunk) => {
    const now = state();
    if (now.up) client.write(chunk);
    else if (now.mode === 'lose-answers') client.destroy();
  });
  target.on('end', () => {
    if (state().up) client.end();
  });
}
