/** The first so many of a list, in a sentence for people, and how many more there are. */
export function someOf(items: readonly string[], most: number, separator = ', '): string {
  const more = items.length - most;
  return `${items.slice(0, most).join(separator)}${more > 0 ? `, and ${more} more` : ''}`;
}
