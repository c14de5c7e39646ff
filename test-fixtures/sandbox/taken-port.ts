import { createServer } from 'node:net';

/** Can a server listen there, on loopback? */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** The first port of a sandbox (register API and page, central API, clearing host) at which another program listens. */
export async function takenPort(port: number): Promise<number | undefined> {
  for (const one of [port, port + 1, port + 10]) if (!(await isFree(one))) return one;
  return undefined;
}
