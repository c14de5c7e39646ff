import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../cli/cli-error.ts';

/** Who certifies the clearing host. */
export interface Authority {
  readonly path: string;
  /** PEM. */
  readonly text: string;
  /** Of its first certificate, in one line. */
  readonly subject: string;
  /** Of its first certificate, as `AB:CD:…`. */
  readonly sha256: string;
}

/** Throws CliError `bad-file`, which says what is wrong with the file. */
export function readAuthority(path: string): Authority {
  const fault = faultOfAuthority(path);
  if (fault !== undefined)
    throw new CliError('bad-file', `the CA file ${path} ${fault}`, 'Name the PEM file that the centre has given.');
  const text = readFileSync(path, 'utf8');
  const { subject, fingerprint256 } = new X509Certificate(text);
  return { path: resolve(path), text, subject: subject.replaceAll('\n', ', '), sha256: fingerprint256 };
}

/** What is wrong with a CA file, as the end of a sentence; undefined where it can be used. */
export function faultOfAuthority(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return fileFault(error);
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return 'holds a private key, which belongs to the centre alone: tell the centre, and ask for the certificate';
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    return 'is not PEM, which begins with -----BEGIN CERTIFICATE-----; DER is made PEM by: openssl x509 -inform der -in FILE -out ca.pem';
  }
  try {
    const { validTo } = new X509Certificate(text);
    return Date.parse(validTo) < Date.now()
      ? `has expired (${validTo}), or the clock of this machine is wrong`
      : undefined;
  } catch {
    return 'is cut, or damaged: copy it again';
  }
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: check the path',
  ENOTDIR: 'is not there: check the path',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder: name the file in it',
};

/** Why a file cannot be read, as the end of a sentence. */
export function fileFault(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return FILE_FAULTS[code] ?? `cannot be read: ${message}`;
}

/** However it is written: colons, blanks and case do not count. */
export const sameDigest = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (digest: string): string => digest.replace(/[\s:]/g, '').toUpperCase();
