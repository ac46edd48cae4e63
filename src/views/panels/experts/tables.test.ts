import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GateUse } from '../../../engine/protocol/experts.ts';
import { spreadOf } from './distribution.ts';
import { gridOf } from './grid.ts';
import {
  anomaliesCsv,
  entropyCsv,
  entropyTable,
  expertsCsv,
  expertsTable,
  gateCsv,
  similarityCsv,
  spreadTable,
  weightsCsv,
} from './tables.ts';
import { anyLayer, SMALL_LAYER } from './testing.ts';

const NAMES = ['task1', 'task2'];
const lines = (csv: string): string[] => csv.trimEnd().split('\r\n');
const grid = gridOf(SMALL_LAYER);
const gate = SMALL_LAYER.gates[0] as GateUse;

it('tables have a cell per column in every row', () => {
  fc.assert(
    fc.property(anyLayer, (layer) => {
      const g = gridOf(layer);
      const tables = [
        expertsTable(layer, g.experts, NAMES),
        entropyTable(layer),
        ...layer.gates.map((each) => spreadTable(layer, each, spreadOf(each, g.experts))),
      ];
      for (const { header, rows } of tables) for (const row of rows) expect(row).toHaveLength(header.length);
    }),
  );
});

it('weights: every gate and expert, empty where there is no weight', () => {
  const csv = lines(weightsCsv([SMALL_LAYER]));
  expect(csv).toHaveLength(1 + 9);
  expect(csv[2]).toBe('0,layer0/task1,task1,task1 0,task,0.625,1');
  expect(csv[3]).toBe('0,layer0/task1,task1,task2 0,task,,');
});

it('a gate: all rows with all digits', () => {
  expect(lines(gateCsv(SMALL_LAYER, gate))).toEqual([
    'validation_row,shared 0,task1 0',
    '0,0.25,0.75',
    '1,0.5,0.5',
  ]);
  expect(spreadTable(SMALL_LAYER, gate, spreadOf(gate, grid.experts)).rows[0]).toEqual([
    'T1 · expert 0',
    '0.5000',
    '0.5625',
    '0.6250',
    '0.6875',
    '0.7500',
    '0.6250',
  ]);
});

it('experts: whose they are, utilisation and zeros', () => {
  expect(lines(expertsCsv([SMALL_LAYER], NAMES))[1]).toBe('0,shared 0,shared,task1 task2,0.5,0.25');
  expect(expertsTable(SMALL_LAYER, grid.experts, NAMES).rows).toEqual([
    ['T1 · expert 0', 'T1', '0.5000', '95.0\u00a0%'],
    ['T2 · expert 0', 'T2', '0.2500', '50.0\u00a0%'],
    ['shared expert 0', 'all tasks', '0.5000', '25.0\u00a0%'],
  ]);
});

it('entropy: one line per gate', () => {
  expect(lines(entropyCsv([SMALL_LAYER]))).toHaveLength(4);
  expect(entropyTable(SMALL_LAYER).rows[1]).toEqual(['T2', 2, '0.5000']);
});

it('similarity: one line per pair, none where there is no matrix', () => {
  expect(lines(similarityCsv([SMALL_LAYER], NAMES))).toEqual([
    'layer,task_a,task_b,cosine',
    '0,task1,task2,0.5',
  ]);
});

it('anomalies: names in place of indices', () => {
  const csv = anomaliesCsv(
    [
      {
        kind: 'collapse',
        layer: 0,
        expert: 1,
        task: null,
        value: 0.95,
        limit: 0.9,
        text: '"task1 0" is zero.',
      },
      { kind: 'underfitting', layer: 0, expert: null, task: 1, value: 0.05, limit: 0.1, text: 'task2' },
    ],
    [SMALL_LAYER],
    NAMES,
  );
  expect(lines(csv).slice(1)).toEqual([
    'collapse,0,task1 0,,0.95,0.9,"""task1 0"" is zero."',
    'underfitting,0,,task2,0.05,0.1,task2',
  ]);
});
