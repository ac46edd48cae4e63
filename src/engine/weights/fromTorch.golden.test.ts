// The parameters of every golden case, written as `torch.save` writes them and read as a weights file: names are those of the
// public code's state_dict, and outputs are PyTorch's.
import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { architectures } from '../golden/architectures.ts';
import { compare, type GoldenTensor, maxAbs } from '../golden/check.ts';
import { buildCase, type ModelCase } from '../golden/modelCase.ts';
import { readWeights } from './readWeights.ts';
import { loadWeights, stateDict } from './stateDict.ts';
import { torchFileOf } from './testing.ts';

const folder = new URL('../golden/data/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file): [string, ModelCase] => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))])
  .filter(([, golden]) => golden.config && golden.config.architecture in architectures);

const tensorsOf = (golden: ModelCase) =>
  Object.entries({ ...golden.params, ...golden.buffers }).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: Float32Array.from(data),
  }));
const sorted = (tensors: readonly { name: string; shape: number[] }[]) =>
  tensors.map(({ name, shape }) => `${name} [${shape}]`).sort();

describe('weights of PyTorch', () => {
  beforeAll(async () => {
    await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
  });

  it('are there for every architecture', () => {
    const found = new Set(cases.map(([, { config }]) => config.architecture));
    expect([...found].sort()).toEqual(Object.keys(architectures).sort());
  });

  it.each(cases)('of %s give its outputs', async (name, golden) => {
    const architecture = architectures[golden.config.architecture] as (typeof architectures)[string];
    const { tasks, model, batch } = buildCase(golden, architecture);
    const tensors = tensorsOf(golden);
    const wrapped = tensors.map((t) => ({ ...t, name: `model.${t.name}` }));
    const file = readWeights(torchFileOf(wrapped), `${name}.pt`);
    expect(loadWeights(model, file, { fileName: `${name}.pt`, label: name }).map((n) => n.code)).toEqual([
      'weights-prefix',
    ]);
    const exported = await stateDict(model);
    expect(sorted(exported)).toEqual(sorted(tensors));
    const values = new Map(exported.map((t) => [t.name, t.data]));
    const frozen = new Set(golden.frozen);
    for (const { name, data } of tensors) if (!frozen.has(name)) expect(values.get(name)).toEqual(data);
    const outputs = tf.tidy(() => model.forward(batch, { training: false, step: 1 }));
    for (const [i, task] of tasks.entries()) {
      const { data } = golden.outputs_eval_mode[task.name] as GoldenTensor;
      const got = await (outputs[i] as tf.Tensor).data();
      expect(compare(task.name, got, data, 1e-4 * maxAbs(data))).toMatchObject({ passed: true });
    }
    tf.dispose([outputs, batch.categorical, batch.numeric]);
    model.dispose();
  });
});
