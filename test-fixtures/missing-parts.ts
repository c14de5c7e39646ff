/**
 * Must tests be left out here because parts of the machine are missing? Says which; where CI is set, nothing may be left out, and it
 * throws instead.
 * @param what cannot be tested without them
 */
export function cannotTest(what: string, missing: readonly string[]): boolean {
  if (missing.length === 0) return false;
  const line = `${what} cannot be tested here, missing: ${missing.join(', ')}`;
  if (process.env['CI']) throw new Error(line);
  console.warn(`skipped: ${line}`);
  return true;
}
