// What gates and experts do on validation rows: weights, utilisation, entropy, zero activations, similarity of tasks, and the
// three anomalies of HoME. Nothing is kept between calls, and training steps cost nothing extra.
import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '../data/table.ts';
import type { ExpertLabel, ExpertsRecord } from '../layers/forward.ts';
import type { Model } from '../models/model.ts';
import {
  type AnomalyDefinition,
  EXPERT_ROWS,
  type ExpertAnomaly,
  type ExpertLayer,
  type GateUse,
} from '../protocol/experts.ts';
import { evaluationBatch } from './evaluationBatch.ts';

/** An expert with a larger share of zero activations has collapsed; "over 90%" in the abstract. */
export const COLLAPSE_LIMIT = 0.9;
/** A shared expert is degraded if one task contributes more than this share of the weight that it gets from tasks. */
export const DEGRADATION_LIMIT = 0.8;
/** A task ignores its own experts if they get less than this share of what uniform weights would give them. */
export const UNDERFITTING_LIMIT = 0.1;

export const anomalyDefinitions: AnomalyDefinition[] = [
  {
    kind: 'collapse',
    label: 'Collapse',
    definition: `More than ${100 * COLLAPSE_LIMIT} % of the outputs of an expert are exactly 0.`,
    limit: COLLAPSE_LIMIT,
  },
  {
    kind: 'degradation',
    label: 'Degradation',
    definition: `A shared expert gets more than ${100 * DEGRADATION_LIMIT} % of its weight from one task.`,
    limit: DEGRADATION_LIMIT,
  },
  {
    kind: 'underfitting',
    label: 'Underfitting',
    definition: `A task gives its own experts less than ${100 * UNDERFITTING_LIMIT} % of what even weights would give them.`,
    limit: UNDERFITTING_LIMIT,
  },
];

export interface ExpertUse {
  rows: number;
  layers: ExpertLayer[];
  anomalies: ExpertAnomaly[];
  definitions: AnomalyDefinition[];
}

interface Captured extends Omit<ExpertsRecord, 'weights' | 'outputs'> {
  weights: tf.Tensor2D;
  zeroShare: tf.Tensor1D;
}

/** One forward pass in evaluation mode over the first validation rows; no layers if the model has no experts. */
export async function captureExperts(model: Model, dataset: Dataset): Promise<ExpertUse> {
  const rows = dataset.split.validation.subarray(0, EXPERT_ROWS);
  const captured = forwardWithCapture(model, dataset, rows);
  const layers: ExpertLayer[] = [];
  const anomalies: ExpertAnomaly[] = [];
  const taskNames = dataset.tasks.map((t) => t.name);
  for (const { layer, experts, gates, isSparse, weights, zeroShare } of captured) {
    const values = await weights.data<'float32'>();
    const shares = await zeroShare.data<'float32'>();
    tf.dispose([weights, zeroShare]);
    const use = layerUse({ layer, experts, gates, isSparse }, values, shares, rows.length);
    layers.push(use);
    anomalies.push(...anomaliesOf(use, taskNames));
  }
  return { rows: rows.length, layers, anomalies, definitions: anomalyDefinitions };
}

function forwardWithCapture(model: Model, dataset: Dataset, rows: Uint32Array): Captured[] {
  const captured: Captured[] = [];
  tf.tidy(() => {
    const experts = ({ weights, outputs, ...record }: ExpertsRecord) => {
      // Not a cast: on WebGPU its result keeps the type of the comparison, which a transpose refuses.
      const zero = tf.where(tf.equal(outputs, 0), tf.onesLike(outputs), tf.zerosLike(outputs));
      const apart = tf.reshape(zero, [rows.length, record.experts.length, -1]);
      const perRow = tf.mean(apart, 2); // [rows, experts]
      const gets = record.isSparse ? received(record, weights) : tf.onesLike(perRow);
      const zeroShare = tf.keep(tf.div(tf.sum(tf.mul(perRow, gets), 0), tf.sum(gets, 0))) as tf.Tensor1D;
      captured.push({ ...record, weights: tf.keep(weights), zeroShare });
    };
    model.forward(evaluationBatch(dataset, rows), { training: false, step: 0, capture: { experts } });
  });
  return captured;
}

/** 1 if some gate sends the row to the expert, [rows, experts]. */
function received(
  { experts, gates }: Pick<ExpertsRecord, 'experts' | 'gates'>,
  weights: tf.Tensor2D,
): tf.Tensor {
  const readers = gates.flatMap((g) => g.experts);
  const toExpert = tf.oneHot(tf.tensor1d(readers, 'int32'), experts.length);
  const open = tf.cast(tf.greater(weights, 0), 'float32') as tf.Tensor2D;
  return tf.cast(tf.greater(tf.matMul(open, tf.cast(toExpert, 'float32') as tf.Tensor2D), 0), 'float32');
}

/** @param weights - [rows, sum of the gates' experts] */
function layerUse(
  { layer, experts, gates, isSparse }: Pick<ExpertsRecord, 'layer' | 'experts' | 'gates' | 'isSparse'>,
  weights: Float32Array,
  zeroShare: Float32Array,
  rows: number,
): ExpertLayer {
  const total = gates.reduce((sum, g) => sum + g.experts.length, 0);
  let first = 0;
  const uses = gates.map(({ label, task, experts: weighted }) => {
    const own = new Float32Array(rows * weighted.length);
    for (let row = 0; row < rows; row++) {
      const from = row * total + first;
      own.set(weights.subarray(from, from + weighted.length), row * weighted.length);
    }
    first += weighted.length;
    return gateUse(
      task === null ? `layer${layer}/${label}` : `layer${layer}/task/${label}`,
      label,
      task,
      [...weighted],
      own,
      isSparse,
    );
  });
  const sums = new Float32Array(experts.length);
  const counts = new Float32Array(experts.length);
  for (const gate of uses) {
    gate.experts.forEach((expert, k) => {
      sums[expert] += gate.mean[k] as number;
      counts[expert]++;
    });
  }
  return {
    layer,
    label: `Layer ${layer + 1}`,
    experts: experts.map((e) => ({ ...e, tasks: [...e.tasks] })),
    zeroShare: zeroShare.slice(),
    utilisation: sums.map((sum, e) => sum / Math.max(1, counts[e] as number)),
    gates: uses,
    similarity: similarityOf(uses, experts.length),
  };
}

/** @param weights - [rows, experts of the gate] */
export function gateUse(
  key: string,
  label: string,
  task: number | null,
  experts: number[],
  weights: Float32Array,
  isSparse = false,
): GateUse {
  const count = experts.length;
  const rows = weights.length / count;
  const mean = new Float32Array(count);
  let entropy = 0;
  weights.forEach((w, i) => {
    mean[i % count] += w / rows;
    if (w > 0) entropy -= (w * Math.log(w)) / rows;
  });
  const chosen = new Float32Array(count);
  weights.forEach((w, i) => {
    if (w > 0) chosen[i % count] += 1 / rows;
  });
  return {
    key,
    label,
    task,
    experts,
    weights,
    mean,
    entropy: count > 1 ? entropy / Math.log(count) : 0,
    ...(isSparse ? { chosen } : {}),
  };
}

/** Cosine of the mean weights of the tasks' gates over all experts of the layer, [T, T]. */
export function similarityOf(
  gates: readonly Pick<GateUse, 'task' | 'experts' | 'mean'>[],
  numExperts: number,
): Float32Array | null {
  const vectors = gates
    .filter((g) => g.task !== null)
    .map(({ experts, mean }) => {
      const vector = new Float64Array(numExperts);
      experts.forEach((expert, k) => {
        vector[expert] = mean[k] as number;
      });
      return vector;
    });
  if (vectors.length < 2) return null;
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  return Float32Array.from(
    vectors.flatMap((a) => vectors.map((b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))),
  );
}

/** @param taskNames - used in the sentences */
export function anomaliesOf(layer: ExpertLayer, taskNames: readonly string[]): ExpertAnomaly[] {
  const found: ExpertAnomaly[] = [];
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const base = { layer: layer.layer, expert: null, task: null };
  layer.zeroShare.forEach((value, expert) => {
    if (!(value > COLLAPSE_LIMIT)) return;
    const name = layer.experts[expert]?.name;
    const text = `${layer.label}: ${percent(value)} of the outputs of expert ${name} are 0.`;
    found.push({ ...base, kind: 'collapse', expert, value, limit: COLLAPSE_LIMIT, text });
  });
  const ofTasks = layer.gates.filter((g) => g.task !== null);
  layer.experts.forEach((label, expert) => {
    if (label.owner !== 'shared' || ofTasks.length < 2) return;
    const weights = ofTasks.map((g) => weightOf(g, expert));
    const total = weights.reduce((a, b) => a + b, 0);
    const largest = Math.max(...weights);
    const value = largest / total;
    if (!(value > DEGRADATION_LIMIT)) return;
    const task = ofTasks[weights.indexOf(largest)]?.task as number;
    const text = `${layer.label}: shared expert ${label.name} gets ${percent(value)} of its weight from ${taskNames[task]}.`;
    found.push({ ...base, kind: 'degradation', expert, task, value, limit: DEGRADATION_LIMIT, text });
  });
  for (const gate of ofTasks) {
    const task = gate.task as number;
    const own = layer.experts.flatMap((label, expert) => (isOwn(label, task) ? [expert] : []));
    if (own.length === 0 || own.length === gate.experts.length) continue;
    const share = own.reduce((sum, expert) => sum + weightOf(gate, expert), 0);
    const value = share / (own.length / gate.experts.length);
    if (!(value < UNDERFITTING_LIMIT)) continue;
    const text = `${layer.label}: ${taskNames[task]} gives its own experts ${percent(value)} of what even weights would.`;
    found.push({ ...base, kind: 'underfitting', task, value, limit: UNDERFITTING_LIMIT, text });
  }
  return found;
}

const isOwn = ({ owner, tasks }: ExpertLabel, task: number) => owner === 'task' && tasks.includes(task);

function weightOf(gate: GateUse, expert: number): number {
  const k = gate.experts.indexOf(expert);
  return k < 0 ? 0 : (gate.mean[k] as number);
}
