import { z } from 'zod';
import { configSchema } from './schema.ts';

/** One value that may be set. */
export interface Leaf {
  /** Where it stands; `*` for a name that the installer chooses. */
  readonly path: string;
  /** What may stand there, in words. */
  readonly allowed: string;
  /** Absent where there is none. */
  readonly byDefault?: unknown;
  /** It belongs to one of several kinds, and means nothing for the others. */
  readonly ofKind?: true;
}

/** What of JSON Schema the settings use. */
interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | false;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

/** Every value that the settings file may have, in the order of the schema. Kinds of one thing are laid over each other. */
export function leavesOfConfig(): readonly Leaf[] {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  const leaves = new Map<string, Leaf>();
  for (const leaf of leavesOf(schema, [])) {
    const known = leaves.get(leaf.path);
    leaves.set(leaf.path, known === undefined ? leaf : laidOver(known, leaf));
  }
  return [...leaves.values()];
}

function laidOver(one: Leaf, other: Leaf): Leaf {
  const words = new Set([...one.allowed.split(' or '), ...other.allowed.split(' or ')]);
  return { ...other, ...one, allowed: [...words].join(' or ') };
}

function leavesOf(node: Node, path: readonly string[], byDefault = node.default): Leaf[] {
  const kinds = node.oneOf ?? node.anyOf;
  if (kinds?.some(({ type }) => type === 'object'))
    return kinds.flatMap((kind) => leavesOf(kind, path, byDefault).map((leaf) => ({ ...leaf, ofKind: true as const })));
  const defaultOf = (name: string): unknown => (byDefault as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (node.properties)
    return Object.entries(node.properties).flatMap(([name, inner]) =>
      leavesOf(inner, [...path, name], defaultOf(name) ?? inner.default),
    );
  if (node.additionalProperties) return leavesOf(node.additionalProperties, [...path, '*']);
  return [{ path: path.join('.'), allowed: inWords(node), ...(byDefault !== undefined && { byDefault }) }];
}

const quoted = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

function inWords(node: Node): string {
  const kinds = node.oneOf ?? node.anyOf;
  if (kinds) return kinds.map(inWords).join(' or ');
  if (node.const !== undefined) return quoted([node.const]);
  if (node.enum) return quoted(node.enum);
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'integer' || node.type === 'number') return numberInWords(node);
  if (node.type === 'array') return `a list of ${node.items ? inWords(node.items) : 'values'}`;
  return textInWords(node);
}

function numberInWords({ type, minimum, maximum }: Node): string {
  const what = type === 'integer' ? 'a whole number' : 'a number';
  return `${what} from ${minimum ?? 'any'} to ${maximum ?? 'any'}`;
}

function textInWords({ pattern, minLength, maxLength }: Node): string {
  if (pattern === '^\\/') return 'a path from the root';
  if (pattern !== undefined) return `a text like ${pattern}`;
  if (maxLength !== undefined) return `a text of ${minLength ?? 0} to ${maxLength} characters`;
  return 'a text';
}
