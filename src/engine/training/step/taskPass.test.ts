// Tasks are differentiated one by one on a single forward pass, on every network and with the kernels of wasm: no backward pass
// disturbs the next one.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../../platform/node.ts';
import { defaultsOf } from '../../config/params.ts';
import { equal } from '../../methods/equal.ts';
import type { GradientMethod } from '../../methods/method.ts';
import { type GradientModelDef, isBoosted, type ModelDef } from '../../models/model.ts';
import { models } from '../../models/registry.ts';
import type { GradientNetwork } from '../gradientNetwork.ts';
import { toTensors } from '../tensorBatch.ts';
import { createNetwork, mixedDataset } from '../testing.ts';
import { TaskPass } from './taskPass.ts';

const dataset = mixedDataset(40);
const SIZES = {
  width: 4,
  heads: 2,
  feedForward: 6,
  tower: [3],
  hidden: [6],
  shared: [6, 5],
  expert: [6, 4],
  embedding: 3,
  layers: 2,
  experts: 3,
  attention: 'row_col',
};
const defs = Object.values<ModelDef>(models).filter((d): d is GradientModelDef => !isBoosted(d));

function networkOf(def: GradientModelDef, method: GradientMethod): GradientNetwork {
  const known = defaultsOf(def.params);
  const own = Object.fromEntries(Object.entries(SIZES).filter(([key]) => key in known));
  const rates = Object.keys(known).filter((key) => key.toLowerCase().endsWith('dropout'));
  const params = { ...own, ...Object.fromEntries(rates.map((key) => [key, 0.2])) };
  return createNetwork(def, params, { dataset, method });
}

beforeAll(() => startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false }));

describe.each(defs.map((def) => [def.id, def] as const))('%s', (_, def) => {
  it('has the gradient of every task as if it were differentiated alone, and no tensor too many', async () => {
    const batch = toTensors(dataset, dataset.split.train);
    const alone: Float32Array[][] = [];
    let statistics: Float32Array[] = [];
    for (const task of dataset.tasks.keys()) {
      const fixedWeights = () => dataset.tasks.map((_t, i) => +(i === task));
      const network = networkOf(def, { ...equal, fixedWeights });
      const { taskLosses, gradients } = await network.program.differentiate(batch, 1);
      alone.push(gradients.map((g) => g.dataSync<'float32'>().slice()));
      statistics = network.model.buffers.map((b) => b.variable.dataSync<'float32'>().slice());
      tf.dispose([taskLosses, gradients]);
      network.dispose();
    }
    const network = networkOf(def, equal);
    const specs = dataset.tasks.map(({ outputs }, i) => ({
      kind: (['squared-error', 'multiclass', 'binary'] as const)[i] ?? 'binary',
      outputs,
    }));
    const tensors = tf.memory().numTensors;
    const { taskLosses, byTask } = new TaskPass(network.model, specs).perTask(batch, 1);
    for (const [task, gradients] of byTask.entries())
      for (const [i, gradient] of gradients.entries()) {
        const expected = alone[task]?.[i] ?? new Float32Array();
        const found = gradient ? gradient.dataSync() : new Float32Array(expected.length);
        expect(found, `${network.model.parameters[i]?.name} of task ${task}`).toEqual(expected);
      }
    // There was one forward pass: batch norm has counted the batch once.
    expect(network.model.buffers.map((b) => b.variable.dataSync())).toEqual(statistics);
    taskLosses.dispose();
    for (const gradients of byTask) for (const gradient of gradients) gradient?.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    network.dispose();
    batch.dispose();
  });
});
