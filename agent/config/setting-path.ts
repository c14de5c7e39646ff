/** The names that lead to a setting, from the outside in: `clearing`, `url`. */
export type SettingPath = readonly string[];

const PLAIN = /^[A-Za-z0-9_-]+$/;
const SEGMENT = /([A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*")(?:\.|$)/y;

/** As a person writes it: `clearing.url`; a name with other characters stands in quotes, `readers.roles."ACS 00 00"`. */
export const pathText = (path: SettingPath): string =>
  path.map((name) => (PLAIN.test(name) ? name : JSON.stringify(name))).join('.');

/** The inverse of `pathText`; undefined when the text is none. */
export function parsePath(text: string): SettingPath | undefined {
  const names: string[] = [];
  let at = 0;
  while (at < text.length) {
    SEGMENT.lastIndex = at;
    const [whole, name] = SEGMENT.exec(text) ?? [];
    const plain = name?.startsWith('"') ? unquoted(name) : name;
    if (whole === undefined || plain === undefined) return undefined;
    names.push(plain);
    at += whole.length;
  }
  return names.length === 0 || text.endsWith('.') ? undefined : names;
}

function unquoted(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, [name, ...rest]: SettingPath): unknown {
  if (name === undefined) return value;
  return isObject(value) && Object.hasOwn(value, name) ? valueAt(value[name], rest) : undefined;
}

/** A copy with one value set. What stands in the way of the path and is no object is left for the schema to refuse. */
export function withValue(value: unknown, [name, ...rest]: SettingPath, set: unknown): unknown {
  if (name === undefined) return set;
  if (value === undefined) return { [name]: withValue(undefined, rest, set) };
  if (!isObject(value)) return value;
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  return { ...value, [name]: withValue(inner, rest, set) };
}

/** A copy without the value at a path, and without the objects that this leaves empty. */
export function withoutValue(value: unknown, [name, ...rest]: SettingPath): unknown {
  if (name === undefined || !isObject(value) || !Object.hasOwn(value, name)) return value;
  const { [name]: inner, ...others } = value;
  if (rest.length === 0) return others;
  const left = withoutValue(inner, rest);
  return isObject(left) && Object.keys(left).length === 0 ? others : { ...value, [name]: left };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
