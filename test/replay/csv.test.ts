import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvError, csvTable, parseCsv } from '../../loadtest/replay/csv.ts';

const fields = (text: string): string[][] => parseCsv(text).map((record) => record.fields);

describe('RFC 4180', () => {
  test.each([
    [
      'plain records',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF, and a last line without an end',
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty fields',
      ',\n"",\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    [
      'commas, quotes and line breaks in quotes',
      '"a,b","say ""hi""","x\r\ny"\r\nz,,\r\n',
      [
        ['a,b', 'say "hi"', 'x\r\ny'],
        ['z', '', ''],
      ],
    ],
    ['a byte order mark', '\ufeffa\n', [['a']]],
    ['nothing', '', []],
  ])('%s', (_name, text, expected) => {
    expect(fields(text)).toEqual(expected);
  });

  test('a record knows its line, whatever line breaks came before', () => {
    expect(parseCsv('a\n"b\nb"\nc\n').map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  test.each([
    ['an open quote', 'a\n"b\n', 'line 2: a quoted field does not end'],
    ['text after a quote', '"a"b\n', 'line 1: text after a quoted field'],
    ['a quote inside', 'a"b\n', 'line 1: a quote inside an unquoted field'],
  ])('%s is refused', (_name, text, message) => {
    expect(() => parseCsv(text)).toThrow(new CsvError(Number(message[5]), message.slice(8)));
  });

  test('what is quoted as the RFC says is read back', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'é'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (records) => {
        const text = records
          .map((record) => record.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect(fields(text)).toEqual(records);
      }),
      { seed: 4180, numRuns: 300 },
    );
  });
});

describe('table', () => {
  test('fields by column', () => {
    const [row] = csvTable('id,text\n7,"x, y"\n');
    expect([row?.get('id'), row?.get('text'), row?.line]).toEqual(['7', 'x, y', 2]);
    expect(() => row?.get('nothing')).toThrow('no column nothing');
  });

  test('a record of another length is refused with its line', () => {
    expect(() => csvTable('a,b\n1,2\n3\n')).toThrow('line 3: 1 fields under 2 columns');
  });
});
