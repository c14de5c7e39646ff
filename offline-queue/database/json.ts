/** Reads JSON that this queue has written; the fallback when another hand has made it something else (`verify` names it). */
export function readJson<T>(text: string | null, fallback: T): T {
  if (text === null) return fallback;
  try {
    const value: unknown = JSON.parse(text);
    return fallback === null || kindOf(value) === kindOf(fallback) ? (value as T) : fallback;
  } catch {
    return fallback;
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
