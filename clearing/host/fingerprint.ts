import { sm3 } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';

/** What a message says, to tell whether one that comes again under the same id is the same: SM3 of its JSON, hex. */
export const fingerprintOf = (body: object): string =>
  toHex(sm3(new TextEncoder().encode(JSON.stringify(sorted(body)))));

/** Members by name, so that their order does not matter. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
