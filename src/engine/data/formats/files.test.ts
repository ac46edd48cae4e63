// The type of a file is found whatever its name, and archives are unpacked.
import { gzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';
import { UNWATCHED } from '../progress.ts';
import { FILE_LIMITS } from './format.ts';
import { formatOf } from './formatOf.ts';
import { unpackedLimit } from './limits.ts';
import { HEAD_BYTES, sniff } from './sniff.ts';
import { unpack } from './unpack.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const inspect = (content: BlobPart, name = 't.csv', data = {}) =>
  inspectFile(tableInput(name, new Blob([content])), data);
const codes = async (content: BlobPart, name?: string) =>
  (await inspect(content, name)).notes.map((n) => n.code);

describe('formatOf', () => {
  const idOf = async (name: string, content = 'a,b\n1,2\n') =>
    (await formatOf(new Blob([content]), name)).format.id;
  it('goes by the ending, in any case, where the content does not tell', async () => {
    expect(await idOf('A.CSV')).toBe('csv');
    expect(await idOf('a.tsv')).toBe('csv');
    await expect(idOf('a.xyz')).rejects.toThrow(/a\.xyz: expected a file ending in \.csv, \.tsv/);
  });

  it('goes by the content where that tells, with a note where the ending says another thing', async () => {
    const found = async (name: string, content: string) => {
      const { format, notes } = await formatOf(new Blob([content]), name);
      return [format.id, ...notes.map(({ text }) => text)];
    };
    const rows = '[{"a": 1}]';
    expect(await found('a.csv', rows)).toEqual([
      'json',
      'a.csv is no CSV file but JSON by its content, and is read so.',
    ]);
    expect(await found('a.json', rows)).toEqual(['json']);
    expect(await found('a.xyz', rows)).toEqual(['json']);
    expect(await found('a', '@relation r')).toEqual(['arff']);
    // Text that begins like another format is what its ending says, unless any text may have that.
    expect(await found('a.arff', rows)).toEqual(['arff']);
    expect(await found('a.json', 'PAR1')).toEqual([
      'parquet',
      'a.json is no JSON file but Parquet by its content, and is read so.',
    ]);
    expect(await found('a.parquet', 'PAR1')).toEqual(['parquet']);
    expect(await found('a.npz', 'PK\x03\x04')).toEqual(['numpy']);
    await expect(found('a.csv', 'FEA1')).rejects.toThrow(
      /^a\.csv: expected a file of a table, got feather-v1\. Export the table as CSV, .*Parquet/,
    );
  });

  it.each([
    ['%PDF-1.4', /got a PDF document\. Export the table as CSV/],
    ['SQLite format 3\0', /got a SQLite database/],
    ['<!DOCTYPE html><html>', /got a page \(HTML or XML\)/],
  ])('says what a file is that holds no table: %j', async (content, message) => {
    await expect(idOf('t.csv', content)).rejects.toThrow(message);
  });
});

describe('the first bytes of a file', () => {
  const kindOf = (text: string) => sniff(bytesOf(text));
  const isText = true;

  it.each<[string, number[] | string]>([
    ['parquet', 'PAR1'],
    ['arrow', 'ARROW1'],
    ['feather-v1', 'FEA1'],
    ['hdf5', [0x89, 72, 68, 70, 13, 10, 26, 10]],
    ['numpy', [0x93, ...bytesOf('NUMPY')]],
    ['zip', [80, 75, 3, 4]],
    ['zip', [80, 75, 5, 6]],
    ['gzip', [0x1f, 0x8b]],
    ['a file compressed by bzip2', 'BZh'],
    ['an Avro file', [...bytesOf('Obj'), 1]],
  ])('say %s', (kind, start) => {
    const bytes = typeof start === 'string' ? bytesOf(start) : Uint8Array.from(start);
    expect(sniff(Uint8Array.of(...bytes, 65))).toEqual({ kind, isText: false });
    // One byte less or another one says nothing.
    expect(sniff(bytes.slice(0, -1)).isText).toBe(true);
    expect(sniff(bytes.with(-1, 126)).isText).toBe(true);
    expect(sniff(Uint8Array.of(65, ...bytes)).isText).toBe(true);
  });

  it.each<[string, string[]]>([
    ['html', ['<!doctype HTML>', ' \n<html lang="en">', '\ufeff<?xml version="1.0"?>', '<table>']],
    ['arff', ['@relation r', '% made\n \n% by\n@RELATION r', ' @relation\tr']],
    ['json', ['[{"a"', '{ "a"', '[\n[1', ' [ ]', '{}', '["a"']],
    ['libsvm', ['1 1:0.5\n-1 2:1\n', '+1.5 1:2 7:3 \r\n0\t3:x', '1 1:1\n1 1:1\r\nx']],
    [
      'text',
      [
        'a <html>',
        'a\n@relation r',
        '@relations r',
        '[a',
        '[1,2',
        'x {"a"',
        '1 1:0.5\nx 2:1\n',
        '1 1:0.5\n1\n',
        '1 1:0.5\n1 2:1 x\n',
        'x\n1 1:0.5\n1 1:1',
        '1 1:0.5',
        '',
      ],
    ],
  ])('say %s', (kind, texts) => {
    for (const text of texts) expect([text, kindOf(text)]).toEqual([text, { kind, isText }]);
  });
});

/** Where the first entry of the directory begins. */
const directoryOf = (zip: Uint8Array) =>
  zip.findIndex((_, i) => zip[i] === 0x50 && zip[i + 1] === 0x4b && zip[i + 2] === 1);

/** A copy with one bit flipped. @param at - from the end, if negative */
const flipped = (bytes: Uint8Array, at: number) =>
  bytes.with(bytes.length + at, (bytes.at(at) as number) ^ 1);

describe('packed files', () => {
  const text = bytesOf('a,b\n1,x\n2,y\n');
  const swelling = gzipSync(new Uint8Array(40 * 2 ** 20));
  it('are read: gzip, and zip with one table', async () => {
    for (const [content, name] of [
      [gzipSync(text), 't.csv.gz'],
      [gzipSync(text), 't.csv'],
      [zipSync({ 'data/t.csv': text }), 't.zip'],
    ] as const) {
      const { format, rows, notes } = await inspect(content.slice(), name);
      expect([format, rows, notes.map((n) => n.code)]).toEqual(['csv', 2, ['unpacked']]);
    }
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'half a workbook',
      zipSync({ 'xl/workbook.xml': text }),
      /expected a workbook with a main part, got none/,
    ],
    ['two tables', zipSync({ 'a.csv': text, 'b.csv': text }), /one file in it, got 2: a\.csv, b\.csv/],
    ['nothing', zipSync({}), /one file in it, got none/],
    [
      'half a zip',
      zipSync({ 'a.csv': text }).slice(0, 60),
      /t\.zip, end: expected the directory of a zip archive/,
    ],
    ['half a gzip', gzipSync(text).slice(0, 20), /expected a whole gzip file/],
  ])('are refused: %s', async (_, content, message) => {
    await expect(inspect(content.slice(), 't.zip')).rejects.toThrow(message);
  });

  const many = bytesOf(`a,b\n${'1,x\n'.repeat(500)}`);
  it.each<[string, boolean, number, number, RegExp]>([
    ['fewer bytes', true, 24, 400, /t\.csv: expected 400 bytes, as the directory says, got more/],
    ['more bytes', true, 24, 9_000, /t\.csv: expected 9,000 bytes, as the directory says, got 2,004/],
    ['fewer stored bytes', false, 20, 400, /t\.csv: expected 2,004 bytes, as the directory says, got 400/],
    ['another checksum', true, 16, 7, /t\.csv: expected bytes with the checksum of the directory/],
    ['another place', true, 42, 9, /t\.csv: expected an entry in the file/],
    ['a password', true, 8, 1, /t\.csv: expected a file without a password/],
    ['another method', true, 10, 12, /t\.csv: expected .* got compression method 12/],
    ['another method for what is stored', false, 10, 8, /t\.csv: expected deflated bytes/],
  ])('are refused where the directory of a zip says %s', async (_, isDeflated, at, value, message) => {
    const zip = zipSync({ 't.csv': [many, { level: isDeflated ? 6 : 0 }] });
    new DataView(zip.buffer).setUint16(directoryOf(zip) + at, value, true);
    await expect(inspect(zip.slice(), 't.zip')).rejects.toThrow(message);
  });

  it('are refused where they unpack to more than the limit, before they have', async () => {
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, FILE_LIMITS.bytes + 1, true);
    const zip = zipSync({ 'a.csv': text });
    zip.set(size, directoryOf(zip) + 24);
    await expect(inspect(zip.slice(), 't.zip')).rejects.toThrow(
      /t\.zip, unpacked: expected at most 32 MiB, got 480 MiB.*unpack it and open the table itself/,
    );
    expect([0, 2 ** 18, 2 ** 30].map((packed) => unpackedLimit(packed) / 2 ** 20)).toEqual([32, 64, 480]);
    // The whole could become 480 MiB by its size; it is refused by what its beginning becomes.
    const bomb = new Blob([...Array<Blob>(50).fill(new Blob([swelling.slice()]))]);
    await expect(unpack(bomb, 't.gz', UNWATCHED)).rejects.toThrow(
      /t\.gz: expected at most 32 MiB when the first 0\.063 MiB are unpacked, got more than that/,
    );
  });

  it('and swell in a browser leave no rejection behind', async () => {
    // As in browsers, where a cancelled stream rejects what is still written to it, without a reason.
    const swelling = class extends TransformStream {
      constructor() {
        super({ transform: (_part, controller) => controller.enqueue(new Uint8Array(40 * 2 ** 20)) });
      }
    };
    vi.stubGlobal('DecompressionStream', swelling);
    const left = vi.fn();
    process.on('unhandledRejection', left);
    const file = new Blob([Uint8Array.from([0x1f, 0x8b, 8]), new Uint8Array(2 ** 18)]);
    await expect(unpack(file, 't.gz', UNWATCHED)).rejects.toThrow(/at most 32 MiB when the first/);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', left);
    vi.unstubAllGlobals();
    expect(left).not.toHaveBeenCalled();
  });

  describe('of several gzip members, in browsers, which know only the first', () => {
    /** Like bgzip: the second member straddles the pieces that are read, and the last is empty. */
    const long = new Uint8Array(40_000).map((_, i) => (i * i * 31) % 251);
    const members = [text, long, new Uint8Array()].map((part) => gzipSync(part, { level: 0 }));
    const joined = (parts: Uint8Array[]) => new Blob(parts.map((part) => part.slice()));
    const unpackIn = async (blob: Blob) => {
      const { blob: whole } = await unpack(blob, 't.gz', UNWATCHED);
      return new Uint8Array(await whole.arrayBuffer());
    };
    beforeEach(() => {
      vi.stubGlobal(
        'DecompressionStream',
        class extends TransformStream {
          constructor() {
            super({
              transform: (_, c) => c.error(new TypeError('Junk found after end of compressed data.')),
            });
          }
        },
      );
    });
    afterEach(() => {
      vi.unstubAllGlobals();
    });

    it('are read whole', async () => {
      expect(await unpackIn(joined(members))).toEqual(Uint8Array.from([...text, ...long]));
      const many = joined(Array<Uint8Array>(3_000).fill(gzipSync(new Uint8Array([65]))));
      expect((await unpackIn(many)).length).toBe(3_000);
    });

    it.each<[string, (a: Uint8Array, b: Uint8Array, c: Uint8Array) => Uint8Array[], RegExp]>([
      ['one alone with junk', (a) => [a, new Uint8Array([1, 2, 3, 4, 5])], /Junk found after end of compr/],
      [
        'a wrong checksum',
        (a, b, c) => [a, flipped(b, -8), c],
        /another checksum or size than member 2 says/,
      ],
      ['a wrong size', (a, b) => [flipped(a, -1), b], /another checksum or size than member 1 says/],
      [
        'a wrong checksum at last',
        (a, b, c) => [a, b, flipped(c, -5)],
        /checksum or size than member 3 says/,
      ],
      ['an end within the trailer', (a, b) => [a, b.slice(0, -3)], /checksum or size than member 2 says/],
      ['an end within the bytes', (a, b) => [a, b.slice(0, 20_000)], /unexpected EOF in member 2/],
      ['too many', () => Array<Uint8Array>(20_001).fill(gzipSync(text)), /got more than 20,000 members/],
      ['junk behind the last', (a, b) => [a, b, new Uint8Array(9)], /invalid gzip data in member 2/],
    ])('are refused: %s', async (_name, change, fault) => {
      const [a, b, c] = members as [Uint8Array, Uint8Array, Uint8Array];
      const got = unpackIn(joined(change(a, b, c)));
      await expect(got).rejects.toThrow(/^t\.gz: expected a whole gzip file, got /);
      await expect(got).rejects.toThrow(fault);
    });

    it('are refused where they swell', async () => {
      await expect(unpackIn(joined([swelling, swelling]))).rejects.toThrow(/at most 32 MiB when the first/);
    });
  });

  it('that can no longer be read when they are unpacked say so', async () => {
    const whole = new Blob([gzipSync(text).slice()]);
    const gone = Object.assign(new Blob([gzipSync(text).slice()]), {
      slice: (from: number, to: number) =>
        to > HEAD_BYTES ? { arrayBuffer: () => Promise.reject(new Error('gone')) } : whole.slice(from, to),
    });
    await expect(unpack(gone as Blob, 't.gz', UNWATCHED)).rejects.toThrow(
      't.gz: expected a file that can be read, got gone. It may have been moved',
    );
  });
});

it('an array without rows and with a billion columns is refused before there are any', async () => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1000000000), }\n";
  const file = Uint8Array.from([0x93, ...bytesOf('NUMPY'), 1, 0, header.length, 0, ...bytesOf(header)]);
  await expect(inspect(file, 't.npy')).rejects.toThrow(/t\.npy: expected at most 20,000 columns/);
  const half = bytesOf(header.replace('1000000000', '15000'));
  const part = Uint8Array.from([0x93, ...bytesOf('NUMPY'), 1, 0, half.length, 0, ...half]);
  const both = zipSync({ 'a.npy': part, 'b.npy': part });
  await expect(inspect(both.slice(), 't.npz')).rejects.toThrow(/array b: expected at most 20,000 columns/);
});

describe('long texts', () => {
  it('are refused as names, and cut in notes and reasons', async () => {
    const long = 'v'.repeat(9_000);
    await expect(inspect(`${long},y\n1,2\n3,4\n`)).rejects.toThrow(
      /t\.csv, names of columns: expected at most 1,000 characters each, got v{256}… \(9000 characters\)\. Shorten/,
    );
    const rows = (cell: (row: number) => string) =>
      `id,x,y\n${Array.from({ length: 40 }, (_, i) => `${cell(i)},${i % 7},${i % 3}\n`).join('')}`;
    for (const cell of [
      (i: number) => `${long}${i}`,
      (i: number) => `${long}${i % 2}`,
      (i: number) => (i ? `${i}` : long),
      () => long,
    ]) {
      const { notes, columns } = await inspect(rows(cell));
      const said = [...notes.map(({ text }) => text), ...columns.map(({ reason }) => reason)];
      expect(Math.max(...said.map((text) => text.length))).toBeLessThan(4_100);
    }
    const { notes } = await inspect(rows(() => long).replace('id,x,y\n', ''));
    expect(Math.max(...notes.map(({ text }) => text.length))).toBeLessThan(4_100);
  });
});

describe('text', () => {
  it('is cut at blanks where nothing else cuts it and numbers follow', async () => {
    const { columns, rows, notes } = await inspect(
      '  time   temp flow\n 1.5  20.1   3\n 2.5  21 4\n10.5\t22  5\n',
      't.dat',
    );
    expect([rows, columns.map((c) => [c.name, c.type, c.max])]).toEqual([
      3,
      [
        ['time', 'numeric', 10.5],
        ['temp', 'numeric', 22],
        ['flow', 'numeric', 5],
      ],
    ]);
    expect(notes.map((n) => n.code)).toEqual(['blanks-between-cells', 'may-be-row-numbers']);
    expect((await inspect('name\nJo Li\nAn Wu\nMo Ba\n')).columns.map((c) => c.name)).toEqual(['name']);
    const quoted = await inspect('a b\n"x y" 1\n"z w" 2\n', 't.txt', { delimiter: 'blank' });
    expect(quoted.columns[0]?.examples).toEqual(['x y', 'z w']);
  });

  it('has no rows in lines below the table, and counts blank lines', async () => {
    const { rows, dropped, notes } = await inspect('a,b,c\n1,2,x\n\n3,4,y\n5,6,x\nSource: me\n(c) 2024,,\n');
    expect(rows).toBe(3);
    expect(dropped).toEqual([
      { reason: 'blank-lines', count: 1, lines: [3] },
      { reason: 'footer-lines', count: 2, lines: [6, 7] },
    ]);
    expect(notes[0]?.text).toMatch(/^2 lines below the table have one cell only, such as "Source: me"/);
    expect(await codes('a,b\n1,2\n3\n')).toEqual(['ragged-lines', 'constant-column-left-out']);
  });

  it('has no row in a line of totals, where they are totals', async () => {
    const rows = 'n,x,y\na,1,2\nb,3,4\nc,5,8\n';
    const total = await inspect(`${rows}Total,9,14\n`);
    expect([total.rows, total.dropped]).toEqual([3, [{ reason: 'total-line', count: 1, lines: [5] }]]);
    expect((await inspect(`${rows}Mean,3,4.6666667\n`)).rows).toBe(3);
    expect((await inspect(`${rows}Total,9,15\n`)).rows).toBe(4);
    expect((await inspect(`${rows}Tot,9,14\n`)).rows).toBe(4);
  });

  it('has no row in a word for a total among numbers or dates, in whatever notation its sums stand', async () => {
    const rows = '1;"1.000,5";x\n2;"2.000,5";y\n3;"3.000,5";x\n';
    const {
      rows: count,
      dropped,
      columns,
    } = await inspect(`n;amount;k\n${rows}Summe:;"6.001,5";\nMittelwert;1;\n`);
    expect([count, dropped]).toEqual([3, [{ reason: 'total-line', count: 2, lines: [5, 6] }]]);
    expect(columns.map(({ type, max }) => [type, max])).toEqual([
      ['numeric', 3],
      ['numeric', 3000.5],
      ['categorical', null],
    ]);
    const days = 'day,x\n01.02.2024,1\n02.02.2024,2\n03.02.2024,4\nTotal,9\n';
    expect((await inspect(days)).rows).toBe(3);
    expect((await inspect(days.replace('02.02.2024', 'who knows'))).rows).toBe(4);
  });

  it('leaves lines with more cells out where asked, and counts them', async () => {
    const text = 'a,b\n1,2\n3,4,5\n6,7\n8,9,1\n';
    await expect(inspect(text)).rejects.toThrow(
      /line 3: .* got 3; 2 lines have more\. .* set data\.badLines to leave-out/,
    );
    const { rows, dropped, columns } = await inspect(text, 't.csv', { badLines: 'leave-out' });
    expect([rows, dropped, columns.map((c) => c.mean)]).toEqual([
      2,
      [{ reason: 'lines-with-more-cells', count: 2, lines: [3, 5] }],
      [3.5, 4.5],
    ]);
  });

  it('with broken quotes is refused with the line and the cell', async () => {
    await expect(inspect('a,b\n1,"x"y\n')).rejects.toThrow(/t\.csv, line 2: .* in cell 2 of this line/);
  });

  it('of 10,000 columns is read', async () => {
    const line = (f: (i: number) => string) => Array.from({ length: 10_000 }, (_, i) => f(i)).join(',');
    const { columns, rows } = await inspect(
      `${line((i) => `c${i}`)}\n${line(String)}\n${line((i) => String(i + 1))}\n`,
    );
    expect([rows, columns.length, columns.at(-1)?.max]).toEqual([2, 10_000, 10_000]);
  });
});
