export type CsvValue = string | number | boolean | null;

/** One line of CSV (RFC 4180) with its CRLF: null is empty; commas, quotes and line ends are quoted. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: CsvValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
