import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { ApiServer } from '../../clearing/contract/http/index.ts';

/** The page talks to its own server and to nothing else, and stands in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const HASHED_ASSET = /[\\/]assets[\\/]/;

/** Serves the built pages, if there are any: the cashier's at /, the customer's at /customer. */
export async function serveCashierPage(app: ApiServer, folder: string): Promise<boolean> {
  if (!existsSync(join(folder, 'index.html'))) return false;
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    cacheControl: false,
    setHeaders(response, path) {
      const forEver = HASHED_ASSET.test(path);
      response.setHeader('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('referrer-policy', 'no-referrer');
    },
  });
  app.get('/customer', { schema: { hide: true } }, (_request, reply) => reply.sendFile('customer.html'));
  return true;
}
