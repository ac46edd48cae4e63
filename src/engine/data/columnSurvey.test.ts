// Cells that are bytes are understood as the same cells are as texts, and digits as the number that JavaScript reads.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { draftOf } from './columnSurvey.ts';
import type { TextColumn } from './formats/format.ts';
import { AUTO, type MissingRule, missingRule } from './missing.ts';
import { readColumns } from './readColumns.ts';
import { readingParams, readingSettings } from './reading.ts';

/** @param untrimmed - as they stand in a file */
function textColumn(untrimmed: readonly string[]): TextColumn {
  const cells = untrimmed.map((cell) => cell.trim());
  const padded = untrimmed.filter((cell, row) => cell.length > (cells[row]?.length ?? 0)).length;
  return { kind: 'text', name: 'x', rows: cells.length, cells, padded, lineAt: (row) => row + 2 };
}

const BLOCK = 1000;

function byteColumn(untrimmed: readonly string[]): TextColumn {
  const blocks = Array.from({ length: Math.ceil(untrimmed.length / BLOCK) }, (_, k) =>
    untrimmed.slice(k * BLOCK, (k + 1) * BLOCK),
  );
  const bytes = blocks.map((block) => new TextEncoder().encode(block.map((cell) => `${cell}\0`).join('')));
  return { ...textColumn(untrimmed), packed: () => bytes };
}

const read = (column: TextColumn, data: Params = {}) =>
  readColumns(
    { columns: [column], hasSemicolons: false },
    readingSettings({ ...defaultsOf(readingParams), ...data }),
  );

const ODD = [
  ...[
    '',
    ' ',
    'NA',
    '-',
    'none',
    'Yes',
    'yes',
    ' yes',
    'grün',
    '.',
    '+',
    'e5',
    '1e',
    '1.2.3',
    'inf',
    '€5',
    '5 %',
  ],
  ...[
    '(3)',
    '−4',
    "1'000",
    '1,234',
    '2,5',
    '0x10',
    '12\u00a0',
    '\t13',
    '7 ',
    '+16',
    '-17',
    '-0',
    '.5',
    '5.',
    '1E-5',
  ],
  ...[
    '123.456',
    '1234.567',
    '1.234',
    '0.123',
    '007',
    '-999',
    '-999.0',
    '1e3',
    '1e999',
    '1e-400',
    '123456789012345678',
    '1e23',
    '5e-324',
  ],
];
const cell = fc.oneof(
  fc.constantFrom(...ODD),
  fc.integer().map(String),
  fc.double({ noNaN: true }).map(String),
  fc.integer({ min: 1000, max: 9999 }).map((n) => `${n / 1000}`),
  fc.integer({ min: 1, max: 28 }).map((day) => `${day}/3/2024`),
  fc.integer({ min: 10, max: 59 }).map((minute) => `9:${minute}`),
  fc.stringMatching(/^ ?[0-9]{14,20} ?$/),
);
const settings = fc.constantFrom<Params>(
  {},
  { missingMarkers: 'auto,-999,yes' },
  { missingMarkers: '1e3,.5' },
  { decimal: 'comma' },
  { mergeSpellings: true },
  { types: 'x:categorical' },
  { types: 'x:numeric' },
  { types: 'x:date' },
);

describe('cells that are bytes', () => {
  it('are understood as the same cells are as texts', () => {
    const column = fc.tuple(
      fc.array(cell, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(3), { minLength: 1 }),
    );
    fc.assert(
      fc.property(
        fc.oneof(column, column, fc.tuple(fc.array(cell, { minLength: 1 }))),
        settings,
        (given, data) => {
          const [kinds, which = [...kinds.keys()]] = given;
          const cells = which.map((i) => kinds[i % kinds.length] as string);
          expect(read(byteColumn(cells), data)).toEqual(read(textColumn(cells), data));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each(ODD)('are, where all are "%s"', (text) => {
    expect(read(byteColumn([text, text]))).toEqual(read(textColumn([text, text])));
  });

  it('are, where there are more distinct ones than are remembered', () => {
    const cells = Array.from({ length: 20_000 }, (_, i) => (i % 5 === 4 ? ` ${i % 97} ` : `k${i}`));
    const [bytes, texts] = [byteColumn(cells), textColumn(cells)].map((column) =>
      JSON.stringify(read(column)),
    );
    expect(bytes === texts).toBe(true);
  });
});

describe('digits', () => {
  const rule = missingRule(AUTO) as MissingRule;
  const valuesOf = (cells: readonly string[]) => draftOf(byteColumn(cells), null, rule).plain?.values;

  it('are the number that JavaScript reads, to the last bit', () => {
    const digits = fc.tuple(fc.stringMatching(/^[-+]?[0-9]{1,19}$/), fc.stringMatching(/^(\.[0-9]{0,19})?$/));
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }).map((x) => x.toPrecision(17)),
      digits.map((parts) => parts.join('')),
      fc
        .tuple(digits, fc.integer({ min: -40, max: 40 }))
        .map(([parts, power]) => `${parts.join('')}e${power}`),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 50 }), (cells) => {
        const values = valuesOf(cells);
        for (const [row, text] of cells.entries())
          if (!Object.is(values?.[row], Number(text))) throw new Error(`${text} is read as ${values?.[row]}`);
      }),
      { numRuns: 100 },
    );
  });

  it('are rounded to the even one where they lie between two', () => {
    const between = [
      ...[
        '9007199254740993',
        '9007199254740995',
        '4503599627370496.5',
        '4503599627370497.5',
        '0.5000000000000000',
      ],
      ...[
        '900719925474099.25',
        '900719925474099.3125',
        '18014398509481982',
        '18014398509481986',
        '1152921504606846848',
      ],
      ...[
        '1152921504606847104',
        '9223372036854775295',
        '9223372036854775296',
        '9223372036854775297',
        '2.5e-22',
      ],
    ];
    expect([...(valuesOf(between) ?? [])]).toEqual(between.map(Number));
  });
});
