// Assertions on the live model, each with the number it rests on: do the masks hold, in weights, outputs and gradients, and is
// there any influence where masks and layers allow none?
import * as tf from '@tensorflow/tfjs-core';
import { type LayerPlace, layerName, samePlace } from '../core/attentionPlace.ts';
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import type { AttentionRecord, Batch } from '../layers/forward.ts';
import { headMasks } from '../masks/mask.ts';
import type { Model, TokenFlow } from '../models/model.ts';
import { ATTENTION_ROWS } from '../protocol/attention.ts';
import type { Assertion, MaskTestReport } from '../protocol/masks.ts';
import { captureRows, tokenLabels } from './attentionCapture.ts';
import { companionSpread } from './companions.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import { kernelWeights } from './kernelWeights.ts';
import { maskedGradients } from './maskedGradients.ts';
import { type Measuring, UNWATCHED } from './measuring.ts';
import { describePath, reachOf } from './reach.ts';

/** Tolerance for the sum of a query's weights in float32. */
const SUM_TOLERANCE = 1e-5;

interface MaskFacts {
  /** Largest weight of a blocked cell. */
  blockedWeight: number;
  /** Largest deviation of a query's weights from a sum of 1. */
  sumError: number;
  /** Smallest number of open keys of a query. */
  fewestOpen: number;
  /** The masks by layer, as text, for comparing training with evaluation. */
  masks: { place: LayerPlace; text: string }[];
  /** Largest gradients over all masked layers. */
  gradients: { blocked: number; open: number };
}

/** Maximum cells of all rows per pass of a test; every token moves in turn, so the time is cubic in the tokens. */
const MAX_CELLS = 64 * 64 ** 2;

/**
 * Runs on the first validation rows; on fewer of them if there are many tokens.
 * @returns null for models whose tasks share no tokens
 */
export async function testMasks(
  model: Model,
  dataset: Dataset,
  measuring: Measuring = UNWATCHED,
): Promise<MaskTestReport | null> {
  const { flow } = model;
  if (!flow) return null;
  const few = Math.max(2, Math.floor(MAX_CELLS / flow.numTokens ** 2));
  const rows = captureRows(dataset, Math.min(ATTENTION_ROWS, few));
  const batch = evaluationBatch(dataset, rows);
  try {
    const reach = reachOf(flow);
    const influence = await measureInfluence(model, flow, batch, measuring);
    const gradients = await gradientSizes(model, flow, batch, measuring);
    const factsIn = async (done: number, training: boolean) => {
      measuring.progress({ label: 'masks in evaluation and in training', done, total: 2 });
      const facts = await maskFacts(model, batch, training);
      await measuring.yieldOrStop();
      return facts;
    };
    const evaluation = await factsIn(0, false);
    const training = await factsIn(1, true);
    const sources = tokenLabels(dataset, flow.numTokens, null);
    const name = (token: number) => sources[token]?.name ?? `token ${token}`;
    return {
      rows: rows.length,
      sources,
      tasks: dataset.tasks.map((t) => t.name),
      hops: Array.from(reach.hops),
      paths: dataset.tasks.flatMap((_, task) =>
        sources.map((_s, token) =>
          describePath(reach.path(task, token), name, reach.ways[task * sources.length + token]),
        ),
      ),
      influence: influence.own,
      otherRows: influence.otherRows,
      otherRowsByToken: influence.otherRowsByToken,
      companions: await companionSpread(model, dataset, false, measuring),
      rowsCanMix: reach.acrossRows,
      assertions: assertionsOf(reach.hops, reach.acrossRows, influence, gradients, evaluation, training),
    };
  } finally {
    tf.dispose([batch.categorical, batch.numeric]);
  }
}

/** Outputs of all tasks side by side, in evaluation mode. */
function outputsOf(
  model: Model,
  batch: Batch,
  editTokens?: (tokens: tf.Tensor3D) => tf.Tensor3D,
): tf.Tensor2D[] {
  return model.forward(batch, { training: false, step: 0, editTokens });
}

interface Influence {
  /** [tasks * tokens]: mean absolute change of the outputs when a token moves by its own size. */
  own: Float32Array;
  /** [tasks]: the same for the outputs of other rows when all tokens of the first row move. */
  otherRows: Float32Array;
  /** [tasks * tokens]: the same when one token of the first row moves. */
  otherRowsByToken: Float32Array;
}

/**
 * Moves one token of every row in a fixed random direction by the typical size of tokens, and measures the change of the
 * outputs.
 */
async function measureInfluence(
  model: Model,
  { numTokens }: TokenFlow,
  batch: Batch,
  { progress, yieldOrStop }: Measuring,
): Promise<Influence> {
  const before = tf.tidy(() => outputsOf(model, batch));
  const [rows] = batch.numeric.shape;
  /** @param token - null for all of them */
  const change = async (token: number | null, movedRows: number, fromRow: number) => {
    const changes = tf.tidy(() => {
      const where = new Float32Array(rows * numTokens);
      for (let row = 0; row < Math.min(rows, movedRows); row++)
        if (token === null) where.fill(1, row * numTokens, (row + 1) * numTokens);
        else where[row * numTokens + token] = 1;
      const after = outputsOf(model, batch, (tokens) => {
        const [, , width] = tokens.shape;
        const random = rng(0, 'influence');
        const direction = tf.tensor3d(
          Float32Array.from({ length: width }, () => random.normal()),
          [1, 1, width],
        );
        const size = tf.sqrt(tf.mean(tf.square(tokens)));
        return tf.add(tokens, tf.mul(tf.mul(direction, size), tf.tensor3d(where, [rows, numTokens, 1])));
      });
      const differences = before.map((b, task) => {
        const own = tf.abs(tf.sub(after[task] as tf.Tensor2D, b)) as tf.Tensor2D;
        return tf.mean(tf.slice(own, [fromRow, 0], [rows - fromRow, b.shape[1]]));
      });
      return tf.stack(differences);
    });
    const values = (await changes.data<'float32'>()).slice();
    changes.dispose();
    return values;
  };
  /** Moves each token in turn, in the first `movedRows` rows. */
  const byToken = async (label: string, movedRows: number, fromRow: number) => {
    const changes = new Float32Array(before.length * numTokens);
    for (let token = 0; token < numTokens; token++) {
      progress({ label, done: token, total: numTokens });
      (await change(token, movedRows, fromRow)).forEach((value, task) => {
        changes[task * numTokens + token] = value;
      });
      await yieldOrStop();
    }
    return changes;
  };
  try {
    const own = await byToken('moving every token of all rows', rows, 0);
    const otherRows = await change(null, 1, 1);
    // If nothing changes when all tokens move, single ones need no test.
    const moves = otherRows.some((v) => v !== 0);
    const otherRowsByToken = moves
      ? await byToken('moving every token of one row', 1, 1)
      : new Float32Array(before.length * numTokens);
    return { own, otherRows, otherRowsByToken };
  } finally {
    tf.dispose(before);
  }
}

/** Largest absolute gradient of a task's outputs with respect to each token, [tasks * tokens]. */
async function gradientSizes(
  model: Model,
  { numTokens, outputTokens }: TokenFlow,
  batch: Batch,
  { progress, yieldOrStop }: Measuring,
): Promise<Float32Array> {
  const sizes = new Float32Array(outputTokens.length * numTokens);
  const embedded = tf.tidy(() => {
    let kept: tf.Tensor3D | null = null;
    outputsOf(model, batch, (tokens) => {
      kept = tf.keep(tokens.clone());
      return tokens;
    });
    if (!kept) throw new Error('the model did not offer its tokens');
    return kept as tf.Tensor3D;
  });
  try {
    for (const task of outputTokens.keys()) {
      progress({ label: 'gradients of every task', done: task, total: outputTokens.length });
      const largest = tf.tidy(() => {
        const slope = tf.grad((tokens) =>
          tf.sum(outputsOf(model, batch, () => tokens as tf.Tensor3D)[task] as tf.Tensor2D),
        )(embedded);
        return tf.max(tf.abs(slope), [0, 2]);
      });
      sizes.set(await largest.data<'float32'>(), task * numTokens);
      largest.dispose();
      await yieldOrStop();
    }
  } finally {
    embedded.dispose();
  }
  return sizes;
}

type Size = 'sum-error' | 'blocked-weight' | 'blocked-gradient' | 'open-gradient';

async function maskFacts(model: Model, batch: Batch, training: boolean): Promise<MaskFacts> {
  const masks: MaskFacts['masks'] = [];
  let fewestOpen = Number.POSITIVE_INFINITY;
  // For every layer, read together at the end: waiting for each would stall a GPU every time.
  const found: { size: Size; value: tf.Tensor }[] = [];
  const note = (size: Size, value: tf.Tensor) => found.push({ size, value: tf.keep(value) });
  tf.tidy(() => {
    const attention = ({ place, weights: shown, blocked, kernel }: AttentionRecord) => {
      const [, heads, length] = shown.shape as [number, number, number];
      // Attention between rows is never masked.
      const weights = place.kind === 'row' || !kernel ? shown : kernelWeights(kernel, heads);
      masks.push({ place, text: blocked ? blocked.join('') : 'open' });
      note('sum-error', tf.max(tf.abs(tf.sub(tf.sum(weights, -1), 1))));
      if (!blocked) {
        fewestOpen = Math.min(fewestOpen, length);
        return;
      }
      if (kernel) {
        const gradients = maskedGradients(kernel, heads, blocked);
        note('blocked-gradient', gradients.blocked);
        note('open-gradient', gradients.open);
      }
      const perHead = headMasks(blocked, length);
      const mask = tf.tensor(Float32Array.from(blocked), [perHead.length, length, length]);
      note('blocked-weight', tf.max(tf.mul(weights, mask)));
      for (const own of perHead) {
        for (let query = 0; query < length; query++) {
          const row = own.subarray(query * length, (query + 1) * length);
          fewestOpen = Math.min(fewestOpen, length - row.reduce((a, b) => a + b, 0));
        }
      }
    };
    model.forward(batch, { training, step: 1, capture: { attention } });
  });
  const values = await Promise.all(found.map(({ value }) => value.data()));
  tf.dispose(found.map(({ value }) => value));
  const largest = (size: Size) =>
    values.reduce((top, [value], i) => (found[i]?.size === size ? Math.max(top, value as number) : top), 0);
  return {
    blockedWeight: largest('blocked-weight'),
    sumError: largest('sum-error'),
    fewestOpen,
    masks,
    gradients: { blocked: largest('blocked-gradient'), open: largest('open-gradient') },
  };
}

function assertionsOf(
  hops: Int16Array,
  rowsCanMix: boolean,
  influence: Influence,
  gradients: Float32Array,
  evaluation: MaskFacts,
  training: MaskFacts,
): Assertion[] {
  const unreachable = Array.from(hops, (h) => h < 0);
  const largest = (values: Float32Array) =>
    values.reduce((max, v, i) => (unreachable[i] ? Math.max(max, v) : max), 0);
  const closed = unreachable.filter(Boolean).length;
  const pairs = closed === 1 ? '1 pair' : `${closed} pairs`;
  const differing = evaluation.masks.filter(
    ({ place, text }) => training.masks.find((mask) => samePlace(mask.place, place))?.text !== text,
  );
  const blockedWeight = Math.max(evaluation.blockedWeight, training.blockedWeight);
  const sumError = Math.max(evaluation.sumError, training.sumError);
  const fewestOpen = Math.min(evaluation.fewestOpen, training.fewestOpen);
  const throughMask = Math.max(evaluation.gradients.blocked, training.gradients.blocked);
  const throughOpen = Math.max(evaluation.gradients.open, training.gradients.open);
  const none = closed === 0 ? ' There is no such pair here: everything reaches everything.' : '';
  return [
    {
      id: 'blocked-weights',
      text: 'Masked weights are exactly zero',
      passed: blockedWeight === 0,
      value: blockedWeight,
      limit: 0,
      detail:
        'Largest weight that the kernel gives a masked cell, training and evaluation, all blocks, heads and rows.',
    },
    {
      id: 'sums',
      text: 'Weights of every query sum to one',
      passed: sumError <= SUM_TOLERANCE,
      value: sumError,
      limit: SUM_TOLERANCE,
      detail: 'Largest distance from 1.',
    },
    {
      id: 'open',
      text: 'No query is fully masked',
      passed: fewestOpen >= 1,
      value: fewestOpen,
      limit: 1,
      detail: 'Fewest open keys of a query.',
    },
    {
      id: 'same-mask',
      text: 'Training and evaluation use the same masks',
      passed: differing.length === 0,
      value: differing.length,
      limit: 0,
      detail: `Layers whose masks differ, of ${evaluation.masks.length}${differing.length > 0 ? `: ${differing.map(({ place }) => layerName(place)).join(', ')}` : ''}.`,
    },
    {
      id: 'masked-gradients',
      text: 'Gradients through masked cells are exactly zero',
      passed: throughMask === 0,
      value: throughMask,
      limit: 0,
      detail:
        throughOpen === 0
          ? 'No layer has a mask.'
          : `Largest gradient that attention sends to the key or value of a masked cell; through open cells of these layers up to ${throughOpen.toPrecision(3)}.`,
    },
    {
      id: 'gradients',
      text: 'No gradient where the masks leave no way',
      passed: largest(gradients) === 0,
      value: largest(gradients),
      limit: 0,
      detail: `Largest gradient of a task's output with respect to a token that cannot reach it, ${pairs}.${none}`,
    },
    {
      id: 'influence',
      text: 'No measured influence where the masks leave no way',
      passed: largest(influence.own) === 0,
      value: largest(influence.own),
      limit: 0,
      detail: `Largest change of a task's output when a token that cannot reach it moves, ${pairs}.${none}`,
    },
    {
      id: 'rows',
      text: rowsCanMix
        ? 'Other rows reach the outputs, as attention between rows says'
        : 'Other rows of the batch change nothing',
      passed: rowsCanMix || influence.otherRows.every((v) => v === 0),
      value: influence.otherRows.reduce((a, b) => Math.max(a, b), 0),
      limit: 0,
      detail: 'Largest change of the outputs of the other rows when the first row moves.',
    },
  ];
}
