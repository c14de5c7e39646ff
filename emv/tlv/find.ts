import type { Tlv } from './tlv.ts';

/** The first data object at a path of tags, outermost first: `findTag(nodes, 0x6f, 0xa5, 0x9f38)`. */
export function findTag(nodes: readonly Tlv[], ...path: readonly number[]): Tlv | undefined {
  let level: readonly Tlv[] | undefined = nodes;
  let found: Tlv | undefined;
  for (const tag of path) {
    found = level?.find((node) => node.tag === tag);
    if (found === undefined) return undefined;
    level = found.children;
  }
  return found;
}
