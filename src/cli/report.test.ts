import { expect, it } from 'vitest';
import type { ComparedModel, RunResult, TrainedWith } from '../engine/protocol.ts';
import { resultTable } from './report.ts';

const network = (
  role: ComparedModel['role'],
  label: string,
  trainedWith: TrainedWith | null,
): ComparedModel => ({
  role,
  id: label.toLowerCase(),
  label,
  parameters: 1,
  perTask: [],
  gain: null,
  trainSeconds: 1,
  trainedWith,
});

it('says of every network what it was trained with, and what each rate that was tried came to', () => {
  const rates = [
    { learningRate: 0.001, score: 0.5, loss: 1, failure: null },
    { learningRate: 0.001 / 3, score: Number.NaN, loss: Number.NaN, failure: 'stopped at step 3' },
    { learningRate: 0.003, score: 0.75, loss: 1, failure: null },
  ];
  const result = {
    comparison: [
      network('baseline', 'ST-MLP', { initialValues: 'PyTorch', learningRate: 0.001, rates: [] }),
      network('model', 'MMoE', { initialValues: 'As released', learningRate: 0.003, rates }),
      network('model-2', 'Trees', null),
    ],
    seeds: [],
    backend: { active: 'wasm', adapter: 'SIMD', reason: '', tried: [], software: false },
  } as Partial<RunResult> as RunResult;
  const lines = resultTable(result).split('\n');
  expect(lines.find((l) => l.includes('initial values'))).toMatch(/PyTorch +As released$/);
  expect(lines.find((l) => l.includes('learning rate'))).toMatch(/0\.001 +0\.003$/);
  expect(lines.filter((l) => l.startsWith('rate search'))).toEqual([
    'rate search, validation score of MMoE: 0.001 0.5000, 0.000333 failed: stopped at step 3, 0.003 0.7500 (kept)',
  ]);
});
