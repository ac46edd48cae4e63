import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatName, formatNames, formatTypedName, parseNames, parseTypedNames } from './names.ts';
import { formatTargets, parseTargets, type TargetChoice } from './params.ts';

const TYPES = ['auto', 'regression', 'binary', 'multiclass'] as const;
const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('yield, kg', 'a:b', 'x:binary', '"', '""', ' a ', '100%', 'a "b", c', ':', ',', 'ü'),
);

describe('names in a list', () => {
  it('are written plainly where they can be, and quoted where they must be', () => {
    expect(formatNames(['a', 'yield, kg', 'say "x"', 'a:b', '50%', ' a', ''])).toBe(
      'a, "yield, kg", "say ""x""", "a:b", "50%", " a", ""',
    );
  });

  it('are read with blanks around them, and empty items left out', () => {
    expect(parseNames(' a ,, "b, c" ,d e,')).toEqual(['a', 'b, c', 'd e']);
    expect(parseNames('')).toEqual([]);
    expect(parseNames('""')).toEqual(['']);
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
