/**
 * Rows go to the database by column: one array parameter each, as the text of a Postgres array. That keeps one prepared
 * statement whatever the number of rows, and costs about 1 µs a row here, where the driver's own row builder takes 10.
 */
export const numbers = (values: readonly number[]): string => `{${values.join(',')}}`;
export const booleans = (values: readonly boolean[]): string =>
  `{${values.map((value) => (value ? 't' : 'f')).join(',')}}`;
export const nullableNumbers = (values: readonly (number | null)[]): string =>
  `{${values.map((value) => value ?? 'null').join(',')}}`;

export function nullableTexts(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'null' : quoted(storable(value)))).join(',')}}`;
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Postgres has no NUL in its texts. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd');
