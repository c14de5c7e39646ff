import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsPair } from '../pki/tls.ts';

/** What TLS at the sandbox's centre rests on; made once, and kept as long as its database. */
export interface TlsFiles {
  /** PEM file of the authority that certifies the host: what the terminal pins. */
  readonly serverCaPath: string;
  readonly server: TlsPair;
  /** The authority that certifies terminals. */
  readonly terminals: TlsPair;
}

const FILE = 'tls.json';
/** A sandbox is not renewed; its authorities are. */
const VALID_YEARS = 20;

export const serverCaPath = (folder: string): string => join(folder, 'server-ca.pem');

/** Reads what an earlier run made in this folder, or makes it. */
export async function tlsFiles(folder: string): Promise<TlsFiles> {
  const path = join(folder, FILE);
  if (!existsSync(path)) await make(folder, path);
  const { server, terminals } = JSON.parse(readFileSync(path, 'utf8')) as Omit<TlsFiles, 'serverCaPath'>;
  return { serverCaPath: serverCaPath(folder), server, terminals };
}

async function make(folder: string, path: string): Promise<void> {
  // Slow to load, and needed once.
  const { TlsAuthority } = await import('../pki/tls.ts');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const now = Date.now();
  const period = { notBefore: now - 86_400_000, notAfter: now + VALID_YEARS * 365 * 86_400_000 };
  const servers = await TlsAuthority.make('jdpos sandbox TEST server authority', period);
  const { certificate, privateKey } = await TlsAuthority.make('jdpos sandbox TEST terminal authority', period);
  const server = await servers.server(['127.0.0.1', 'localhost'], period);
  writeFileSync(serverCaPath(folder), servers.certificate);
  // Whole or not at all: a killed run leaves nothing half made.
  writeFileSync(`${path}.new`, JSON.stringify({ server, terminals: { certificate, privateKey } }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The DER inside a PEM block. */
export const derOf = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64'));
