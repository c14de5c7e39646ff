import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { present } from '../present.ts';
import type { ConfigProblem } from './read-config.ts';
import type { Config, PemFiles } from './schema.ts';

export type PemFilesRead =
  | { readonly kind: 'files'; readonly files: PemFiles }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Reads them once, at the start; whatever is wrong with any is told at once. */
export function readPemFiles({ clearing, central }: Config): PemFilesRead {
  const problems: ConfigProblem[] = [];
  const read = (at: string, path: string | undefined, check: (pem: string) => unknown): string | undefined => {
    if (path === undefined) return undefined;
    try {
      const pem = readFileSync(path, 'utf8');
      check(pem);
      return pem;
    } catch (error) {
      problems.push({ at, message: `${path} cannot be used: ${error instanceof Error ? error.message : error}` });
      return undefined;
    }
  };
  const serverCa = read('clearing.ca', clearing.ca, (pem) => new X509Certificate(pem));
  const tls = central.tls;
  const certificate = read('central.tls.certificate', tls?.certificate, (pem) => new X509Certificate(pem));
  const clientCa = read('central.tls.clientCa', tls?.clientCa, (pem) => new X509Certificate(pem));
  const privateKey = read('central.tls.privateKey', tls?.privateKey, (key) =>
    // Also refuses a key that is not the certificate's.
    createSecureContext({ key, ...(certificate !== undefined && { cert: certificate }) }),
  );
  if (problems.length > 0) return { kind: 'invalid', problems };
  const centralTls = certificate && privateKey && clientCa ? { certificate, privateKey, clientCa } : undefined;
  return { kind: 'files', files: present({ serverCa, centralTls }) };
}
