import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTypedName, parseTypedNames } from './names.ts';

const TYPES = ['auto', 'regression', 'binary'];
const VALUED = ['auto', 'binary'];
const parse = (text: string) =>
  parseTypedNames(text, TYPES, VALUED)?.map(({ name, type, value }) => [name, type, value]) ?? null;

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
    // Only some types take a value, and then it belongs to the name or the type, which are refused where they are used.
    ['x:regression:3', [['x:regression:3', null, null]]],
    ['"x":regression:3', [['x', 'regression:3', null]]],
    ['binary:fraud', [['binary:fraud', null, null]]],
    ['x:regression:"3"', null],
    ['"x" "y"', null],
    ['x:"y"', null],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
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
          expect(parse(text)).toEqual(entries);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});
