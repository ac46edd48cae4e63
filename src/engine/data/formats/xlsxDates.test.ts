// Numbers of Excel that are dates: by their formats, and in the counts of 1900 and 1904.
import { describe, expect, it } from 'vitest';
import { type FormatKind, kindOfBuiltIn, kindOfFormat, textOfSerial } from './xlsxDates.ts';

describe('a format', () => {
  it.each<[FormatKind, string[]]>([
    [
      'date',
      [
        'yyyy-mm-dd',
        'd/m/yy',
        'DD.MM.YYYY',
        'mmm',
        'mmmm yy',
        'yyyy\\-mm\\-dd hh:mm',
        '[$-409]d-mmm-yy;@',
      ].concat([
        '[$-F800]dddd\\,\\ mmmm\\ dd',
        '"am" d"." mmmm',
        'yyyy-mm-dd"T"hh:mm:ss.000',
        'm/d/yy h:mm AM/PM',
      ]),
    ],
    ['time', ['h:mm', 'hh:mm:ss', 'mm:ss.0', 'h AM/PM', 'ss.00', '[$-409]h:mm:ss\\ AM/PM;@', 'h"h" mm']],
    ['duration', ['[h]:mm', '[hh]:mm:ss', '[mm]:ss', '[s]', '[h]:mm:ss;@']],
    [
      'number',
      [
        'General',
        '0.00',
        '#,##0',
        '0%',
        '0.00E+00',
        '# ?/?',
        '@',
        '',
        '"days"',
        '0" d"',
        '0\\ \\d',
        '_-* #,##0_-',
      ]
        .concat([
          '[Red]0;[Blue]-0',
          '[$€-407] #,##0.00',
          '#,##0 [$USD]',
          'General;[Red]-General',
          '0.0_d',
          '[>=1000]0,"k"',
        ])
        .concat(['"yes";"yes";"no"', '00000', '*d0']),
    ],
  ])('makes numbers a %s', (kind, codes) => {
    expect(codes.map((code) => [code, kindOfFormat(code)])).toEqual(codes.map((code) => [code, kind]));
  });

  it('that has a number only is known by that', () => {
    const kinds = (...numbers: number[]) => numbers.map(kindOfBuiltIn).join(' ');
    expect(kinds(0, 1, 9, 10, 13, 23, 37, 40, 48, 49, 59, 163)).toBe(Array(12).fill('number').join(' '));
    expect(kinds(14, 17, 22, 27, 31, 36, 50, 54, 57, 58)).toBe(Array(10).fill('date').join(' '));
    expect(kinds(18, 21, 32, 35, 45, 47, 55, 56)).toBe(Array(8).fill('time').join(' '));
    expect(kinds(46)).toBe('duration');
  });
});

describe('a number', () => {
  it.each<[number, FormatKind, string | null]>([
    [1, 'date', '1900-01-01'],
    [31, 'date', '1900-01-31'],
    [59, 'date', '1900-02-28'],
    [60, 'date', '1900-02-29'],
    [60.5, 'date', '1900-02-29 12:00:00'],
    [61, 'date', '1900-03-01'],
    [36526, 'date', '2000-01-01'],
    [45351, 'date', '2024-02-29'],
    [45351.75, 'date', '2024-02-29 18:00:00'],
    // 0.1 of a second below midnight, and half a millisecond below.
    [45351.999998842592, 'date', '2024-02-29 23:59:59.900'],
    [45351.999999996, 'date', '2024-03-01'],
    [2958465, 'date', '9999-12-31'],
    [2958466, 'date', null],
    [-1, 'date', null],
    [Number.NaN, 'date', null],
    [Number.POSITIVE_INFINITY, 'date', null],
    // A time in a column of dates is one.
    [0, 'date', '00:00:00'],
    [0.5, 'date', '12:00:00'],
    [0.3958333333333333, 'time', '09:30:00'],
    [0.3958344907407, 'time', '09:30:00.100'],
    [0, 'time', '00:00:00'],
    [45351.25, 'time', '2024-02-29 06:00:00'],
    [1.5, 'duration', '36:00:00'],
    [0.0625, 'duration', '1:30:00'],
    [-0.5, 'duration', null],
    [45352, 'number', null],
  ])('%s as a %s is %s in the count of 1900', (serial, kind, text) => {
    expect(textOfSerial(serial, kind, false)).toBe(text);
  });

  it.each<[number, FormatKind, string | null]>([
    [0, 'date', '1904-01-01'],
    [0.5, 'date', '1904-01-01 12:00:00'],
    [0.5, 'time', '12:00:00'],
    [59, 'date', '1904-02-29'],
    [60, 'date', '1904-03-01'],
    [43890, 'date', '2024-03-01'],
    [2957003, 'date', '9999-12-31'],
    [2957004, 'date', null],
  ])('%s as a %s is %s in the count of 1904', (serial, kind, text) => {
    expect(textOfSerial(serial, kind, true)).toBe(text);
  });
});
