/** The name of an authorisation that its record must give: A and its number, at least nine digits. */
export const authorisationIdOf = (number: number): string => `A${String(number).padStart(9, '0')}`;

/** The number in such a name; undefined when it is none. */
export function numberOfAuthorisation(id: string | undefined): number | undefined {
  const digits = /^A([0-9]{9,15})$/.exec(id ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
