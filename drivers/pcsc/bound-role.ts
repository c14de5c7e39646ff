import type { ReaderRole } from '../ports.ts';

/**
 * The role that belongs to a USB port. `ports` names an interface with its slot (`1-1.2:1.0`, `1-1.2:1.0/1`), or a device (`1-1.2`):
 * then all of it that is not named more exactly.
 */
export function boundRole(
  place: string | undefined,
  ports: Readonly<Record<string, ReaderRole>>,
): ReaderRole | undefined {
  if (place === undefined) return undefined;
  const device = place.replace(/[:/].*$/, '');
  return ports[place] ?? ports[device];
}
