// Sums by WebAssembly are those of JavaScript to the last bit, and the committed module is what its source compiles to.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileTrees, treesFile } from '../../../scripts/buildWasm.mjs';
import { rng } from '../core/rng.ts';
import { type BinnedTable, binCategorical, binNumeric, tableOf } from './bins.ts';
import { CELL, HistogramBuilder } from './histogram.ts';
import { HistogramModule } from './histogramModule.ts';

const ROWS = 333;
const range = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

function table(): BinnedTable {
  const { normal, int } = rng(1, 'test');
  const numeric = [255, 7].map((bins) => {
    const values = Float32Array.from({ length: ROWS }, () => (int(9) === 0 ? Number.NaN : normal()));
    return binNumeric(values, null, range(ROWS), bins);
  });
  const codes = Int32Array.from({ length: ROWS }, () => int(5));
  return tableOf(ROWS, [...numeric, binCategorical(codes, 5, range(ROWS), 255)]);
}

test.each([
  ['all rows', 1],
  ['some rows', 3],
])('sums of %s are those of JavaScript, bit for bit', (_, every) => {
  const { normal } = rng(2, 'test');
  const gradient = Float32Array.from({ length: ROWS }, () => normal() * 10 ** (3 * normal()));
  const hessian = Float32Array.from({ length: ROWS }, () => normal() ** 2);
  const rows = range(ROWS).filter((row) => row % every === 0);
  const [fast, plain] = [table(), table()];
  const builders = [new HistogramBuilder(fast), new HistogramBuilder(plain, true)];
  for (const [f, { codes }] of fast.features.entries()) expect(codes).toEqual(plain.features[f]!.codes);
  for (const features of [
    [0, 1, 2],
    [0, 2],
  ])
    for (const h of [hessian, null]) {
      const [a, b] = builders.map((builder) => builder.build(rows, gradient, h, features));
      for (const f of features) {
        const cells = [fast.offsets[f]! * CELL, fast.offsets[f + 1]! * CELL] as const;
        expect(a!.subarray(...cells)).toEqual(b!.subarray(...cells));
      }
      expect(
        a!
          .subarray(2, CELL * fast.offsets[1]!)
          .filter((__, i) => i % CELL === 0)
          .some((n) => n > 1),
      ).toBe(true);
    }
});

test('where memory is too short, sums are left to JavaScript', () => {
  expect(HistogramModule.create([], 2 ** 32, 1)).toBeNull();
});

test('is up to date: npm run build:wasm gives the committed bytes', async () => {
  expect(await compileTrees()).toBe(readFileSync(treesFile, 'utf8'));
});
