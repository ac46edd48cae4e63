// How similarly two tasks process the same rows: linear CKA of their towers' inputs and of the towers' last hidden layers, and
// how similarly their gates weight the experts. Batch norm uses the statistics of the batch without recording them; dropout is
// off.
import * as tf from '@tensorflow/tfjs-core';
import type { Capture, ExpertsRecord } from '../layers/forward.ts';
import type { Model } from '../models/model.ts';
import type { StepTensors } from '../training/tensorBatch.ts';
import { similarityOf } from './expertUse.ts';

/** CKA compares all pairs of rows, so its cost is quadratic. */
const CKA_ROWS = 256;

export interface Similarity {
  id: string;
  label: string;
  /** [T, T], 1 on the diagonal; NaN if a task's values are equal in every row. */
  matrix: Float32Array;
}

/**
 * One forward pass. Similarities that the network lacks (no experts, no hidden layers in towers, shared inputs) are left out.
 */
export async function measureSimilarities(
  model: Pick<Model, 'forward'>,
  batch: StepTensors,
  numTasks: number,
): Promise<Similarity[]> {
  const found: { id: string; label: string; products: tf.Tensor2D }[] = [];
  const gates: { record: Omit<ExpertsRecord, 'weights' | 'outputs'>; mean: tf.Tensor1D }[] = [];
  const capture: Capture = {
    towers({ inputs, hidden }) {
      const add = (id: string, label: string, values: tf.Tensor2D | null) => {
        if (values) found.push({ id, label, products: tf.keep(alignments(values, numTasks)) });
      };
      add('cka-input', 'CKA of what the towers read', inputs);
      add('cka-tower', "CKA of the towers' last hidden layer", hidden);
    },
    experts({ weights, outputs, ...record }) {
      gates.push({ record, mean: tf.keep(tf.mean(weights, 0)) as tf.Tensor1D });
    },
  };
  tf.tidy(() => {
    model.forward(batch, { training: false, batchStatistics: true, step: 0, packed: true, capture });
  });
  const [products, means] = await Promise.all([
    Promise.all(found.map((f) => f.products.data<'float32'>())),
    Promise.all(gates.map((g) => g.mean.data<'float32'>())),
  ]);
  tf.dispose([...found.map((f) => f.products), ...gates.map((g) => g.mean)]);
  const ofGates = gates.flatMap(({ record }, i): Similarity[] => {
    const matrix = gateSimilarity(record, means[i] as Float32Array);
    const layer = gates.length === 1 ? '' : `, layer ${record.layer + 1}`;
    return matrix?.length === numTasks ** 2
      ? [{ id: `gates-${record.layer}`, label: `Gate similarity${layer}`, matrix }]
      : [];
  });
  return [
    ...found.map(({ id, label }, i) => ({
      id,
      label,
      matrix: scaled(products[i] as Float32Array, numTasks),
    })),
    ...ofGates,
  ];
}

/**
 * HSIC of linear kernels without its constant factor: <K_i, K_j> of K = X X^T with centred columns (Kornblith et al. 2019,
 * "Similarity of Neural Network Representations Revisited", Eq. 3).
 * @param values - [B, T * width], the tasks side by side
 * @returns [T, T]
 */
function alignments(values: tf.Tensor2D, numTasks: number): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = Math.min(values.shape[0], CKA_ROWS);
    const some = tf.slice(values, [0, 0], [rows, values.shape[1]]);
    const centred = tf.sub(some, tf.mean(some, 0));
    const apart = tf.transpose(tf.reshape(centred, [rows, numTasks, -1]), [1, 0, 2]); // [T, B, width]
    // Scaled to a length independent of rows and values: products of products would soon exceed float32.
    const size = tf.sqrt(tf.mean(tf.square(apart), [1, 2], true));
    const even = tf.div(apart, tf.add(size, tf.cast(tf.equal(size, 0), 'float32')));
    const kernels = tf.reshape(tf.matMul(even, even, false, true), [numTasks, rows * rows]) as tf.Tensor2D;
    return tf.matMul(kernels, kernels, false, true);
  });
}

/** Linear CKA (Kornblith et al. 2019, Eq. 4). */
function scaled(products: Float32Array, n: number): Float32Array {
  const own = Float64Array.from({ length: n }, (_, i) => products[i * (n + 1)] as number);
  return Float32Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    const scale = Math.sqrt((own[i] as number) * (own[j] as number));
    if (scale === 0) return Number.NaN;
    return i === j ? 1 : Math.min((products[k] as number) / scale, 1);
  });
}

/** @param mean - weights of all gates over the rows, in the order of the gates */
function gateSimilarity(
  { gates, experts }: Omit<ExpertsRecord, 'weights' | 'outputs'>,
  mean: Float32Array,
): Float32Array | null {
  let first = 0;
  const uses = gates.map(({ task, experts: weighted }) => {
    first += weighted.length;
    return { task, experts: [...weighted], mean: mean.slice(first - weighted.length, first) };
  });
  return similarityOf(uses, experts.length);
}
