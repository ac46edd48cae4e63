// On wasm the first layers of networks without attention read numeric columns without materialising tokens: equal outputs and
// gradients.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import { setKernelMode } from '../kernels/runtime/backendRuntime.ts';
import { mmoe } from './mmoe.ts';
import { mtMlp } from './mtMlp.ts';
import { ple } from './ple.ts';

const ROWS = 9;
const features = ['n0', 'n1', 'n2'].map((name) => ({ name, kind: 'numeric' as const, cardinality: 1 }));
const tasks = ['a', 'b'].map((name) => ({ name, type: 'regression' as const, outputs: 1, description: '' }));
const SMALL = { embedding: 5, tower: [4], expert: [7, 6], shared: [7, 6], experts: 3 };

beforeAll(() => startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false }));

it.each([mmoe, mtMlp, ple])('$id', async (def) => {
  const model = def.build({ features, tasks, params: { ...defaultsOf(def.params), ...SMALL }, seed: 3 });
  const random = rng(5, 'numeric-tokens');
  const values = Float32Array.from({ length: 3 * ROWS }, () => random.normal());
  const batch = {
    numeric: tf.tensor2d(values, [ROWS, 3]),
    categorical: tf.tensor2d([], [ROWS, 0], 'int32'),
  };
  const variables = model.parameters.map((p) => p.variable);
  const results = async (mode: 'native' | 'reference') => {
    setKernelMode(mode);
    const objective = () =>
      tf.sum(tf.square(tf.concat(model.forward(batch, { training: true, step: 1 }), 1))) as tf.Scalar;
    let found: { value: tf.Scalar; grads: tf.NamedTensorMap } | undefined;
    const { kernelNames } = await tf.profile(() => {
      found = tf.variableGrads(objective, variables);
      return found.value;
    });
    setKernelMode('native');
    const tensors = [found?.value as tf.Tensor, ...variables.map((v) => found?.grads[v.name] as tf.Tensor)];
    const numbers = await Promise.all(tensors.map((t) => t.data<'float32'>()));
    tf.dispose(tensors);
    return { kernelNames, numbers };
  };
  const folded = await results('native');
  const plain = await results('reference');
  expect(folded.kernelNames).toContain('MultiTabFoldTokens');
  expect(plain.kernelNames).not.toContain('MultiTabFoldTokens');
  const largest = (list: ArrayLike<number>) =>
    Array.from(list).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = Math.max(...plain.numbers.slice(1).map(largest));
  for (const [i, expected] of plain.numbers.entries()) {
    const got = folded.numbers[i] as Float32Array;
    const difference = expected.map((x, k) => x - (got[k] as number));
    expect(largest(difference)).toBeLessThan(1e-4 * largest(expected) + 1e-6 * scale);
  }
  tf.dispose([batch.numeric, batch.categorical]);
  model.dispose();
});
