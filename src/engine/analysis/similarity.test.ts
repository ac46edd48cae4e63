// Similarity of activations: NumPy's numbers, tasks with equal towers, and the plain formula on a network's activations.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { linearCka } from '../core/relations.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { TowersRecord } from '../layers/forward.ts';
import { mmoe } from '../models/mmoe.ts';
import type { GradientModelDef } from '../models/model.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { multitab } from '../models/multitab.ts';
import { toTensors } from '../training/tensorBatch.ts';
import { measureSimilarities } from './similarity.ts';

beforeAll(() => tf.setBackend('cpu'));

const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
const numeric = (name: string) => ({ name, kind: 'numeric' as const, cardinality: 1 });
const dataset = randomDataset(
  [numeric('a'), numeric('b'), numeric('c')],
  [task('p'), task('q'), task('r')],
  24,
);
const n = dataset.tasks.length;
const rows = 24;
const batchOf = () =>
  toTensors(
    dataset,
    Uint32Array.from({ length: rows }, (_, i) => i),
  );

function build(def: GradientModelDef, params: Record<string, unknown>) {
  const { features, tasks } = dataset;
  return def.build({ features, tasks, params: { ...defaultsOf(def.params), ...params } as never, seed: 3 });
}

describe('similarity of tasks', () => {
  it('is linear CKA, as NumPy has it', async () => {
    const values = Array.from({ length: 6 }, (_, r) =>
      Array.from({ length: 6 }, (_, c) => Math.sin(1 + 7 * r + 3 * c + r * c)),
    );
    const towers = { inputs: tf.tensor2d(values.map((row) => row.map((v) => 1e6 * v + 3))), hidden: null };
    const batch = batchOf();
    const model: Parameters<typeof measureSimilarities>[0] = {
      forward: (_batch, { capture }) => {
        capture?.towers?.(towers);
        return [];
      },
    };
    const [found, ...others] = await measureSimilarities(model, batch, 3);
    expect(others).toEqual([]);
    expect(found?.id).toBe('cka-input');
    // ||Y^T X||^2 / (||X^T X|| ||Y^T Y||) in float64: [0, 1], [0, 2], [1, 2].
    const expected = [0.06981667863237599, 0.14553726984654372, 0.03270403366236211];
    [1, 2, 5].forEach((k, i) => {
      expect(found?.matrix[k]).toBeCloseTo(expected[i] as number, 5);
    });
    expect([0, 4, 8].map((k) => found?.matrix[k])).toEqual([1, 1, 1]);
    batch.dispose();
  });

  it('is undefined where a task has one value in all rows', async () => {
    const batch = batchOf();
    const hidden = tf.tensor2d([
      [1, 5],
      [2, 5],
      [3, 5],
    ]);
    const model: Parameters<typeof measureSimilarities>[0] = {
      forward: (_batch, { capture }) => {
        capture?.towers?.({ inputs: null, hidden });
        return [];
      },
    };
    const [found] = await measureSimilarities(model, batch, 2);
    expect(Array.from(found?.matrix ?? [])).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
    batch.dispose();
  });

  it('has task tokens and towers of a transformer, as the plain formula has them, and leaves no tensor', async () => {
    const model = build(multitab, { width: 8, heads: 2, feedForward: 8, tower: [5] });
    const batch = batchOf();
    // The first pass creates constants that the network keeps.
    await measureSimilarities(model, batch, n);
    const before = tf.memory().numTensors;
    const found = await measureSimilarities(model, batch, n);
    expect(tf.memory().numTensors).toBe(before);
    expect(found.map((s) => s.id)).toEqual(['cka-input', 'cka-tower']);
    const seen: tf.Tensor[] = [];
    const towers = ({ inputs, hidden }: TowersRecord) => {
      for (const values of [inputs, hidden]) if (values) seen.push(tf.keep(values));
    };
    tf.tidy(() => {
      model.forward(batch, { training: false, batchStatistics: true, step: 0, capture: { towers } });
    });
    expect(seen.length).toBe(2);
    seen.forEach((all, k) => {
      const parts = tf.split(all, n, 1).map((part) => part.dataSync());
      const plain = parts.flatMap((a) => parts.map((b) => linearCka(a, b, rows)));
      plain.forEach((v, i) => {
        expect(found[k]?.matrix[i]).toBeCloseTo(v, 4);
      });
      expect(Math.max(...plain.filter((_v, i) => i % (n + 1) !== 0))).toBeLessThan(0.999);
    });
    tf.dispose(seen);
    batch.dispose();
    model.dispose();
  });

  it('is 1 between tasks with equal gates and towers, and less between others', async () => {
    const model = build(mmoe, { experts: 3, expert: [6], tower: [4], embedding: 2 });
    const [first, second] = dataset.tasks.map((t) => t.name);
    for (const { parts, variable } of model.parameters) {
      const values = variable.dataSync().slice();
      for (const part of parts) {
        if (!/^(gates|towers)\./.test(part.name) || !part.name.includes(`.${first}.`)) continue;
        const twin = parts.find((p) => p.name === part.name.replace(`.${first}.`, `.${second}.`));
        if (twin && twin.size === part.size)
          values.set(values.subarray(part.start, part.start + part.size), twin.start);
      }
      variable.assign(tf.tensor(values, variable.shape));
    }
    const batch = batchOf();
    const found = await measureSimilarities(model, batch, n);
    expect(found.map((s) => s.id)).toEqual(['cka-input', 'cka-tower', 'gates-0']);
    for (const { matrix } of found) {
      expect(matrix[1]).toBeCloseTo(1, 5);
      expect(matrix[2]).toBeLessThan(0.9999);
    }
    batch.dispose();
    model.dispose();
  });

  it('is of the towers alone where all read the same', async () => {
    const model = build(mtMlp, { shared: [5], tower: [4], embedding: 2 });
    const batch = batchOf();
    expect((await measureSimilarities(model, batch, n)).map((s) => s.id)).toEqual(['cka-tower']);
    batch.dispose();
    model.dispose();
  });
});
