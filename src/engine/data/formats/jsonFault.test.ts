// The place where JSON is wrong is found without an engine's message, and agrees with what parses.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { faultAt } from './jsonFault.ts';

it.each([
  ['{"a":\n\n^x}'],
  ['{"a":1,\n"b" ^1}'],
  ['[1,^]'],
  ['[1 ^2]'],
  ['{"a":1,^}'],
  ['{^a:1}'],
  ['{^1:1}'],
  ['[^}'],
  ['[1]^]'],
  ['[1]^,2'],
  ['[0^1]'],
  ['[^-]'],
  ['[1^.]'],
  ['[^tru]'],
  ['["a^\n"]'],
  ['["\\n\\u00e9\\"^\\x"]'],
  ['["^\\u12g4"]'],
  ['["a^'],
  ['[{"a":[]},{}^'],
  ['[{"a":[]},{"b":^'],
  ['[-1.5e+3, 0, null, true, false, "\\\\"]^'],
  ['^'],
])('%s', (marked) => {
  const text = marked.replace('^', '');
  expect(faultAt(text)).toBe(marked.indexOf('^'));
});

it('what parses has no fault, and what has one before its end does not parse', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '}', ']', ',', ':', '"', '1', 'x', '\\'),
      (json, at, sign) => {
        expect(faultAt(json)).toBe(json.length);
        const cut = at % (json.length + 1);
        const changed = json.slice(0, cut) + sign + json.slice(cut);
        let parses = true;
        try {
          JSON.parse(changed);
        } catch {
          parses = false;
        }
        if (parses) expect(faultAt(changed)).toBe(changed.length);
        // Nothing before the change can be wrong.
        else expect(faultAt(changed)).toBeGreaterThanOrEqual(Math.max(0, cut - 5));
      },
    ),
  );
});
