// Test cases of gates and experts.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import { type Matrix, normal, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { type MixAttributes, mixExperts, mixExpertsGradientKernel, mixExpertsKernel } from './index.ts';

/** Softmax of each gate's logits, and the experts it weights added up. */
export function exactMixture(
  logits: Matrix,
  experts: Matrix,
  { gates, numExperts }: { gates: readonly { experts: readonly number[] }[]; numExperts: number },
): Float64Array {
  const [rows, total] = logits.shape as [number, number];
  const width = (experts.shape[1] as number) / numExperts;
  const out = new Float64Array(rows * gates.length * width);
  for (let r = 0; r < rows; r++) {
    let first = r * total;
    gates.forEach((gate, g) => {
      const own = Array.from(gate.experts, (_, k) => logits.data[first + k] as number);
      first += own.length;
      const highest = Math.max(...own);
      const exps = own.map((l) => Math.exp(l - highest));
      const sum = exps.reduce((a, b) => a + b, 0);
      gate.experts.forEach((expert, k) => {
        for (let j = 0; j < width; j++) {
          const value = experts.data[(r * numExperts + expert) * width + j] as number;
          out[(r * gates.length + g) * width + j] += (value * (exps[k] as number)) / sum;
        }
      });
    });
  }
  return out;
}

function mixCase(
  name: string,
  small: boolean,
  rows: number,
  width: number,
  attributes: MixAttributes,
  scale = 1,
): KernelCase {
  const total = attributes.gates.reduce((sum, g) => sum + g.experts.length, 0);
  return {
    name: `mixExperts: ${name}`,
    small,
    inputs: [normal([rows, total], 46, scale), normal([rows, attributes.numExperts * width], 47)],
    differentiable: 2,
    run: ([logits, experts]) => mixExperts(logits as tf.Tensor2D, experts as tf.Tensor2D, attributes).mixed,
    exact: ([logits, experts]) => exactMixture(logits, experts, attributes),
  };
}

const every = (count: number) => Array.from({ length: count }, (_, i) => i);

export const mixExpertsTests: OpTests = {
  natives: {
    wasm: [mixExpertsKernel, mixExpertsGradientKernel],
    webgpu: [mixExpertsKernel, mixExpertsGradientKernel],
  },
  cases: [
    mixCase('every gate weights all', true, 3, 5, {
      numExperts: 3,
      gates: [{ experts: every(3) }, { experts: every(3) }],
    }),
    mixCase('own and shared experts', true, 4, 3, {
      numExperts: 5,
      gates: [{ experts: [0, 1, 4] }, { experts: [2, 3, 4] }, { experts: every(5) }],
    }),
    mixCase('one expert', true, 2, 4, { numExperts: 2, gates: [{ experts: [1] }, { experts: [0, 1] }] }),
    mixCase('logits of +-80', true, 3, 4, { numExperts: 4, gates: [{ experts: every(4) }] }, 40),
    mixCase('more logits than lanes', true, 2, 3, {
      numExperts: 11,
      gates: every(7).map(() => ({ experts: every(11) })),
    }),
    mixCase('many', false, 67, 18, {
      numExperts: 9,
      gates: [{ experts: every(9) }, { experts: [0, 3, 7, 8] }, { experts: every(9) }],
    }),
  ],
  tests() {
    const gates = [
      { experts: [0, 1], detached: [false, true] },
      { experts: [1, 2], detached: [true, true] },
    ];

    it.each(['native', 'reference'] as const)('%s: a detached expert gets no gradient', async (mode) => {
      setKernelMode(mode);
      const [logits, experts] = [normal([3, 4], 48), normal([3, 6], 49)].map(toTensor) as [
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const [toLogits, toExperts] = tf.tidy(() =>
        tf.grads((l, e) =>
          tf.sum(tf.square(mixExperts(l as tf.Tensor2D, e as tf.Tensor2D, { gates, numExperts: 3 }).mixed)),
        )([logits, experts]),
      ) as [tf.Tensor, tf.Tensor];
      const slopes = await toExperts.data();
      for (let i = 0; i < 18; i++) {
        if (i % 6 < 2) expect(slopes[i]).not.toBe(0);
        else expect(slopes[i]).toBe(0);
      }
      expect(Array.from(await toLogits.data()).every((g) => g !== 0)).toBe(true);
      tf.dispose([logits, experts, toLogits, toExperts]);
    });

    it('gives weights that sum to 1 per gate', async () => {
      const [logits, experts] = [normal([3, 4], 50, 30), normal([3, 6], 51)].map(toTensor) as [
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const values = await valuesOf(() => mixExperts(logits, experts, { gates, numExperts: 3 }).weights);
      for (let i = 0; i < 12; i += 2)
        expect((values[i] as number) + (values[i + 1] as number)).toBeCloseTo(1, 6);
      tf.dispose([logits, experts]);
    });
  },
};
