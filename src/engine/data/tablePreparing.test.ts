// How a table is prepared: what is fitted on which rows, what a split lacks, what is refused before training.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params, parseTargets } from '../config/params.ts';
import { type TableInput, tableInput } from '../config/tableInput.ts';
import { formatIssue } from '../core/errors.ts';
import { binDataset } from '../trees/bins.ts';
import { isLabelled, labelCountsOf } from './labels.ts';
import type { UnopenedRequest } from './openRequest.ts';
import type { Dataset } from './table.ts';
import { tableSource } from './tableSource.ts';
import { generateTable as generate, issuesOf, textInput } from './testing/files.ts';

const caseFile = (name: string): TableInput =>
  tableInput(
    `${name}.csv`,
    new Blob([readFileSync(new URL(`./testing/cases/${name}.csv`, import.meta.url))]),
  );
const columnsFile = (columns: Record<string, readonly (string | number)[]>): TableInput => {
  const cells = Object.values(columns);
  const lines = (cells[0] ?? []).map((_, row) => cells.map((column) => column[row]).join(','));
  return textInput([Object.keys(columns).join(','), ...lines].join('\n'));
};
const request = (file: TableInput, targets: string, data: Params = {}): UnopenedRequest => ({
  data: { ...defaultsOf(tableSource.dataParams), ...data },
  tasks: { targets: parseTargets(targets) ?? [] },
  file,
});
const refusal = async (r: UnopenedRequest) => (await issuesOf(r)).map(formatIssue).join('\n');
const noteOf = ({ notes }: Dataset, code: string) => notes.find((note) => note.code === code)?.text;
const at = (column: ArrayLike<number> | undefined, rows: Iterable<number>) =>
  [...rows].map((row) => column?.[row] as number);
const count = (values: readonly number[], value: number) => values.filter((v) => v === value).length;
function pearson(u: readonly number[], v: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mu, mv] = [mean(u), mean(v)];
  const cov = (a: readonly number[], ma: number, b: readonly number[], mb: number) =>
    a.reduce((s, x, i) => s + (x - ma) * ((b[i] as number) - mb), 0);
  return cov(u, mu, v, mv) / Math.sqrt(cov(u, mu, u, mu) * cov(v, mv, v, mv));
}
const indices = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('precision', () => {
  it('Unix seconds are the column shifted to 0: the same stored numbers, bins and labels', async () => {
    const targets = 'late:binary,delay:regression';
    const [epoch, shifted] = await Promise.all(
      ['epoch_feature', 'epoch_feature_shifted'].map((name) => generate(request(caseFile(name), targets))),
    );
    const column =
      epoch?.features.filter((f) => f.kind === 'numeric').findIndex((f) => f.name === 'stamp') ?? -1;
    const stamps = epoch?.numeric[column] as Float32Array;
    expect(new Set(stamps).size).toBeGreaterThan(80);
    const distance = Math.max(
      ...stamps.map((z, row) => Math.abs(z - (shifted?.numeric[column]?.[row] as number))),
    );
    expect(distance).toBeLessThan(3e-7);
    const codes = (data: Dataset | undefined) =>
      data && binDataset(data, 255).features.map((f) => [...f.codes]);
    expect(codes(epoch)).toEqual(codes(shifted));
    expect(epoch?.split).toEqual(shifted?.split);
  });

  it.each([1e-14, 1, 1e30])('a target in units of %d varies as much as in units of 1', async (unit) => {
    const values = indices(60).map((i) => (i * 7919) % 97);
    const file = columnsFile({ x: indices(60), y: values.map((v) => v * unit) });
    const data = await generate(request(file, 'y:regression'));
    const plain = await generate(request(columnsFile({ x: indices(60), y: values }), 'y:regression'));
    const largest = Math.max(
      ...at(data.targets[0], indices(60)).map((z, i) => Math.abs(z - (plain.targets[0]?.[i] as number))),
    );
    expect(largest).toBeLessThan(5e-7);
    expect((data.targetScaling[0]?.scale ?? 0) / unit).toBeCloseTo(plain.targetScaling[0]?.scale ?? 0, 9);
  });

  it('a column that an outlier rules keeps its numbers for trees, another does not', async () => {
    const x = indices(60).map((i) => (i === 5 ? 1e12 : (i * 7919) % 97));
    const data = await generate(request(columnsFile({ x, z: indices(60), y: indices(60) }), 'y:regression'));
    expect(data.exact?.[0]).toEqual(Float64Array.from(x));
    expect(data.exact?.[1]).toBeNull();
    // 42 training rows, all distinct.
    expect(binDataset(data, 255).features[0]?.numBins).toBe(42);
  });

  it('says where a column that is not scaled loses its digits, naming the setting', async () => {
    const file = columnsFile({ t: indices(60).map((i) => 1.7e9 + 3 * i), x: indices(60), y: indices(60) });
    const raw = await generate(request(file, 'y:regression', { standardiseFeatures: false }));
    expect(noteOf(raw, 'float32-too-coarse')).toMatch(
      /^Column t is not scaled: .* steps of 128, .* standard deviation is \d+(\.\d+)?\. Set data\.standardiseFeatures=true\.$/,
    );
    expect(raw.notes.filter((n) => n.code === 'float32-too-coarse')).toHaveLength(1);
    const scaled = await generate(request(file, 'y:regression'));
    expect(noteOf(scaled, 'float32-too-coarse')).toBeUndefined();
    const target = await generate(request(file, 't:regression', { standardiseTargets: false }));
    expect(noteOf(target, 'float32-too-coarse')).toContain('data.standardiseTargets=true');
  });

  it('says where numbers are not scaled whose squares are beyond float32, and not where they are scaled', async () => {
    const file = columnsFile({ u: indices(60).map((i) => -1e20 * i), y: indices(60) });
    const raw = await generate(request(file, 'y:regression', { standardiseFeatures: false }));
    expect(noteOf(raw, 'squares-beyond-float32')).toMatch(
      /^Column u is not scaled and has numbers up to 5\.90e\+21, .* Set data\.standardiseFeatures=true\.$/,
    );
    const scaled = await generate(request(file, 'y:regression'));
    expect(noteOf(scaled, 'squares-beyond-float32')).toBeUndefined();
  });

  it('refuses a cell that is no float32 after scaling, with column, row and numbers', async () => {
    const split = { seed: 0 };
    const trained = indices(40).map((i) => 1 + i * 1e-12);
    for (let row = 0; row < 40; row++) {
      const x = trained.map((v, i) => (i === row ? 1e30 : v));
      const message = await refusal(request(columnsFile({ x, y: indices(40) }), 'y:regression', split));
      // In a training row the cell dominates the scale; elsewhere it is 1e41 standard deviations away.
      if (message !== '') {
        expect(message).toContain(`column x, row ${row + 1}: expected a number that is at most 3.40e+38`);
        expect(message).toContain('got 1e+30');
        return;
      }
    }
    expect.unreachable();
  });
});

describe('missing numbers', () => {
  it('are exactly 0 after scaling by the known training rows, and flagged for trees', async () => {
    const data = await generate(request(caseFile('informative_missing'), 'ill:binary'));
    const lab = data.numeric[0] as Float32Array;
    const gaps = data.missing[0] as Uint8Array;
    expect(count([...gaps], 1)).toBe(151);
    for (const row of indices(data.rows)) if (gaps[row] === 1) expect(lab[row]).toBe(0);
    const known = at(lab, data.split.train).filter((_, i) => gaps[data.split.train[i] as number] === 0);
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(known.reduce((a, b) => a + (b - mean) ** 2, 0) / known.length).toBeCloseTo(1, 5);
    expect(noteOf(data, 'missing-replaced-by-mean')).toBe(
      '151 missing values of lab: networks read the mean of the training rows, trees have a branch of their own for them.',
    );
  });
});

describe('features that the training rows teach nothing of', () => {
  const targets = 'z:regression,y:binary';

  it('without any value there, are left out with the counts', async () => {
    const data = await generate(request(caseFile('feature_missing_train'), targets, { split: 'random' }));
    expect(data.features.map((f) => f.name)).toEqual(['b']);
    expect(noteOf(data, 'feature-empty-in-training')).toContain(
      'Column a has no value in the 70 training rows (30 in the 30 others) and is left out',
    );
    expect(noteOf(data, 'missing-replaced-by-mean')).toBeUndefined();
  });

  it.each<[string, (isTrain: boolean) => string | number]>([
    ['a number', (isTrain) => (isTrain ? 3 : 4)],
    ['a category', (isTrain) => (isTrain ? 'a' : 'b')],
  ])('constant there: %s', async (_, cell) => {
    const file = columnsFile({ x: indices(40), y: indices(40) });
    const { split } = await generate(request(file, 'y:regression'));
    const c = indices(40).map((row) => cell(split.train.includes(row)));
    const data = await generate(request(columnsFile({ x: indices(40), c, y: indices(40) }), 'y:regression'));
    expect(data.features.map((f) => f.name)).toEqual(['x']);
    expect(noteOf(data, 'feature-constant-in-training')).toContain(
      'Column c is constant in the 28 training rows',
    );
    expect(await refusal(request(columnsFile({ c, y: indices(40) }), 'y:regression'))).toContain(
      'at least one column left as a feature, got none that varies in the 28 training rows. Column c is constant in the 28 training rows',
    );
  });

  it('stay where only some cells miss one value, which can be learnt', async () => {
    const c = indices(40).map((row) => (row % 3 === 0 ? '' : row === 1 ? 4 : 3));
    const all = indices(20).map((seed) =>
      generate(request(columnsFile({ x: indices(40), c, y: indices(40) }), 'y:regression', { seed })),
    );
    for (const data of await Promise.all(all)) expect(data.features.map((f) => f.name)).toEqual(['x', 'c']);
  });
});

describe('labels that a split lacks', () => {
  const fraud = 'fraud:binary,z:regression';

  it('are refused where training has one class, with counts and remedy; a stratified split has both', async () => {
    const file = caseFile('binary_const_train');
    expect(await refusal(request(file, fraud, { split: 'random' }))).toBe(
      'tasks.targets[0]: expected at least two classes of fraud in the 70 training rows, got one; rows per class: 0: 70 training, 15 validation, 8 test; 1: 0 training, 0 validation, 7 test. Set data.split=stratified, or try another data seed, a larger share of training rows, or other targets.',
    );
    const data = await generate(request(file, fraud));
    const { train, validation, test } = data.split;
    expect([train, validation, test].map((rows) => count(at(data.targets[0], rows), 1))).toEqual([5, 1, 1]);
  });

  it('are refused where training has one value', async () => {
    const { split } = await generate(
      request(columnsFile({ x: indices(40), y: indices(40) }), 'y:regression'),
    );
    const t = indices(40).map((row) => (split.train.includes(row) ? 2.5 : row));
    expect(await refusal(request(columnsFile({ x: indices(40), t }), 't:regression'))).toContain(
      'tasks.targets[0]: expected at least two values of t in the 28 training rows, got 2.5 in all of them. Try another data seed',
    );
    // Of 0.1 + 0.2 and 0.3 neither is said to be in all of them.
    const sum = indices(40).map((row) => (split.train.includes(row) ? (row % 2 ? 0.3 : 0.1 + 0.2) : row));
    expect(await refusal(request(columnsFile({ x: indices(40), t: sum }), 't:regression'))).toMatch(
      /28 training rows, got 0\.3\d*, up to rounding, in all of them\. Try another data seed/,
    );
  });

  it('are noted where validation has one class, and are not when stratified', async () => {
    const file = caseFile('rare_event');
    const random = await generate(request(file, 'event:binary,dose:regression', { split: 'random' }));
    expect(noteOf(random, 'class-missing-in-validation')).toBe(
      'The validation split has no row of a class of event: 1 (24 training, 0 validation, 6 test). AUROC is undefined there, so the best epoch cannot follow it. A stratified split, another data seed or a larger share of the rows may help.',
    );
    const stratified = await generate(request(file, 'event:binary,dose:regression'));
    expect(stratified.notes.filter((n) => n.code.startsWith('class-missing'))).toEqual([]);
  });

  it('are noted of a class without training rows, and of numbers that do not vary', async () => {
    const { split } = await generate(
      request(columnsFile({ x: indices(60), y: indices(60) }), 'y:regression'),
    );
    const isIn = (rows: Uint32Array, row: number) => rows.includes(row);
    const c = indices(60).map((row) => (isIn(split.train, row) ? ['a', 'b'][row % 2] : 'c') as string);
    const t = indices(60).map((row) => (isIn(split.test, row) ? 7 : row));
    const file = columnsFile({ x: indices(60), c, t });
    const data = await generate(request(file, 'c:multiclass,t:regression', { split: 'random' }));
    expect(noteOf(data, 'class-missing-in-training')).toContain(
      'no row of a class of c: c (0 training, 9 validation, 9 test). Nothing is learnt of it',
    );
    expect(noteOf(data, 'class-missing-in-test')).toContain('no row of 2 classes of c: a (');
    expect(noteOf(data, 'class-missing-in-test')).toContain(
      'No AUROC is defined there, and with it the gain',
    );
    expect(noteOf(data, 'target-constant-in-test')).toContain('t has one value in all 9 test rows');
    expect(noteOf(data, 'target-constant-in-validation')).toBeUndefined();
  });
});

describe('the split', () => {
  it('gives every split its share of every combination of classes', async () => {
    const a = indices(200).map((i) => (i % 5 === 0 ? 'p' : 'q'));
    const b = indices(200).map((i) => ['u', 'v'][Math.floor(i / 7) % 2] as string);
    const data = await generate(request(columnsFile({ x: indices(200), a, b }), 'a:binary,b:binary'));
    const whole = (first: string, second: string) =>
      indices(200).filter((i) => a[i] === first && b[i] === second).length;
    for (const [first, second] of [
      ['p', 'u'],
      ['p', 'v'],
      ['q', 'u'],
      ['q', 'v'],
    ] as const) {
      const inTrain = [...data.split.train].filter((i) => a[i] === first && b[i] === second).length;
      expect(Math.abs(inTrain - 0.7 * whole(first, second))).toBeLessThanOrEqual(1);
    }
    expect(noteOf(data, 'stratified-by-rarest-class')).toBeUndefined();
  });

  it('goes by the rarest class of a row where combinations are too few, and says so', async () => {
    const a = indices(60).map((i) => (i < 4 ? 'rare' : 'usual'));
    const b = indices(60).map((i) => (i % 4 === 0 ? 'u' : 'v'));
    const data = await generate(request(columnsFile({ x: indices(60), a, b }), 'a:binary,b:binary'));
    expect(noteOf(data, 'stratified-by-rarest-class')).toBeDefined();
    for (const rows of Object.values(data.split)) expect([...rows].some((row) => row < 4)).toBe(true);
  });

  it('of a table of numbers is the random one', async () => {
    const file = columnsFile({ x: indices(60), y: indices(60) });
    const [stratified, random] = await Promise.all(
      ['stratified', 'random'].map((split) => generate(request(file, 'y:regression', { split }))),
    );
    expect(stratified?.split).toEqual(random?.split);
  });
});

describe('the positive class', () => {
  it('of the same rows is the same, however it is spelt', async () => {
    const [words, codes] = await Promise.all(
      ['fraud_legit', 'fraud_01'].map((name) =>
        generate(request(caseFile(name), 'kind:binary,amount:regression')),
      ),
    );
    expect(words?.targets[0]).toEqual(codes?.targets[0]);
    expect(words?.split).toEqual(codes?.split);
    expect(words?.tasks[0]).toMatchObject({ classes: ['legit', 'fraud'], positive: 'fraud' });
    expect(codes?.tasks[0]).toMatchObject({ classes: ['0', '1'], positive: '1' });
    expect(noteOf(words as Dataset, 'positive-class-chosen')).toBe(
      'The positive class of kind is fraud, the rarer one. For the other write kind:binary:legit.',
    );
    expect(noteOf(codes as Dataset, 'positive-class-chosen')).toBeUndefined();
  });

  it('is chosen with the target, and refused where it is no class of it', async () => {
    const file = caseFile('fraud_legit');
    const legit = await generate(request(file, 'kind:binary:legit'));
    const fraud = await generate(request(file, 'kind:binary:fraud'));
    expect(legit.tasks[0]).toMatchObject({ classes: ['fraud', 'legit'], positive: 'legit' });
    expect(at(legit.targets[0], indices(legit.rows))).toEqual(
      at(fraud.targets[0], indices(fraud.rows)).map((code) => 1 - code),
    );
    expect(noteOf(legit, 'positive-class-chosen')).toBeUndefined();
    expect(await refusal(request(file, 'kind:binary:theft'))).toBe(
      'tasks.targets[0]: expected a positive class of kind out of fraud, legit, got theft. For example kind:binary:legit.',
    );
    expect(
      await refusal({
        ...request(file, 'kind'),
        tasks: { targets: [{ column: 'amount', type: 'regression', positive: 'x' }] },
      }),
    ).toContain('a positive class of binary tasks only, and amount is regression, got x');
  });
});

describe('rows that miss a label', () => {
  const targets = 'yield:regression,purity:regression';

  it('are kept for the tasks they have a label of, and spread evenly over the splits', async () => {
    const data = await generate(request(caseFile('partly_labelled'), targets));
    expect(data.rows).toBe(120);
    const [, purity] = data.targets as [Float32Array, Float32Array];
    expect(labelCountsOf(data)).toEqual([
      { train: 84, validation: 18, test: 18 },
      { train: 21, validation: 5, test: 4 },
    ]);
    const known = [...data.split.train].map((row) => purity[row] as number).filter(isLabelled);
    expect(Math.abs(known.reduce((a, b) => a + b, 0))).toBeLessThan(1e-5);
    expect(known.reduce((sum, z) => sum + z * z, 0) / known.length).toBeCloseTo(1, 5);
    expect(noteOf(data, 'labels-missing')).toContain('the 120 rows, purity in 90:');
  });

  it('are dropped where they have no label at all', async () => {
    const a = indices(60).map((i) => (i % 3 === 0 ? '' : i));
    const b = indices(60).map((i) => (i % 2 === 0 ? '' : i % 5));
    const data = await generate(request(columnsFile({ x: indices(60), a, b }), 'a:regression,b:multiclass'));
    expect(data.rows).toBe(50);
    expect(noteOf(data, 'rows-without-any-target-dropped')).toBe(
      '10 of 60 rows have none of the targets and are dropped.',
    );
    const [first, second] = data.targets as [Float32Array, Float32Array];
    expect(count(Array.from(second, Number).map(Number.isNaN).map(Number), 1)).toBe(20);
    const both = [...data.split.train].filter(
      (r) => isLabelled(first[r] as number) && isLabelled(second[r] as number),
    );
    const [u, v] = [at(first, both), at(second, both)];
    expect(data.relatedness.realised[1]).toBeCloseTo(pearson(u, v), 6);
    expect([0, 3].map((i) => data.relatedness.realised[i])).toEqual([1, 1]);
  });

  it('leave a target out of reach where no training or no validation row has its label', async () => {
    const seen = (rows: number) => indices(100).map((i) => (i < rows ? i : ''));
    const file = columnsFile({ x: indices(100), a: indices(100), b: seen(2) });
    expect(await refusal(request(file, 'a:regression,b:regression'))).toMatch(
      /^tasks.targets\[1\]: expected a label of b in the training and in the validation split, got \d in 70 training, \d in 15 validation and \d in 15 test rows\. Set/,
    );
  });

  it('are not thrown away by the dozen where few may be dropped: the numbers per target and the choices', async () => {
    const file = caseFile('partly_labelled');
    expect(await refusal(request(file, targets, { unlabelled: 'drop-few' }))).toBe(
      'tasks.targets: expected all targets in at least three quarters of the 120 rows that have any, got all of them in 30 rows; missing: purity in 90. Leave out purity (120 rows would be kept), set data.unlabelled=keep to train each task on the rows that have its label, or data.unlabelled=drop to train on the 30 rows.',
    );
    const asked = await generate(request(file, targets, { unlabelled: 'drop' }));
    expect(asked.rows).toBe(30);
    expect(noteOf(asked, 'rows-without-target-dropped')).toBe(
      '90 of 120 rows miss a target and are dropped: purity in 90.',
    );
    expect((await generate(request(file, 'yield:regression'))).rows).toBe(120);
  });

  it('may be a quarter of those with a label; rows without any do not count', async () => {
    const part = (missing: number, empty: number) => {
      const a = indices(40 + empty).map((i) => (i >= 40 ? '' : i));
      const b = indices(40 + empty).map((i) => (i >= 40 || i < missing ? '' : i));
      const file = columnsFile({ x: indices(40 + empty), a, b });
      return request(file, 'a:regression,b:regression', { unlabelled: 'drop-few' });
    };
    expect((await generate(part(10, 40))).rows).toBe(30);
    expect(await refusal(part(11, 40))).toContain('b in 51, a in 40');
    expect(await refusal(part(11, 40))).toContain('Leave out b (40 rows would be kept)');
  });

  it('are named where too few are left, with the setting that dropped the rest', async () => {
    const x = indices(40).map((i) => (i < 4 ? i : ''));
    const file = columnsFile({ x, z: indices(40), y: indices(40) });
    expect(await refusal(request(file, 'y:regression', { missing: 'drop' }))).toContain(
      'test rows of 4; 36 of 40 rows miss a number and are dropped, as data.missing=drop asks: x in 36.',
    );
  });
});
