import { describe, expect, it } from 'vitest';
import { randomDataset } from '../data/randomDataset.ts';
import { fingerprint, hashText, keptRows, rowHashes, trainedOn } from '../data/rowHashes.ts';
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';
import { cardOf, isCard, readCard } from './card.ts';

const FEATURES: FeatureMeta[] = [
  { name: 'c', kind: 'categorical', cardinality: 3, categories: ['x', 'y', 'z'] },
  { name: 'n', kind: 'numeric', cardinality: 1 },
];
const TASKS: TaskMeta[] = [
  { name: 'a', type: 'regression', outputs: 1, description: '' },
  { name: 'b', type: 'multiclass', outputs: 3, description: '' },
];
const table = (rows: number, seed = 1): Dataset => randomDataset(FEATURES, TASKS, rows, seed);
const rowsFrom = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);

/** The same rows in another order. */
function turned({ categorical, numeric, targets, ...rest }: Dataset): Dataset {
  return {
    ...rest,
    categorical: categorical.map((column) => column.slice().reverse()),
    numeric: numeric.map((column) => column.slice().reverse()),
    targets: targets.map((column) => column.slice().reverse()),
  };
}

describe('rows by what they hold', () => {
  it('are known wherever they stand, and no others', () => {
    const dataset = table(500);
    const hashes = rowHashes(dataset);
    const other = rowHashes(turned(dataset));
    expect(new Set(Array.from(rowsFrom(0, 500), (row) => hashText(hashes, row))).size).toBe(500);
    for (const row of [0, 7, 499]) expect(hashText(other, 499 - row)).toBe(hashText(hashes, row));
    expect(fingerprint(other)).not.toBe(fingerprint(hashes));
    expect(fingerprint(rowHashes(table(500)))).toBe(fingerprint(hashes));
    for (const part of ['categorical', 'numeric', 'targets'] as const) {
      const changed = structuredClone(dataset);
      const column = changed[part][0];
      if (column) column[3] = (column[3] as number) + 1;
      expect(hashText(rowHashes(changed), 3)).not.toBe(hashText(hashes, 3));
      expect(hashText(rowHashes(changed), 4)).toBe(hashText(hashes, 4));
    }
  });

  it('are counted where they trained, also from a part of them', () => {
    const hashes = rowHashes(table(500));
    const kept = keptRows(hashes, rowsFrom(0, 400));
    expect(kept).toMatchObject({ count: 400, every: 1 });
    expect(trainedOn(kept, hashes, rowsFrom(350, 450), rowsFrom(0, 300))).toBe(50);
    expect(trainedOn(kept, hashes, rowsFrom(400, 500), rowsFrom(0, 300))).toBe(0);
    // With the same training rows, equal rows have not changed their split.
    expect(trainedOn(kept, hashes, rowsFrom(350, 450), rowsFrom(0, 400).reverse())).toBe(0);
    const third = keptRows(hashes, rowsFrom(0, 400), 3);
    expect(third.hashes.length).toBeGreaterThan(100);
    expect(third.hashes.length).toBeLessThan(170);
    const estimate = trainedOn(third, hashes, rowsFrom(200, 500), rowsFrom(0, 100));
    expect(estimate).toBeGreaterThan(150);
    expect(estimate).toBeLessThan(250);
    expect(keptRows(rowHashes(table(45_000)), rowsFrom(0, 45_000)).every).toBe(3);
  });
});

describe('a card', () => {
  const experiment = {
    data: { id: 'table', params: { file: 't.csv', seed: 4, trainFraction: 0.6 } },
  } as never;
  const card = cardOf(
    { architecture: 'mmoe', params: { experts: 3 }, seed: 2, experiment },
    table(20),
    new Map([
      ['towers.a.b', 'towers.a%2Eb'],
      ['towers.c', 'towers.c'],
    ]),
  );
  const text = JSON.stringify(card);

  it('comes back as it was', () => {
    expect(readCard(text, 'w')).toEqual(card);
    expect(card.table.split).toMatchObject({ seed: 4, trainFraction: 0.6 });
    expect(card.names).toEqual({ 'towers.a%2Eb': 'towers.a.b' });
    expect(card.fitted.features[0]).toEqual({
      kind: 'categorical',
      name: 'c',
      names: ['x', 'y', 'z'],
      other: -1,
      missing: -1,
    });
  });

  it.each<[string, (c: Record<string, never>) => void, RegExp]>([
    ['another version', (c) => Object.assign(c, { version: 2 }), /^w, version: expected version 1, got 2/],
    [
      'no features',
      (c) => Object.assign(c, { fitted: {} }),
      /^w, fitted, features: expected a list, got nothing/,
    ],
    [
      'a scale of 0',
      (c) =>
        Object.assign(c, {
          fitted: { features: [{ kind: 'numeric', name: 'n', scaling: { mean: 0, scale: 0 }, fill: 0 }] },
        }),
      /features\[0\], scaling, scale: expected a positive number, got 0/,
    ],
    [
      'a code beyond the names',
      (c) =>
        Object.assign(c, {
          fitted: { features: [{ kind: 'categorical', name: 'n', names: ['a'], other: 1, missing: -1 }] },
        }),
      /features\[0\], other: expected a code below 1/,
    ],
  ])('with %s is refused where it stands', (_what, spoil, message) => {
    const spoilt = JSON.parse(text);
    spoil(spoilt);
    expect(() => readCard(JSON.stringify(spoilt), 'w')).toThrow(message);
  });

  it('is told from other JSON', () => {
    const file = (content: string) => ({ name: 'w.json', bytes: new TextEncoder().encode(content) });
    expect(isCard(file(text))).toBe(true);
    for (const other of ['{"format":"else"}', '[]', 'null', 'no JSON'])
      expect(isCard(file(other))).toBe(false);
    expect(() => readCard('{"format":"else"}', 'w')).toThrow(/w, format: expected multitab-weights/);
  });
});
