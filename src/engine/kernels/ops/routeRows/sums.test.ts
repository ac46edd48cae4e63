import '../../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { topGates } from '../topGates/index.ts';
import { scatterRowsKernel } from './index.ts';

it('sums the rows of nine experts without a program that takes more inputs than WebGPU binds', async () => {
  await tf.setBackend('cpu');
  const experts = Array.from({ length: 9 }, (_, e) => e);
  const { routes } = topGates(tf.randomNormal([5, 9], 0, 1, 'float32', 1), {
    gates: [{ experts }],
    numExperts: 9,
    top: 9,
  });
  const run = vi.spyOn(tf.engine(), 'runKernel');
  const y = tf.ones([45, 1]);
  const [sum] = scatterRowsKernel.run([y, routes], { slotOf: experts.map(() => 0), slots: 1 });
  const adding = run.mock.calls.filter(([name]) => name.startsWith('Add'));
  run.mockRestore();
  expect(adding.length).toBeGreaterThan(0);
  for (const [, inputs] of adding) expect(Object.keys(inputs).length).toBeLessThanOrEqual(7);
  // Every row goes to all nine.
  expect(Array.from((sum as tf.Tensor).dataSync())).toEqual([9, 9, 9, 9, 9]);
});
