import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rng } from '../core/rng.ts';
import { type BinnedTable, binCategorical, binDataset, binNumeric, quantileEdges, tableOf } from './bins.ts';
import { CELL, HistogramBuilder } from './histogram.ts';
import { findSplit, leafScore } from './split.ts';
import { noPause, testDataset } from './testing.ts';
import { growTree, leavesOf, type Tree, type TreeSettings } from './tree.ts';

const settings: TreeSettings = {
  maxLeaves: 31,
  maxDepth: 6,
  minRowsPerLeaf: 5,
  minChildWeight: 1e-3,
  l2: 1,
  learningRate: 1,
};
const range = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);
const numericTable = (columns: (number | null)[][], bins = 255) => {
  const rows = columns[0]!.length;
  const features = columns.map((column) =>
    binNumeric(
      Float32Array.from(column, (v) => v ?? 0),
      Uint8Array.from(column, (v) => (v === null ? 1 : 0)),
      range(rows),
      bins,
    ),
  );
  return tableOf(rows, features);
};
/** The leaf that a row ends in. */
const leaf = (tree: Tree, table: BinnedTable, row: number) => leavesOf(tree, table, Uint32Array.of(row))[0]!;
/** Gradient of the squared error at score 0. */
const gradientOf = (target: number[]) => Float32Array.from(target, (y) => -y);

test('bins hold about equally many training values and never cut a run of equal ones', () => {
  const { normal } = rng(1, 'test');
  const values = Float32Array.from({ length: 2550 }, () => normal());
  const feature = binNumeric(values, null, range(2550), 255);
  const counts = new Uint32Array(256);
  for (const code of feature.codes) counts[code]!++;
  expect(feature.numBins).toBe(255);
  expect([...counts.subarray(0, 255)]).toEqual(new Array(255).fill(10));
  expect(counts[255]).toBe(0);
  expect([...quantileEdges(Float64Array.of(1, 1, 1, 2, 4), 255)]).toEqual([1.5, 3]);
  expect([...quantileEdges(Float64Array.of(1, 1, 1, 2, 4, 5), 2)]).toEqual([1.5]);
  expect([...quantileEdges(Float64Array.of(), 255)]).toEqual([]);
});

test('an edge between neighbours of float64 has a value on either side', () => {
  const [low, high] = [1 + Number.EPSILON, 1 + 2 * Number.EPSILON];
  expect([...binNumeric(Float64Array.of(low, high), null, range(2), 255).codes]).toEqual([0, 1]);
});

test('values that float32 cannot tell apart are binned as the numbers they are', () => {
  // One outlier dominates the scale: as stored, the values before it are equal.
  const raw = [-0.606, -0.432, 0.315, 1.87, 1e12];
  const dataset = testDataset({
    train: 5,
    numeric: [raw.map(() => 0)],
    tasks: [{ type: 'regression', target: raw }],
  });
  expect([...binDataset(dataset, 255).features[0]!.codes]).toEqual([0, 0, 0, 0, 0]);
  const exact = { ...dataset, exact: [Float64Array.from(raw)] };
  expect([...binDataset(exact, 255).features[0]!.codes]).toEqual([0, 1, 2, 3, 4]);
});

test('rows outside training do not move the edges, and fall into the outer bins', () => {
  const feature = binNumeric(Float32Array.of(0, 1, 2, 100, -100, Number.NaN), null, range(3), 255);
  expect([...feature.codes]).toEqual([0, 1, 2, 2, 0, 3]);
  // Wherever the training rows stand.
  const behind = binNumeric(Float32Array.of(100, -100, 0, 1, 2), null, Uint32Array.of(2, 3, 4), 255);
  expect([...behind.codes]).toEqual([2, 0, 0, 1, 2]);
});

test('missing cells of a dataset have the bin of their own, whatever is stored there', () => {
  const dataset = testDataset({
    train: 4,
    numeric: [
      [1, 2, 0, 3, 1],
      [5, null, 6, 0, null],
    ],
    tasks: [{ type: 'regression', target: [0, 1, 2, 3, 4] }],
  });
  const [first, second] = binDataset(dataset, 255).features;
  expect([...first!.codes]).toEqual([1, 2, 0, 3, 1]);
  expect([...second!.codes]).toEqual([1, 3, 2, 0, 3]);
});

test('a category with fewer than ten rows goes with the missing ones', () => {
  // By the gradients, the rare category alone would be the best left side.
  const codes = [...new Array(9).fill(0), ...new Array(40).fill(1), ...new Array(40).fill(2)];
  const gradient = Float32Array.from(codes, (code) => [-9, 0.5, 1][code] as number);
  const splitOf = (rare: number) => {
    const own = codes.slice(9 - rare);
    const dataset = testDataset({
      train: own.length,
      categorical: [{ cardinality: 3, codes: own }],
      numeric: [],
      tasks: [{ type: 'regression', target: own }],
    });
    const table = binDataset(dataset, 255);
    const values = gradient.slice(9 - rare);
    const histogram = new HistogramBuilder(table).build(range(own.length), values, null, [0]);
    const total = { gradient: values.reduce((a, b) => a + b, 0), hessian: own.length, rows: own.length };
    const { leftBins, rightBins } = findSplit(table, histogram, total, [0], {
      ...settings,
      minRowsPerLeaf: 1,
    })!;
    return [leftBins, rightBins];
  };
  expect(splitOf(9).flat()).not.toContain(0);
});

test('categories stand in the order of their means, each drawn towards zero by ten more rows', () => {
  // Ten rows of -1 and a hundred of less change places at -0.55: -10 / (10 + 10) = -55 / (100 + 10).
  const codes = [10, 100, 15].flatMap((rows, code) => new Array<number>(rows).fill(code));
  const dataset = testDataset({
    train: 125,
    categorical: [{ cardinality: 3, codes }],
    numeric: [],
    tasks: [{ type: 'regression', target: codes }],
  });
  const table = binDataset(dataset, 255);
  const splitAt = (mean: number, hessian: number) => {
    const gradient = Float32Array.from(codes, (code) => hessian * ([-1, mean, -0.4][code] as number));
    const hessians = new Float32Array(125).fill(hessian);
    const histogram = new HistogramBuilder(table).build(range(125), gradient, hessians, [0]);
    const total = { gradient: gradient.reduce((a, b) => a + b, 0), hessian: 125 * hessian, rows: 125 };
    return findSplit(table, histogram, total, [0], { ...settings, l2: 0, minRowsPerLeaf: 20 });
  };
  for (const hessian of [1, 4]) {
    expect(splitAt(-0.56, hessian)).toMatchObject({ leftBins: [1], rightBins: [0, 2] });
    // The category of ten rows comes first, and neither it alone nor the last one alone may be a side.
    expect(splitAt(-0.54, hessian)).toBeNull();
  }
});

test('unseen and too many categories count as missing', () => {
  const seen = binCategorical(Int32Array.of(0, 2, 2, 1, 3), 5, range(4), 255);
  expect([...seen.codes]).toEqual([0, 2, 2, 1, 3]);
  expect(seen.numBins).toBe(3);
  const codes = Int32Array.from({ length: 600 }, (_, i) => i % 300);
  const many = binCategorical(codes, 300, range(600), 255);
  expect(many.numBins).toBe(255);
  expect(many.codes.filter((code) => code === 255)).toHaveLength(90);
});

test('a histogram by subtraction equals one summed directly', () => {
  const { normal, int } = rng(2, 'test');
  const columns = [0, 1, 2].map(() => Array.from({ length: 500 }, () => (int(10) === 0 ? null : normal())));
  const table = numericTable(columns, 30);
  const builder = new HistogramBuilder(table);
  const gradient = Float32Array.from({ length: 500 }, () => normal());
  const hessian = Float32Array.from({ length: 500 }, () => normal() ** 2);
  const left = range(500).filter(() => int(3) === 0);
  const right = range(500).filter((row) => !left.includes(row));
  const features = [0, 2];
  for (const h of [hessian, null]) {
    const parent = builder.build(range(500), gradient, h, features);
    const child = builder.build(left, gradient, h, features);
    const direct = builder.build(right, gradient, h, features);
    const subtracted = builder.subtract(parent, child, features);
    for (const f of features) {
      for (let i = table.offsets[f]! * CELL; i < table.offsets[f + 1]! * CELL; i++) {
        expect(subtracted[i]).toBeCloseTo(direct[i]!, 9);
      }
    }
    for (const histogram of [parent, child, direct]) builder.release(histogram);
  }
});

test('the first split is the best of all, found by trying every threshold', async () => {
  const { normal } = rng(3, 'test');
  const x = Array.from({ length: 80 }, () => normal());
  const y = x.map((value) => Math.sin(3 * value) + 0.1 * normal());
  const table = numericTable([x]);
  const builder = new HistogramBuilder(table);
  const gradient = gradientOf(y);
  const total = { gradient: gradient.reduce((a, b) => a + b, 0), hessian: 80, rows: 80 };
  const split = findSplit(table, builder.build(range(80), gradient, null, [0]), total, [0], settings)!;
  let best = 0;
  for (const edge of table.features[0]!.edges) {
    const rows = [...range(80)].filter((row) => x[row]! <= edge);
    if (rows.length < 5 || rows.length > 75) continue;
    const g = rows.reduce((sum, row) => sum + gradient[row]!, 0);
    const gain =
      leafScore(g, rows.length, 1) +
      leafScore(total.gradient - g, 80 - rows.length, 1) -
      leafScore(total.gradient, 80, 1);
    best = Math.max(best, gain);
  }
  expect(split.gain).toBeCloseTo(best, 6);
});

test.each([1, -1])('missing values go the learned way (sign %i)', async (sign) => {
  const x = Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? null : i));
  const y = x.map((value) => (value === null || value > 45 ? sign : -sign));
  const table = numericTable([x]);
  const tree = await growTree(
    table,
    new HistogramBuilder(table),
    range(90),
    gradientOf(y),
    null,
    [0],
    { ...settings, maxLeaves: 2 },
    noPause,
  );
  expect(tree.missingLeft[0]).toBe(0);
  for (let row = 0; row < 90; row++) expect(Math.sign(tree.value[leaf(tree, table, row)]!)).toBe(y[row]);
  const flipped = y.map((value, row) => (x[row] === null ? -value : value));
  const other = await growTree(
    table,
    new HistogramBuilder(table),
    range(90),
    gradientOf(flipped),
    null,
    [0],
    { ...settings, maxLeaves: 2 },
    noPause,
  );
  expect(other.missingLeft[0]).toBe(1);
});

test('a split of missing against everything else is found', async () => {
  const x = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? null : i));
  const table = numericTable([x]);
  const gradient = gradientOf(x.map((value) => (value === null ? 1 : -1)));
  const builder = new HistogramBuilder(table);
  const tree = await growTree(table, builder, range(60), gradient, null, [0], settings, noPause);
  expect(tree.feature.length).toBe(3);
});

test('a categorical split takes any subset of categories, and unseen ones follow the missing', async () => {
  const high = new Set([0, 3, 4, 40, 200]);
  const codes = Int32Array.from({ length: 4040 }, (_, i) => i % 202);
  const train = range(4040).filter((row) => codes[row] !== 201);
  const table = tableOf(4040, [binCategorical(codes, 202, train, 255)]);
  const gradient = gradientOf(Array.from(codes, (code) => (high.has(code) ? 1 : -1)));
  const builder = new HistogramBuilder(table);
  const tree = await growTree(table, builder, train, gradient, null, [0], settings, noPause);
  expect(tree.feature.length).toBe(3);
  for (const row of train) {
    expect(Math.sign(tree.value[leaf(tree, table, row)]!)).toBe(high.has(codes[row]!) ? 1 : -1);
  }
  expect(tree.value[leaf(tree, table, 201)]).toBeLessThan(0);
});

test('trees keep to the limits, and their leaves are Newton steps over disjoint rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(1000),
        maxLeaves: fc.integer({ min: 1, max: 12 }),
        maxDepth: fc.integer({ min: 1, max: 5 }),
        minRowsPerLeaf: fc.integer({ min: 1, max: 20 }),
      }),
      async ({ seed, ...limits }) => {
        const { normal, int } = rng(seed, 'test');
        const numeric = [0, 1].map(() => Array.from({ length: 120 }, () => (int(8) === 0 ? null : int(9))));
        const codes = Int32Array.from({ length: 120 }, () => int(5));
        const features = [...numericTable(numeric).features, binCategorical(codes, 5, range(120), 255)];
        const table = tableOf(120, features);
        const gradient = Float32Array.from({ length: 120 }, () => normal());
        const hessian = Float32Array.from({ length: 120 }, () => 0.1 + normal() ** 2);
        const all = { ...settings, ...limits };
        const builder = new HistogramBuilder(table);
        const tree = await growTree(table, builder, range(120), gradient, hessian, [0, 1, 2], all, noPause);
        const leaves = new Map<number, number[]>();
        for (const [row, leaf] of leavesOf(tree, table, null).entries()) {
          leaves.set(leaf, [...(leaves.get(leaf) ?? []), row]);
        }
        const depth = (node: number): number =>
          tree.feature[node]! < 0 ? 0 : 1 + Math.max(depth(tree.left[node]!), depth(tree.right[node]!));
        expect(depth(0)).toBeLessThanOrEqual(limits.maxDepth);
        expect(leaves.size).toBe((tree.feature.length + 1) / 2);
        expect(leaves.size).toBeLessThanOrEqual(limits.maxLeaves);
        for (const [leaf, rows] of leaves) {
          const sum = (values: Float32Array) => rows.reduce((s, row) => s + values[row]!, 0);
          if (leaves.size > 1) expect(rows.length).toBeGreaterThanOrEqual(limits.minRowsPerLeaf);
          expect(tree.value[leaf]).toBeCloseTo(-sum(gradient) / (sum(hessian) + 1), 5);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test.each([
  ['even', (x: number) => x],
  ['with a far outlier', (x: number) => (x > 2.5 ? 1e30 : x)],
  ['large beyond differences', (x: number) => x * 1e308],
  ['nearly equal', (x: number) => 1 + x * 1e-15],
])('every value is in the first bin whose edge it does not exceed: %s', (_, shape) => {
  const { normal } = rng(4, 'test');
  const values = Float64Array.from({ length: 3000 }, () => shape(normal()));
  const { edges, codes, numBins } = binNumeric(values, null, range(2000), 255);
  const known = values.map((value) => (Number.isFinite(value) ? 1 : 0));
  for (const [row, code] of codes.entries()) {
    const expected = edges.findIndex((edge) => values[row]! <= edge);
    expect(code).toBe(known[row] === 0 ? numBins : expected < 0 ? numBins - 1 : expected);
  }
});
