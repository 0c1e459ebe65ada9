import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The text is not the CSV of RFC 4180, or not the table that was expected. */
export class CsvError extends Error {
  constructor(line: number, fault: string) {
    super(`line ${line}: ${fault}`);
    this.name = 'CsvError';
  }
}

/** One record: its line in the file, and its fields by column name. */
export interface CsvRow {
  line: number;
  get(column: string): string;
}

const QUOTE = '"';

/**
 * Splits RFC 4180 text into records of fields: quoted fields may hold commas, line breaks and doubled quotes; lines
 * end in CRLF, LF, or with the text; a byte order mark is skipped. Throws CsvError where a quote is out of place.
 */
export function parseCsv(text: string): { line: number; fields: string[] }[] {
  const records = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const record = { line, fields: [] as string[] };
    for (;;) {
      let field: string;
      if (text[at] === QUOTE) {
        const begin = ++at;
        for (;;) {
          at = text.indexOf(QUOTE, at);
          if (at < 0) throw new CsvError(record.line, 'a quoted field does not end');
          if (text[at + 1] !== QUOTE) break;
          at += 2;
        }
        const quoted = text.slice(begin, at);
        for (const character of quoted) if (character === '\n') line++;
        field = quoted.replaceAll('""', QUOTE);
        at++;
        if (at < text.length && !',\r\n'.includes(text[at]!)) throw new CsvError(line, 'text after a quoted field');
      } else {
        const begin = at;
        while (at < text.length && text[at] !== ',' && text[at] !== '\n') at++;
        const end = text[at] === '\n' && at > begin && text[at - 1] === '\r' ? at - 1 : at;
        field = text.slice(begin, end);
        if (field.includes(QUOTE)) throw new CsvError(line, 'a quote inside an unquoted field');
      }
      record.fields.push(field);
      if (text[at] !== ',') break;
      at++;
    }
    records.push(record);
    if (text[at] === '\r') at++;
    if (at < text.length && text[at] !== '\n') throw new CsvError(line, 'a carriage return outside quotes');
    at++;
    line++;
  }
  return records;
}

/** Rows under a header line. Throws CsvError if a record has another number of fields, or a column is asked for that is not there. */
export function csvTable(text: string): CsvRow[] {
  const [header, ...records] = parseCsv(text);
  const columns = new Map(header?.fields.map((name, index) => [name, index]));
  return records.map(({ line, fields }) => {
    if (fields.length !== columns.size)
      throw new CsvError(line, `${fields.length} fields under ${columns.size} columns`);
    return {
      line,
      get(column) {
        const field = fields[columns.get(column) ?? -1];
        if (field === undefined) throw new CsvError(1, `no column ${column}`);
        return field;
      },
    };
  });
}

/** Reads `<path>` or `<path>.gz`. Errors name the file. */
export function readCsv(path: string): CsvRow[] {
  const file = existsSync(path) ? path : `${path}.gz`;
  if (!existsSync(file)) throw new Error(`neither ${path} nor ${file} exists`);
  const bytes = readFileSync(file);
  try {
    return csvTable((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
