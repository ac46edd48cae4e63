import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTorchKey, toTorchKey } from './torchNames.ts';

/** Names with characters that the encoding uses, and any others. */
const names = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('%', '.', '2', 'E', '5', 'a', '_') }),
  fc.constantFrom('type', 'values', '__class__', '_modules', 'yield.kg', 'yield%2Ekg', '%', ''),
);

describe('keys of a ModuleDict', () => {
  it('give back the name, are not empty and have no dots', () => {
    fc.assert(
      fc.property(names, (name) => {
        const key = toTorchKey(name);
        expect(fromTorchKey(key)).toBe(name);
        expect(key).not.toBe('');
        expect(key).not.toContain('.');
        expect(toTorchKey(key) === key || key.includes('%')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('are the names themselves where PyTorch takes them', () => {
    for (const name of ['y1', 'body_mass_g', 'fat %', '100%', 'größe', 'a b', 'Type'])
      expect(toTorchKey(name)).toBe(name);
    expect(['yield.kg', 'type', '', '_modules', '__class__', 'a%2Eb'].map(toTorchKey)).toEqual([
      'yield%2Ekg',
      '%74ype',
      '%',
      '%5Fmodules',
      '%5F_class__',
      'a%252Eb',
    ]);
  });
});
