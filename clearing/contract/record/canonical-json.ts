/**
 * JSON in one form only: members sorted by name, no white space, numbers are whole (RFC 8785, less its fractions). Members
 * that are undefined are left out. Throws RangeError on anything that has no such form.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return wholeNumber(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new RangeError(`a ${typeof value} has no JSON form`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${memberName(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return String(value);
}

// ASCII names sort alike by code unit and by code point, so that no implementation can differ in the order.
function memberName(name: string): string {
  if (!/^[\x20-\x7e]*$/.test(name)) throw new RangeError('the name of a JSON member is not ASCII');
  return JSON.stringify(name);
}
