/** Reads JSON that this queue has written; the fallback when another hand has made it something else (`verify` names it). */
export function readJson<T>(text: string | null, fallback: T): T {
  if (text === null) return fallback;
  try {
    return JSON.parse(text) as T;
  } catch {
    return fallback;
  }
}
