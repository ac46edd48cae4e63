// Excel workbooks as files: found whatever they are called, refused with the reason where they are something else, damaged or too large.
import { gzipSync, strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';
import { type Cell, workbook } from './testing/workbook.ts';
import { columnName, placeOf } from './xlsxSheet.ts';
import { readXml } from './xml.ts';

const inspect = (bytes: Uint8Array, name = 't.xlsx') =>
  inspectFile(tableInput(name, new Blob([bytes.slice()])));
const TABLE: Cell[][] = [
  ['x', 'k'],
  [1.5, 'a'],
  [2.5, 'b'],
  [3.5, 'a'],
];
const SHEET = 'xl/worksheets/sheet1.xml';

/** The names and the largest number, and what is noted. */
async function seen(bytes: Uint8Array, name?: string) {
  const { format, columns, notes } = await inspect(bytes, name);
  return [format, ...columns.map((c) => c.name), columns[0]?.max, ...notes.map(({ code }) => code)];
}
const SOUND = ['xlsx', 'x', 'k', 3.5];

/** The workbook with its files changed. */
function changed(change: (files: Record<string, string>) => Record<string, string>): Uint8Array {
  const files = Object.entries(unzipSync(workbook({ Data: TABLE }))).map(([name, bytes]) => [
    name,
    strFromU8(bytes),
  ]);
  const written = Object.entries(change(Object.fromEntries(files))).map(([name, text]) => [
    name,
    strToU8(text),
  ]);
  return zipSync(Object.fromEntries(written));
}
const replaced = (file: string, what: string | RegExp, by: string) =>
  changed((files) => ({ ...files, [file]: (files[file] as string).replace(what, by) }));

describe('a workbook is read', () => {
  const book = workbook({ Data: TABLE });

  it('whatever it is called, and packed once more', async () => {
    expect(await seen(book)).toEqual(SOUND);
    expect(await seen(book, 't.XLSM')).toEqual(SOUND);
    expect(await seen(book, 't.xls')).toEqual(SOUND);
    expect(await seen(book, 't.csv')).toEqual([...SOUND, 'wrong-ending']);
    expect(await seen(book, 't.npz')).toEqual([...SOUND, 'wrong-ending']);
    expect(await seen(gzipSync(book), 't.xlsx.gz')).toEqual([...SOUND, 'unpacked']);
    expect(await seen(zipSync({ 'a/t.xlsx': book }), 't.zip')).toEqual([...SOUND, 'unpacked']);
  });

  it.each<[string, Uint8Array]>([
    ['in the strict form', workbook({ Data: TABLE }, { isStrict: true })],
    [
      'with prefixes',
      changed((files) =>
        Object.fromEntries(
          Object.entries(files).map(([name, text]) => [
            name,
            name.startsWith('xl/') && name.endsWith('.xml')
              ? text
                  .replaceAll(/<(\/?)(?=[a-z])/gi, '<$1x:')
                  .replace('xmlns="', 'xmlns:x="')
                  .replaceAll(' r:id', ' q:id')
              : text,
          ]),
        ),
      ),
    ],
    [
      'with backslashes and another case in its names',
      changed((files) =>
        Object.fromEntries(
          Object.entries(files).map(([name, text]) => [name.replaceAll('/', '\\').toUpperCase(), text]),
        ),
      ),
    ],
    [
      'with names from the root, and a main part of another name',
      changed(({ 'xl/workbook.xml': main = '', 'xl/_rels/workbook.xml.rels': rels = '', ...files }) => ({
        ...files,
        '_rels/.rels': (files['_rels/.rels'] as string).replace('xl/workbook', '/xl/workbook2'),
        'xl/workbook2.xml': main,
        'xl/_rels/workbook2.xml.rels': rels
          .replace('worksheets/', '../xl/./worksheets/')
          .replace('styles.xml', '/xl/styles.xml'),
      })),
    ],
    [
      'with a sheet that is a chart',
      replaced(
        'xl/_rels/workbook.xml.rels',
        /<Relationships[^>]*>/,
        '$&<Relationship Id="c" Type="x/chartsheet" Target="chart.xml"/>',
      ),
    ],
    [
      'in UTF-16',
      (() => {
        const files = unzipSync(book);
        const text = `\ufeff${strFromU8(files[SHEET] as Uint8Array).replace('UTF-8', 'UTF-16')}`;
        return zipSync({
          ...files,
          [SHEET]: new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer),
        });
      })(),
    ],
    ['stored without compression', zipSync(unzipSync(book), { level: 0 })],
    ['without styles', workbook({ Data: TABLE }, { files: { 'xl/styles.xml': null } })],
    [
      'with other elements of the same names',
      replaced(
        SHEET,
        '</worksheet>',
        '<extLst><ext><row><c r="A1"><v>9</v></c></row></ext></extLst></worksheet>',
      ),
    ],
    [
      'with comments, CDATA and instructions',
      replaced(SHEET, '<v>3.5</v>', '<?x y?><v><!-- 9 --><![CDATA[3.]]>5</v>'),
    ],
  ])('%s', async (_, bytes) => {
    expect(await seen(bytes)).toEqual(SOUND);
  });
});

describe('what is no workbook is refused:', () => {
  const text = strToU8('<x/>');
  const ole = (content: string) =>
    Uint8Array.of(
      0xd0,
      0xcf,
      0x11,
      0xe0,
      0xa1,
      0xb1,
      0x1a,
      0xe1,
      ...Array.from(content, (sign) => [sign.charCodeAt(0), 0]).flat(),
    );

  it.each<[string, Uint8Array, RegExp]>([
    [
      'one with a password',
      ole('EncryptedPackage'),
      /expected a workbook without a password, got one that is encrypted\. Open it/,
    ],
    [
      'an old one',
      ole('Workbook'),
      /got an old Excel or Word file \(\.xls, \.doc\), or .* with a password\. Save it as an Excel/,
    ],
    [
      'a binary one',
      zipSync({ 'xl/workbook.bin': text }),
      /got a binary Excel workbook \(\.xlsb\)\. Save it as an Excel/,
    ],
    [
      'one of LibreOffice',
      zipSync({ mimetype: text, 'content.xml': text }),
      /got an OpenDocument spreadsheet .* Save it as an Excel/,
    ],
    [
      'one of Numbers',
      zipSync({ 'Index/Document.iwa': text }),
      /got a Numbers document\. Save it as an Excel/,
    ],
    [
      'a document',
      zipSync({ 'word/document.xml': text }),
      /got a Word document\. Export the table as CSV, Excel/,
    ],
    [
      'text',
      strToU8('a,b\n1,2\n'),
      /expected an Excel workbook, got a file that begins with "a,b\\n1,2\\n"\. .* ending \.csv/,
    ],
    ['nothing', new Uint8Array(0), /expected an Excel workbook, got an empty file/],
  ])('%s', async (_, bytes, message) => {
    await expect(inspect(bytes)).rejects.toThrow(message);
  });
});

describe('what is damaged is refused with the place:', () => {
  it.each<[string, Uint8Array, RegExp]>([
    [
      'no main part',
      workbook({ Data: TABLE }, { files: { '_rels/.rels': null } }),
      /t\.xlsx: expected a workbook with a main part, got none/,
    ],
    [
      'no cells',
      workbook({ Data: TABLE }, { files: { [SHEET]: null } }),
      /a workbook with the cells of its sheet Data, got none/,
    ],
    [
      'no sheet',
      replaced('xl/workbook.xml', /<sheet .*\/>/, ''),
      /a workbook with a sheet of cells, got none/,
    ],
    [
      'an end that is missing',
      replaced(SHEET, '</sheetData></worksheet>', ''),
      /sheet1\.xml|sheet Data: expected XML that is whole, got <\w+> without its end/,
    ],
    [
      'an element that ends before another',
      replaced(SHEET, '<v>3.5</v>', '<v>3.5'),
      /sheet Data: expected XML .* got <v> without its end before another/,
    ],
    [
      'no XML',
      workbook({ Data: TABLE }, { files: { [SHEET]: 'x,y' } }),
      /sheet Data: expected XML that is whole, got no element/,
    ],
    [
      'another root',
      replaced(SHEET, /worksheet\b/g, 'chartsheet'),
      /sheet Data: expected a sheet with cells, got <chartsheet>/,
    ],
    [
      'two roots',
      replaced(SHEET, '</worksheet>', '</worksheet><worksheet/>'),
      /got a second document, <worksheet>/,
    ],
    [
      'too deep',
      replaced(SHEET, '<sheetData>', `${'<a>'.repeat(300)}<sheetData>`),
      /got more than 256 elements within each other/,
    ],
    [
      'a text',
      replaced(SHEET, '>a<', `>${'a'.repeat(2 ** 20 + 1)}<`),
      /B2: expected at most 1,048,576 characters/,
    ],
    ['a number', replaced(SHEET, '3.5', 'three'), /sheet Data, A4: expected a number, got three/],
    [
      'a shared text',
      replaced(SHEET, /<c r="B4".*?<\/c>/, '<c r="B4" t="s"><v>7</v></c>'),
      /B4: expected the number of one of 0 shared texts, got 7/,
    ],
    [
      'a type',
      replaced(SHEET, 'r="B4" t="inlineStr"', 'r="B4" t="z"'),
      /B4: expected a number, a text, .* got the type z/,
    ],
    ['two cells of one name', replaced(SHEET, '"B4"', '"A4"'), /A4: expected one cell of this name, got two/],
    [
      'a cell of another row',
      replaced(SHEET, '"B4"', '"B5"'),
      /row 4: expected cells from A4 to XFD4, got B5/,
    ],
    ['a cell beyond the sheet', replaced(SHEET, '"B4"', '"XFE4"'), /row 4: expected cells .* got XFE4/],
    [
      'rows in disorder',
      replaced(SHEET, 'row r="4"', 'row r="3"'),
      /a row between 4 and 1,048,576, as rows stand in order, got row 3/,
    ],
    ['a row beyond the sheet', replaced(SHEET, 'row r="4"', 'row r="1048577"'), /got row 1048577/],
    [
      'bytes that are no text',
      (() => {
        const files = unzipSync(workbook({ Data: TABLE }));
        return zipSync({ ...files, [SHEET]: Uint8Array.of(...(files[SHEET] as Uint8Array), 0xff) });
      })(),
      /sheet Data: expected XML that is whole, got bytes that are no UTF-8/,
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(inspect(bytes)).rejects.toThrow(message);
  });

  it('bytes that are not those of the checksum', async () => {
    const zip = zipSync(unzipSync(workbook({ Data: TABLE })), { level: 0 });
    const at = strFromU8(zip, true).indexOf('<v>3.5') + 3;
    zip[at] = '4'.charCodeAt(0);
    await expect(inspect(zip)).rejects.toThrow(/sheet1\.xml: expected bytes with the checksum/);
  });
});

describe('what is too large is refused before it takes the memory:', () => {
  it('a small file that swells', async () => {
    for (const [file, place] of [
      [SHEET, 't.xlsx, sheet Data, unpacked'],
      ['xl/styles.xml', 't.xlsx, unpacked'],
      ['xl/_rels/workbook.xml.rels', 't.xlsx, unpacked'],
    ] as const) {
      const zip = workbook({ Data: TABLE });
      const directory = strFromU8(zip, true).lastIndexOf(file) - 46;
      new DataView(zip.buffer).setUint32(directory + 24, 40 * 2 ** 20, true);
      await expect(inspect(zip)).rejects.toThrow(`${place}: expected at most 32 MiB, got 40 MiB`);
    }
  });

  it('cells far from each other', async () => {
    const data = Array.from(
      { length: 4_000 },
      (_, i) => `<row><c/><c r="${i % 2 ? 'A' : 'XFD'}${i + 1}"><v>1</v></c></row>`,
    );
    await expect(inspect(workbook({ Data: { data: data.join('') } }))).rejects.toThrow(
      /sheet Data: expected at most 50,000,000 cells, got 16,384 columns with more than 3,051 rows/,
    );
    const far = {
      data: '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="1048576"><c r="CV1048576"><v>2</v></c></row>',
    };
    const { rows, columns, dropped } = await inspect(workbook({ Data: far }));
    expect([rows, columns.length, dropped]).toEqual([
      1,
      100,
      [{ reason: 'blank-lines', count: 1_048_574, lines: [2, 3, 4, 5, 6] }],
    ]);
  });
});

describe('XML', () => {
  /** What is told of the bytes that come in these parts, texts joined. */
  async function told(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<[string, number]> {
    let [heard, seen] = ['', 0];
    const taker = {
      open: (name: string, attributes: Record<string, string>) => {
        heard += `<${name} ${JSON.stringify(attributes)}>`;
      },
      text: (text: string) => {
        heard += text;
      },
      close: (name: string) => {
        heard += `</${name}>`;
      },
    };
    const given = (async function* () {
      yield* parts;
    })();
    await readXml(given, taker, 't', async (bytes) => {
      seen += bytes;
    });
    return [heard, seen];
  }

  it('is the same wherever its parts end, and holds no entity but its own five and numbers', async () => {
    const bytes = strToU8(
      '<?xml version="1.0"?><p:a b="1&amp;&#x20AC;" c=\'é\'><e/>東&lt;&#65;&x;<![CDATA[<&]]><!-- - -->z</p:a>',
    ).slice();
    const whole = '<a {"b":"1&€","c":"é"}><e {}></e>東<A&x;<&z</a>';
    expect(await told([bytes])).toEqual([whole, 0]);
    for (let at = 0; at <= bytes.length; at++)
      expect(await told([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([whole, 0]);
  });

  it('of one long part has breaks in which others have their turn', async () => {
    const text = 'x'.repeat(9 * 2 ** 20);
    const [heard, seen] = await told([strToU8(`<a>${text}</a>`).slice()]);
    expect([heard.length, seen]).toEqual([text.length + '<a {}></a>'.length, 8 * 2 ** 20]);
  });

  it.each([
    ['<a>\0</a>', 'a NUL character'],
    ['<!DOCTYPE a [<!ENTITY x "yyy">]><a>&x;</a>', 'a document type, which no workbook has'],
    ['', 'no element'],
  ])('%j is refused', async (text, got) => {
    await expect(told([strToU8(text).slice()])).rejects.toThrow(`t: expected XML that is whole, got ${got}.`);
  });
});

it('columns have the names of Excel', () => {
  expect([0, 25, 26, 51, 52, 701, 702, 16_383].map(columnName)).toEqual([
    'A',
    'Z',
    'AA',
    'AZ',
    'BA',
    'ZZ',
    'AAA',
    'XFD',
  ]);
  for (const column of [0, 25, 26, 701, 702, 16_383])
    expect(placeOf(`${columnName(column)}7`)).toEqual({ column, row: 7 });
  expect([placeOf('$B$12'), placeOf('b12')]).toEqual(Array(2).fill({ column: 1, row: 12 }));
  for (const other of [
    'XFE1',
    'A0',
    'A',
    '1',
    'A1048577',
    'ABCD1',
    'A1:B2',
    '',
    'A01',
    'A1 ',
    '$1',
    'Ä1',
    'A-1',
    '@1',
    '[1',
  ])
    expect(placeOf(other)).toBeNull();
});
