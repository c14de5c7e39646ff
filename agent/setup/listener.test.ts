import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listener } from './listener.ts';

it.each(['127.0.0.1', '::'])('names the process that listens at a port of %s', async (host) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    expect(listener(port)).toMatch(new RegExp(`^process ${process.pid} \\(.*node`));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(listener(port)).toBeUndefined();
});
