// Statistics come from the training rows alone: changing any other row must leave the stored values of all other rows
// unchanged, in tables and in generated data.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { multitabBench } from './generators/multitabBench.ts';
import type { Dataset } from './table.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, textInput } from './testing/files.ts';

const ROWS = 120;
const now = async () => {};

/** 120 rows of a number, a category and a label; the given rows are extreme. */
function tableOf(extreme: ReadonlySet<number>): Promise<Dataset> {
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const factor = extreme.has(i) ? 1000 : 1;
    return [factor * Math.sin(7 * i), ['red', 'green', 'blue'][i % 3], factor * Math.cos(3 * i) + i].join(
      ',',
    );
  });
  const file = textInput(`x,c,y\n${lines.join('\n')}`);
  const targets = [{ column: 'y', type: 'regression' as const }];
  return generateTable({ data: defaultsOf(tableSource.dataParams), tasks: { targets }, file });
}

const bench = (data: Params = {}): Promise<Dataset> =>
  multitabBench.generate(
    {
      data: { ...defaultsOf(multitabBench.dataParams), rows: ROWS, features: 3, ...data },
      tasks: { ...defaultsOf(multitabBench.taskParams), count: 2, degrees: [1, 3] },
    },
    now,
  );

const columnsOf = ({ numeric, targets }: Dataset) => [...numeric, ...targets];

function meanAndSd(column: ArrayLike<number>, rows: Iterable<number>) {
  const values = Array.from(rows, (row) => column[row] as number);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) };
}

describe.each([
  ['a table', () => tableOf(new Set())],
  ['generated rows', () => bench()],
])('%s', (_, make) => {
  it('has mean 0 and deviation 1 on the training rows, and on no other set of rows', async () => {
    const data = await make();
    const all = Array.from({ length: data.rows }, (_, i) => i);
    for (const column of columnsOf(data)) {
      const { mean, sd } = meanAndSd(column, data.split.train);
      // float32 values of 84 rows: an error of 1e-7 would show.
      expect(Math.abs(mean)).toBeLessThan(1e-6);
      expect(Math.abs(sd - 1)).toBeLessThan(1e-6);
      for (const rows of [data.split.validation, data.split.test, all]) {
        const other = meanAndSd(column, rows);
        expect(Math.abs(other.mean) + Math.abs(other.sd - 1)).toBeGreaterThan(1e-3);
      }
    }
  });

  it('says how to get back to the units of the label', async () => {
    const data = await make();
    for (const { mean, scale } of [...data.featureScaling, ...data.targetScaling].flatMap((s) => s ?? [])) {
      expect(Math.abs(mean)).toBeGreaterThan(0);
      expect(scale).toBeGreaterThan(0);
      expect(scale).not.toBe(1);
    }
  });
});

describe('rows outside the training split', () => {
  it('of a table change no mean, no scale and no other row, however extreme they are', async () => {
    const plain = await tableOf(new Set());
    const outside = [...plain.split.validation, ...plain.split.test];
    const changed = await tableOf(new Set(outside));
    expect(changed.split).toEqual(plain.split);
    expect(changed.featureScaling).toEqual(plain.featureScaling);
    expect(changed.targetScaling).toEqual(plain.targetScaling);
    for (const [i, column] of columnsOf(plain).entries()) {
      for (const row of plain.split.train) expect(columnsOf(changed)[i]?.[row]).toBe(column[row]);
    }
    // Within the training rows, one extreme row changes everything.
    const inside = await tableOf(new Set([plain.split.train[0] as number]));
    expect(inside.featureScaling[0]?.scale).toBeGreaterThan(plain.featureScaling[0]?.scale ?? 1e9);
    expect(inside.targetScaling[0]?.scale).not.toBe(plain.targetScaling[0]?.scale);
  });

  it('of generated data count in no mean and no scale', async () => {
    // The same rows unstandardised; standardised here, on the training rows.
    const [stored, raw] = [
      await bench(),
      await bench({ standardiseFeatures: false, standardiseTargets: false }),
    ];
    const scalings = [...stored.featureScaling, ...stored.targetScaling];
    for (const [i, column] of columnsOf(raw).entries()) {
      const { mean, sd } = meanAndSd(column, raw.split.train);
      expect(scalings[i]?.mean).toBeCloseTo(mean, 6);
      expect(scalings[i]?.scale).toBeCloseTo(sd, 6);
      columnsOf(stored)[i]?.forEach((value, row) => {
        expect(Math.abs(value - ((column[row] as number) - mean) / sd)).toBeLessThan(1e-5);
      });
    }
  });
});
