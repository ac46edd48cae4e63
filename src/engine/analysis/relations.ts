// Relations between the tasks of a network: inner products of their gradients on shared parameters, in total and by place, and
// the effect of a step along one gradient on all losses. Batch norm uses the statistics of the batch without recording them;
// dropout is off.
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../layers/parameter.ts';
import type { Model } from '../models/model.ts';
import { disposeAll, tidied, withMoved } from '../training/step/moved.ts';
import { SharedValues } from '../training/step/sharedValues.ts';
import type { TaskPass } from '../training/step/taskPass.ts';
import type { StepTensors } from '../training/tensorBatch.ts';

export interface GramOfPlace {
  /** Common part of its parameters' names, with * where they differ: `transformer.blocks.0.0.attention`. */
  place: string;
  /** [T, T] */
  gram: Float64Array;
}

export interface Grams {
  /** [T] */
  losses: Float64Array;
  /** Over all shared parameters, [T, T]. */
  gram: Float64Array;
  /** By layer, in the order of the model. */
  layers: GramOfPlace[];
  /** By block: layers whose names share a prefix. */
  blocks: GramOfPlace[];
}

/** One forward pass, and a backward pass per task. Places without shared parameters are left out. */
export async function measureGrams(model: Model, pass: TaskPass, batch: StepTensors): Promise<Grams> {
  const shared = new SharedValues(model.parameters);
  const { taskLosses, byTask } = pass.perTask(batch, 0);
  const n = byTask.length;
  const grams = shared.size > 0 ? shared.grams(byTask) : null;
  disposeAll(byTask);
  const [losses, values] = await Promise.all([
    taskLosses.data<'float32'>(),
    grams?.data<'float32'>() ?? new Float32Array(0),
  ]);
  tf.dispose(grams ? [taskLosses, grams] : [taskLosses]);
  const named = new Map(model.parameters.map((p) => [p.name, p]));
  const layers: GramOfPlace[] = [];
  shared.names.forEach((name, k) => {
    const own = values.subarray(k * n * n, (k + 1) * n * n);
    addTo(layers, layerOf(named.get(name) as Parameter), own);
  });
  const blocks: GramOfPlace[] = [];
  for (const { place, gram } of layers) addTo(blocks, blockOf(place), gram);
  const total = new Float64Array(n * n);
  for (const { gram } of layers)
    for (let i = 0; i < n * n; i++) total[i] = (total[i] as number) + (gram[i] as number);
  return { losses: Float64Array.from(losses), gram: total, layers, blocks };
}

function addTo(places: GramOfPlace[], place: string, gram: ArrayLike<number>): void {
  const known = places.find((p) => p.place === place);
  if (!known) places.push({ place, gram: Float64Array.from(gram) });
  else
    known.gram.forEach((v, i) => {
      known.gram[i] = v + (gram[i] as number);
    });
}

/** The common name of the layers packed in a parameter, without the tensor name. */
export function layerOf({ parts }: Pick<Parameter, 'parts'>): string {
  const shared = parts.filter((p) => p.task === null);
  const names = (shared.length > 0 ? shared : parts).map((p) => p.name.split('.'));
  const first = names[0] as string[];
  const merged = first.map((word, i) => (names.every((other) => other[i] === word) ? word : '*'));
  const last = merged.at(-1) as string;
  const isTensor = /^(\*|weight|bias|in_proj_weight|in_proj_bias|embedding)$/.test(last);
  return (isTensor && merged.length > 1 ? merged.slice(0, -1) : merged).join('.');
}

/** The name of a layer up to its first number, or its first word. */
export function blockOf(layer: string): string {
  const words = layer.split('.');
  const at = words.findIndex((word) => /^(\d+|\*)$/.test(word));
  return at < 0 ? (words[0] as string) : words.slice(0, words[at] === '*' ? at : at + 1).join('.');
}

/**
 * Losses of all tasks after a step along each task's gradient: theta_shared - lr g_i, with task-owned parameters unchanged
 * (Fifty et al. 2021). A backward and a forward pass per task.
 * @returns [T, T], row i: after a step of task i
 */
export async function lookAhead(
  model: Model,
  pass: TaskPass,
  batch: StepTensors,
  lr: number,
  between: () => Promise<void> = async () => {},
): Promise<Float64Array> {
  const shared = new SharedValues(model.parameters);
  const { taskLosses, byTask } = pass.perTask(batch, 0);
  taskLosses.dispose();
  const rows: number[] = [];
  try {
    for (const gradient of byTask) {
      const moves = tidied(() => shared.mix(gradient, []).map((g) => g && tf.mul(g, -lr)));
      const losses = withMoved(model, moves, () => pass.forward(batch, 0));
      rows.push(...(await losses.data<'float32'>()));
      disposeAll([moves, losses]);
      await between();
    }
  } finally {
    disposeAll(byTask);
  }
  return Float64Array.from(rows);
}
