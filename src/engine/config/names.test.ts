import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatName, formatNames, formatTypedName, listNames, parseNames, parseTypedNames } from './names.ts';
import { formatTargets, parseTargets, type TargetChoice } from './params.ts';

const TYPES = ['auto', 'regression', 'binary', 'multiclass'] as const;
const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('yield, kg', 'a:b', 'x:binary', '"', '""', ' a ', '100%', 'a "b", c', ':', ',', 'ü'),
  // Breaks and their sign, in every order.
  fc.string({ unit: fc.constantFrom('\n', '⏎', 'a', '"'), minLength: 1, maxLength: 6 }),
);

describe('names in a list', () => {
  it('are written plainly where they can be, and quoted where they must be', () => {
    expect(formatNames(['a', 'yield, kg', 'say "x"', 'a:b', '50%', ' a', '', 'two\nlines'])).toBe(
      'a, "yield, kg", "say ""x""", "a:b", "50%", " a", "", "two⏎lines"',
    );
  });

  it('are counted in messages where they are many', () => {
    const names = Array.from({ length: 2024 }, (_, i) => `x${i}`);
    expect(listNames(names.slice(0, 24))).toBe(formatNames(names.slice(0, 24)));
    expect(listNames(names)).toMatch(/^x0, x1, .*, x23 and 2,000 more$/);
  });

  it('are read with blanks around them, and empty items left out', () => {
    expect(parseNames(' a ,, "b, c" ,d e,')).toEqual(['a', 'b, c', 'd e']);
    expect(parseNames('')).toEqual([]);
    expect(parseNames('""')).toEqual(['']);
    expect(parseNames('two⏎lines, "x⏎⏎y"')).toEqual(['two\nlines', 'x⏎y']);
  });

  it.each(['"a', 'a"b,"c', '"a"b', '"a" "b"', '"a":binary'])('are not read from %s', (text) => {
    expect(parseNames(text)).toBeNull();
  });

  it('read back as they were, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(anyName), (names) => {
        expect(parseNames(names.map(formatName).join(','))).toEqual(names);
        expect(parseNames(formatNames(names))).toEqual(names);
      }),
    );
  });

  it('carry types behind a colon; a colon before anything else belongs to the name', () => {
    expect(parseTypedNames('a:binary, "b:binary" : regression,ratio a:b,c,"d",x : y : auto', TYPES)).toEqual([
      { name: 'a', type: 'binary', isQuoted: false },
      { name: 'b:binary', type: 'regression', isQuoted: true },
      { name: 'ratio a:b', type: null, isQuoted: false },
      { name: 'c', type: null, isQuoted: false },
      { name: 'd', type: null, isQuoted: true },
      { name: 'x : y', type: 'auto', isQuoted: false },
    ]);
    expect(parseTypedNames('"a', TYPES)).toBeNull();
    expect(parseTypedNames('"a" b', TYPES)).toBeNull();
  });

  it('read back with their types', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyName, fc.constantFrom(...TYPES))), (entries) => {
        const text = entries.map(([name, type]) => formatTypedName(name, type)).join(', ');
        expect(parseTypedNames(text, TYPES)?.map(({ name, type }) => [name, type])).toEqual(entries);
      }),
    );
  });
});

describe('targets in a list', () => {
  it('read back as they were', () => {
    const target = fc.record({ column: anyName, type: fc.constantFrom(...TYPES) });
    fc.assert(
      fc.property(fc.array(target), (targets) => {
        expect(parseTargets(formatTargets(targets))).toEqual(targets);
      }),
    );
  });

  it('are auto without a type, and keep a wrong one for the message', () => {
    expect(parseTargets('a,"b":typo')).toEqual([
      { column: 'a', type: 'auto' },
      { column: 'b', type: 'typo' as TargetChoice['type'] },
    ]);
    expect(parseTargets('"a')).toBeNull();
  });

  it('have names without quotes turned into those of columns, quoted ones not', () => {
    expect(parseTargets('a,"a"', (name) => name.toUpperCase())?.map((t) => t.column)).toEqual(['A', 'a']);
  });
});

const VALUED = ['auto', 'binary'];
const parseValued = (text: string) =>
  parseTypedNames(text, TYPES, VALUED)?.map(({ name, type, value }) => [name, type, value ?? null]) ?? null;

describe('entries with a type and a value', () => {
  it.each<[string, (string | null)[][] | null]>([
    ['kind:binary:fraud', [['kind', 'binary', 'fraud']]],
    [
      'kind : binary : fraud ,x',
      [
        ['kind', 'binary', 'fraud'],
        ['x', null, null],
      ],
    ],
    ['a:b:binary:yes', [['a:b', 'binary', 'yes']]],
    ['a:b:binary', [['a:b', 'binary', null]]],
    [
      'kind:binary:"yes, twice",x:regression',
      [
        ['kind', 'binary', 'yes, twice'],
        ['x', 'regression', null],
      ],
    ],
    ['"a, b":binary:"say ""no"""', [['a, b', 'binary', 'say "no"']]],
    ['"a, b":binary:no', [['a, b', 'binary', 'no']]],
    ['"a, b":regression', [['a, b', 'regression', null]]],
    // Only some types take a value; otherwise it is part of the name or the type, which are refused where they are used.
    ['x:regression:3', [['x:regression:3', null, null]]],
    ['"x":regression:3', [['x', 'regression:3', null]]],
    ['binary:fraud', [['binary:fraud', null, null]]],
    ['x:regression:"3"', null],
    ['"x" "y"', null],
    ['x:"y"', null],
  ])('%s', (text, expected) => {
    expect(parseValued(text)).toEqual(expected);
  });

  it('come back as they were written, whatever is in the names', () => {
    const name = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.constantFrom('auto', 'binary'), fc.option(name)), { maxLength: 4 }),
        (entries) => {
          const text = entries
            .map(([n, type, value]) => formatTypedName(n, type, value ?? undefined))
            .join(',');
          expect(parseValued(text)).toEqual(entries);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});
