import { readFileSync } from 'node:fs';
import { keyPlaces } from '../config/key-places.ts';
import type { Config } from '../config/schema.ts';

/** A code that is shorter might be a word. */
const LEAST = 6;

/** Secrets of this terminal that can be read here, in the forms in which they might have been written down. */
export function knownSecrets(
  config: Config | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const codes = [config?.clearing.enrolmentCode, environment['JDPOS_ENROLMENT_CODE']];
  const key = config && masterKey(config);
  const forms =
    key === undefined ? [] : [key.toString('hex'), key.toString('hex').toUpperCase(), key.toString('base64')];
  return [...codes, ...forms].filter((secret) => secret !== undefined && secret.length >= LEAST) as string[];
}

function masterKey({ stateDir, keyStore }: Config): Buffer | undefined {
  const { place } = keyPlaces(stateDir, keyStore);
  if (place.kind !== 'file') return undefined;
  try {
    return readFileSync(place.path);
  } catch {
    return undefined;
  }
}
