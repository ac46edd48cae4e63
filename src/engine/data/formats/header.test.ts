// What a line of a text file is, judged by the lines below it.
import { describe, expect, it } from 'vitest';
import { areRowNames, isUnitsLine, kindOfLine, linesAbove, namesInComment } from './header.ts';

const numbers = [
  ['1.5', '20', 'a'],
  ['2.5', '21', 'b'],
  ['3.5', '22', 'c'],
  ['4.5', '29', 'd'],
];

/** As many rows of a class, which every other row has too, and a number. */
const classes = (rows: number) => Array.from({ length: rows }, (_, row) => ['ab'[row % 2] ?? '', `${row}`]);

describe('a line above others', () => {
  it.each<[string, string[], string[][]]>([
    ['a word above numbers', ['temp', '7', 'a'], numbers],
    ['padded words', [' temp ', ' 7', 'a'], numbers],
    ['a word above a number and padded markers', ['temp'], [[' NA '], ['NA'], ['1']]],
    ['a word above nine numbers in ten', ['temp'], [...Array(9).fill(['1']), ['x']]],
    [
      'years that the next line does not go on with',
      ['2019', '2020'],
      [
        ['17', '4'],
        ['3', '9'],
      ],
    ],
    [
      'years at both ends of what is a year',
      ['1900', '2000', '2100'],
      [
        ['17', '4', '9'],
        ['3', '9', '1'],
      ],
    ],
    ['the first and a later year', ['1900', '2000'], [['7', '5']]],
    ['a year and the last', ['2000', '2100'], [['7', '5']]],
    [
      'three equal steps from 0',
      ['0', '1', '2'],
      [
        ['5', '7', '1'],
        ['4', '4', '1'],
      ],
    ],
    [
      'steps above a line that goes on with some of them',
      ['0', '1', '2', '3'],
      [
        ['0.5', '1', '2', '3'],
        ['0.7', '2', '4', '6'],
      ],
    ],
    [
      'steps with blanks around them',
      [' 0', '1 ', ' 2 '],
      [
        ['5', '7', '1'],
        ['4', '4', '1'],
      ],
    ],
  ])('holds names: %s', (_, line, below) => {
    expect(kindOfLine(line, below)).toBe('names');
  });

  it.each<[string, string[], string[][]]>([
    ['a number above numbers', ['0.5', '19', 'z'], numbers],
    ['a class that recurs below', ['up'], [['up'], ['up'], ['down'], ['down']]],
    ['a padded class that recurs below', [' up '], [['up'], ['up'], ['down'], ['down']]],
    [
      'two steps that are no years',
      ['0', '1'],
      [
        ['7', '5'],
        ['4', '4'],
      ],
    ],
    [
      'years out of what is a year',
      ['1899', '1900'],
      [
        ['7', '5'],
        ['4', '4'],
      ],
    ],
    [
      'years beyond what is a year',
      ['2100', '2101'],
      [
        ['7', '5'],
        ['4', '4'],
      ],
    ],
    [
      'steps beside a number that is no step',
      ['1.5', '2', '3', '4'],
      [
        ['5', '7', '1', '1'],
        ['4', '9', '1', '2'],
      ],
    ],
    ['steps of numbers with a fraction', ['1.0', '2.0', '3.0'], [['7', '5', '1']]],
    ['steps of numbers, one of them with a fraction', ['1', '2.0', '3'], [['7', '5', '1']]],
    ['steps from below 0', ['-1', '0', '1'], [['7', '5', '1']]],
    ['a class among padded ones', ['up'], [[' up'], ['up '], ['down '], [' down']]],
    ['a number above lines that end early', ['7', 'x'], [['5'], ['4', 'y']]],
    ['a class that stands nowhere else, above few rows', ['kind', '21'], classes(7)],
    ['a class beside one that no other row has', ['kind', '21'], [...classes(8), ['c', '9']]],
    [
      'a class that recurs beside one that is new',
      ['kind', '21', 'a'],
      classes(8).map((row) => [...row, 'a']),
    ],
    ['a missing class', ['NA', '21'], classes(8)],
    [
      'steps that the next line goes on with',
      ['0', '1', '2'],
      [
        ['3', '4', '5'],
        ['6', '7', '8'],
      ],
    ],
    [
      'steps of different size',
      ['0', '1', '3'],
      [
        ['5', '7', '1'],
        ['4', '4', '1'],
      ],
    ],
    [
      'steps of nothing',
      ['4', '4', '4'],
      [
        ['5', '7', '1'],
        ['4', '9', '1'],
      ],
    ],
    [
      'a number above numbers, and nothing in another column',
      ['7', 'word'],
      [
        ['5', ''],
        ['4', ''],
      ],
    ],
    [
      'a missing value beside a number',
      ['7', 'NA'],
      [
        ['5', '1'],
        ['4', '2'],
      ],
    ],
  ])('holds values: %s', (_, line, below) => {
    expect(kindOfLine(line, below)).toBe('values');
  });

  it.each<[string, string[], string[][]]>([
    ['nothing below', ['7', 'x'], []],
    [
      'words above other words',
      ['name', 'place'],
      [
        ['Ann', 'Rome'],
        ['Bob', 'Oslo'],
      ],
    ],
    ['a text that recurs once among many', ['Ann'], [['Ann'], ['Bob'], ['Cem'], ['Dan']]],
    ['a word above eight numbers in ten', ['temp'], [...Array(8).fill(['1']), ['x'], ['y']]],
    ['a word above classes that all recur, beside a number', ['kind', ' 21'], classes(8)],
    ['an empty cell above numbers', [''], numbers],
    ['a word above markers alone', ['temp'], [['NA'], ['NA'], ['']]],
  ])('is unclear: %s', (_, line, below) => {
    expect(kindOfLine(line, below)).toBe('unclear');
  });

  it('is compared with 200 rows', () => {
    const rows = (words: number) => [...Array(200 - words).fill(['1']), ...Array(words + 300).fill(['x'])];
    expect(kindOfLine(['temp'], rows(0))).toBe('names');
    expect(kindOfLine(['temp'], rows(30))).toBe('unclear');
  });
});

describe('a line of units', () => {
  it('has words above all columns of numbers, two at least', () => {
    expect(isUnitsLine(['degC', 'l/min', 'x'], numbers)).toBe(true);
    expect(isUnitsLine(['degC', ' ', 'x'], numbers)).toBe(false);
    expect(isUnitsLine(['degC', '7', 'x'], numbers)).toBe(false);
    expect(isUnitsLine(['degC', ' 7 ', 'x'], numbers)).toBe(false);
    expect(isUnitsLine(['degC', 'NA', 'x'], numbers)).toBe(false);
    // A word above words says nothing, nor does one above an empty column.
    expect(
      isUnitsLine(
        ['degC', 'x'],
        numbers.map(([a = '']) => [a, '']),
      ),
    ).toBe(false);
  });

  it('stands above three rows at least', () => {
    expect(isUnitsLine(['degC', 'l/min'], numbers.slice(0, 3))).toBe(true);
    expect(isUnitsLine(['degC', 'l/min'], numbers.slice(0, 2))).toBe(false);
  });

  it('may have a tenth of words below', () => {
    const rows = (words: number) =>
      Array.from({ length: 10 }, (_, row) => (row < words ? ['x', 'x'] : ['1', '2']));
    expect(isUnitsLine(['degC', 'l/min'], rows(1))).toBe(true);
    expect(isUnitsLine(['degC', 'l/min'], rows(2))).toBe(false);
  });
});

describe('lines above a table', () => {
  const table = [['temp', 'flow', 'kind'], ...numbers];

  it('are titles of one cell, padded to its width or not', () => {
    expect(linesAbove(table, 3)).toBe(0);
    expect(linesAbove([['Plant 7'], ...table], 3)).toBe(1);
    expect(linesAbove([['Plant 7', '', ''], ['', '', 'June'], ...table], 3)).toBe(2);
    expect(linesAbove([['Plant 7', ''], ...table], 3)).toBe(1);
    expect(linesAbove([['2024', '', ''], ...table], 3)).toBe(1);
    expect(linesAbove([[' Plant', ' ', '  '], ...table], 3)).toBe(1);
    expect(linesAbove([['Plant'], ['a', 'b'], ['1', '2']], 2)).toBe(1);
    expect(linesAbove([['Plant 7'], ...numbers], 3)).toBe(1);
    expect(linesAbove([['Plant 7', ''], ...numbers], 3)).toBe(1);
    const titles = (count: number) => Array.from({ length: count }, () => ['Plant 7', '', '']);
    expect(linesAbove([...titles(20), ...table], 3)).toBe(20);
  });

  it('are not rows with empty cells', () => {
    const sparse = (count: number) => Array.from({ length: count }, () => ['Plant 7', '', '']);
    expect(linesAbove([...sparse(21), ...table], 3)).toBe(0);
    expect(linesAbove([['7', '', ''], ['', '8', ''], ...table], 3)).toBe(0);
    expect(
      linesAbove(
        [
          ['Plant 7', '', ''],
          ['June', '', ''],
          ['1', '2', '', ''],
          ['3', '', ''],
        ],
        3,
      ),
    ).toBe(0);
    const wide = [
      ['Plant 7', '', '', ''],
      ['June', '', '', ''],
      ['1', '2', '', ''],
      ['3', '4', '5', '6'],
    ];
    expect(linesAbove(wide, 4)).toBe(0);
  });

  it('are none in a table of one column, of two where a cell is empty, or with a row that is all but empty', () => {
    expect(linesAbove([['Plant 7'], ['temp'], ['1']], 1)).toBe(0);
    expect(
      linesAbove(
        [
          ['temp', ''],
          ['1', '2'],
          ['3', '4'],
        ],
        2,
      ),
    ).toBe(0);
    expect(
      linesAbove(
        [
          ['', '', 'kind'],
          ['1', '', ''],
          ['2', '', ''],
        ],
        3,
      ),
    ).toBe(0);
    // All cells but one are enough below a title.
    expect(linesAbove([['Plant', '', ''], ['', 'flow', 'kind'], ...numbers], 3)).toBe(1);
    expect(linesAbove([['2024', '', ''], ['', 'flow', 'kind'], ...numbers], 3)).toBe(1);
    expect(linesAbove([['Plant', '', ''], ['June', '', ''], ['', 'flow', 'kind'], ...numbers], 3)).toBe(2);
    // Nor where lines are longer than the usual one.
    expect(linesAbove([['a', 'b'], ['x'], ['y']], 1)).toBe(0);
  });

  it('are lines of another length, but not a header with too few names', () => {
    expect(linesAbove([['Plant', '7'], ['by', 'Ann'], ...table], 3)).toBe(2);
    expect(linesAbove([['temp', 'flow'], ...numbers], 3)).toBe(0);
    expect(linesAbove([['temp', 'flow', 'kind', 'more'], ...numbers], 3)).toBe(0);
    expect(linesAbove([['Plant', '7'], ...table], 3)).toBe(1);
    const many = Array<string[][]>(5).fill(numbers).flat();
    expect(linesAbove([['Plant', '7'], ['1', '2'], ['temp', 'flow', 'kind'], ...many], 3)).toBe(2);
    // A row below it is judged by those that follow, not by the last ones.
    expect(linesAbove([['Plant', '7'], ...many, ['x', 'y', 'z'], ['x', 'y', 'z']], 3)).toBe(0);
  });

  it('are not the names of columns whose rows have names, even if the first row has a word among numbers', () => {
    const named = [
      ['r1', 'broken', '2'],
      ['r2', '3', '4'],
      ['r3', '5', '6'],
    ];
    expect(linesAbove([['flow', 'temp'], ...named], 3)).toBe(0);
    const padded = named.map((row) => row.map((cell) => ` ${cell} `));
    expect(linesAbove([[' flow ', 'temp'], ...padded], 3)).toBe(0);
    const numbered = named.map(([, ...rest], row) => [`${row + 1}`, ...rest]);
    expect(linesAbove([['flow', 'temp'], ...numbered], 3)).toBe(0);
    // No name of a column, no name of a row, one too many, numbers that may be names, and nothing that shows a row.
    expect(linesAbove([['flow', '7'], ...named], 3)).toBe(1);
    const wide = named.map((row) => [...row, '9']);
    expect(linesAbove([['flow', 'temp', 'kind'], ...wide], 4)).toBe(0);
    expect(linesAbove([['flow', ' ', 'kind'], ...wide], 4)).toBe(1);
    const counted = ['0', '1', '2'].map((first) => [first, `${2 * +first}`, '7']);
    expect(linesAbove([['flow', 'temp'], ['0', '1', '2'], ...counted.slice(1)], 3)).toBe(1);
    expect(linesAbove([['flow', 'temp'], ...named, ['r1', '7', '8']], 3)).toBe(1);
    expect(linesAbove([['flow', 'temp', 'kind', 'more'], ...named], 3)).toBe(1);
    const below = (top: string) =>
      linesAbove([['flow', 'temp'], ['r1', 'broken', top], ...named.slice(1)], 3);
    expect(['2020', ' 1999', 'off', '-'].map(below)).toEqual([1, 1, 1, 1]);
    expect(['12020', '20200', '2100', '1.5'].map(below)).toEqual([0, 0, 0, 0]);
    // A tenth of words among the numbers.
    const tenth = Array.from({ length: 10 }, (_, i) => [`r${i + 2}`, '3', i === 4 ? 'off' : '7']);
    expect(linesAbove([['flow', 'temp'], ['r1', 'broken', '2'], ...tenth], 3)).toBe(0);
    const last = (...cells: string[]) =>
      linesAbove([['flow', 'temp'], ...cells.map((cell, i) => [`r${i}`, i ? '3' : 'broken', cell])], 3);
    expect([last('2', '7', '8'), last('2', 'on', 'off'), last('2', '', '')]).toEqual([0, 1, 1]);
  });

  it('are none where no line has the usual length', () => {
    expect(linesAbove([['a'], ['b'], ['c']], 3)).toBe(0);
    expect(linesAbove([['a'], ['b'], ['temp', 'flow', 'kind']], 3)).toBe(0);
  });
});

describe('names in a comment', () => {
  it('are one per column, without the sign', () => {
    expect(namesInComment(['# temp', ' flow '], '#', 2)).toEqual(['temp', 'flow']);
    expect(namesInComment([' #temp', 'flow'], '#', 2)).toEqual(['temp', 'flow']);
    expect(namesInComment([' # ', 'temp', 'flow'], '#', 2)).toEqual(['temp', 'flow']);
    expect(namesInComment(['# temp', 'flow'], '#', 3)).toBeNull();
    expect(namesInComment(['# temp', 'flow', 'x'], '#', 2)).toBeNull();
  });

  it('are words in every place; a first one may be the sign itself', () => {
    expect(namesInComment(['#', 'flow'], '#', 2)).toEqual(['#', 'flow']);
    expect(namesInComment(['# temp', ''], '#', 2)).toBeNull();
    expect(namesInComment(['# temp', '7.5'], '#', 2)).toBeNull();
    expect(namesInComment(['# 1', 'flow'], '#', 2)).toBeNull();
  });
});

describe('an unnamed first column', () => {
  it.each<[string[], boolean]>([
    [['0', '1', '2'], true],
    [['1', '2', '3'], true],
    [['2', '3', '4'], false],
    [['1', '2', '4'], false],
    [['1', '1', '1'], false],
    [['Fiat', 'Ford', 'Opel'], true],
    [['Fiat', 'Ford', 'Fiat'], false],
    [['Fiat', 'Ford', '500'], false],
    [['7', '9', '8'], false],
  ])('%j names the rows: %s', (cells, expected) => {
    expect(areRowNames(cells)).toBe(expected);
  });
});
