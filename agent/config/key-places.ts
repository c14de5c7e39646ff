import type { KeyPlace } from '../../offline-queue/index.ts';
import { queuePaths } from './paths.ts';
import type { KeyPlaceConfig, KeyStoreConfig } from './schema.ts';

/** The configured places of the master key; without settings, the file beside the queue. */
export function keyPlaces(
  stateDir: string,
  keyStore: KeyStoreConfig = { place: { kind: 'file' } },
): { readonly place: KeyPlace; readonly previous?: KeyPlace } {
  const at = (place: KeyPlaceConfig): KeyPlace =>
    place.kind === 'file' ? { kind: 'file', path: place.path ?? queuePaths(stateDir).masterKey } : place;
  const { place, previous } = keyStore;
  return { place: at(place), ...(previous && { previous: at(previous) }) };
}
