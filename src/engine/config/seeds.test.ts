import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SEED } from './seedLimits.ts';
import { MAX_SEEDS, parseSeeds, requireSeeds } from './seeds.ts';

describe('seeds as text', () => {
  it.each<[string, number[]]>([
    ['3', [3]],
    ['0,1,2', [0, 1, 2]],
    ['0..4', [0, 1, 2, 3, 4]],
    ['0..2,7', [0, 1, 2, 7]],
    ['9, 2 .. 3 ,5..5', [9, 2, 3, 5]],
    [String(MAX_SEED), [MAX_SEED]],
  ])('%s', (text, seeds) => {
    expect(parseSeeds(text, '--seeds')).toEqual(seeds);
  });

  it.each<[string, RegExp]>([
    ['0,0', /^--seeds: expected every seed once, got 0 more than once\. Leave the second 0 out/],
    ['0..3,2', /got 2 more than once/],
    ['5,1..3,7,3', /got 3 more than once/],
    ['', /got an empty place in ""/],
    ['1,,2', /got an empty place in "1,,2"/],
    ['1,-2', /expected integers from 0 and ranges of them, separated by commas, got -2\. For example 0,1,2/],
    ['1.5', /got 1\.5/],
    ['1...3', /got 1\.\.\.3/],
    ['x1', /got x1/],
    ['1x', /got 1x/],
    ['4..1', /expected a range from the lower seed to the higher, got 4\.\.1\. Write 1\.\.4/],
    [String(MAX_SEED + 1), new RegExp(`expected integers from 0 to ${MAX_SEED}, got ${MAX_SEED + 1}`)],
    [`0..${MAX_SEED}`, new RegExp(`expected at most ${MAX_SEEDS} seeds`)],
    [`0..${MAX_SEEDS}`, new RegExp(`expected at most ${MAX_SEEDS} seeds, got ${MAX_SEEDS + 1}`)],
  ])('refuses %s', (text, message) => {
    expect(() => parseSeeds(text, '--seeds')).toThrow(message);
  });

  it('takes as many as are allowed', () => {
    expect(parseSeeds(`1..${MAX_SEEDS}`, 'x')).toHaveLength(MAX_SEEDS);
  });
});

describe('a list of seeds', () => {
  it('is taken when every seed stands there once, and refused with the duplicate otherwise', () => {
    const lists = fc.uniqueArray(fc.nat(MAX_SEED), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lists, fc.nat(), (seeds, at) => {
        expect(() => requireSeeds(seeds, 'seeds')).not.toThrow();
        const again = seeds[at % seeds.length] as number;
        expect(() => requireSeeds([...seeds, again], 'seeds')).toThrow(
          `seeds: expected every seed once, got ${again} more than once`,
        );
      }),
    );
  });

  it('is refused when it is empty, too long or holds no seed', () => {
    expect(() => requireSeeds([], 'seeds')).toThrow('seeds: expected at least one seed, got none');
    expect(() => requireSeeds([0.5], 'seeds')).toThrow('got 0.5');
    expect(() => requireSeeds([-1], 'seeds')).toThrow('got -1');
    const many = Array.from({ length: MAX_SEEDS + 1 }, (_, i) => i);
    expect(() => requireSeeds(many, 'seeds')).toThrow(`got ${MAX_SEEDS + 1}. Run the others`);
  });
});
