// What numbers a weights file may store a network in.
import { beforeAll, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf } from '../config/params.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { loadWeights, stateDict } from './stateDict.ts';

const shape = {
  features: [
    { name: 'c', kind: 'categorical' as const, cardinality: 3 },
    { name: 'x', kind: 'numeric' as const, cardinality: 1 },
  ],
  tasks: [{ name: 'y', type: 'regression' as const, outputs: 1, description: '' }],
};

beforeAll(async () => {
  await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
});

it('whole numbers are taken for counters, and refused for weights, which they would be quantised', async () => {
  const model = mtMlp.build({ ...shape, params: { ...defaultsOf(mtMlp.params), shared: [4] }, seed: 1 });
  const before = await stateDict(model);
  expect(before.some(({ integer }) => integer)).toBe(true);
  const asWhole = (...names: string[]) =>
    readSafetensors(
      writeSafetensors(
        before.map((t) => (names.includes(t.name) ? { ...t, integer: true } : t)),
        {},
      ),
      'q.safetensors',
    );
  const loadAs = (...names: string[]) =>
    loadWeights(model, { tensors: asWhole(...names), notes: [] }, { fileName: 'q.safetensors', label: 'It' });
  expect(loadAs()).toEqual([]);
  const [first, second] = before.filter(({ integer }) => !integer).map(({ name }) => name) as [
    string,
    string,
  ];
  expect(() => loadAs(first)).toThrow(
    `q.safetensors: expected numbers with fractions (float32, float64, float16 or bfloat16), got whole numbers in 1 tensor, as of a quantised network: ${first}. Save the weights as float32, before they are quantised.`,
  );
  expect(() => loadAs(first, second)).toThrow(
    `in 2 tensors, as of a quantised network: ${first}, ${second}.`,
  );
  expect(await stateDict(model)).toEqual(before);
  model.dispose();
});
