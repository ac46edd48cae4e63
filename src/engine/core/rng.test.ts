import { describe, expect, it } from 'vitest';
import { rng } from './rng.ts';

const draw = (seed: number, scope: string, index = 0, n = 5) => {
  const random = rng(seed, scope, index);
  return Array.from({ length: n }, () => random.uniform());
};

describe('rng', () => {
  it('is a function of seed, scope and index alone', () => {
    const first = draw(1, 'a');
    expect(draw(1, 'a')).toEqual(first);
    for (const other of [draw(2, 'a'), draw(1, 'b'), draw(1, 'a', 1)]) expect(other).not.toEqual(first);
  });

  it('draws normals with mean 0, variance 1 and fourth moment 3', () => {
    const random = rng(7, 'normal');
    const n = 200_000;
    const moments = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      moments[0] = (moments[0] as number) + x / n;
      moments[1] = (moments[1] as number) + x ** 2 / n;
      moments[2] = (moments[2] as number) + x ** 4 / n;
    }
    // Within 4 standard errors: x, x² and x⁴ of a standard normal have variances 1, 2 and 96.
    [0, 1, 3].forEach((expected, i) => {
      const error = Math.sqrt(([1, 2, 96][i] as number) / n);
      expect(Math.abs((moments[i] as number) - expected)).toBeLessThan(4 * error);
    });
  });

  it('shuffles without losing anything', () => {
    const shuffled = rng(1, 'shuffle').shuffle(Array.from({ length: 100 }, (_, i) => i));
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(shuffled.slice(0, 10)).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
