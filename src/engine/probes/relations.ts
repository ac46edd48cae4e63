// How the tasks pull at what they share: looked at again and again while it is watched, with a memory of the run. Off unless asked.

import * as tf from '@tensorflow/tfjs-core';
import { lookAhead, measureGrams } from '../analysis/relations.ts';
import { measureSimilarities } from '../analysis/similarity.ts';
import { object, type Reader } from '../core/reader.ts';
import { hasMissingLabels } from '../data/labels.ts';
import type { Model } from '../models/model.ts';
import type {
  LookAhead,
  RelationsMeasure,
  RelationsPlace,
  RelationsPrice,
  RelationsReport,
  RelationsSimilarity,
} from '../protocol/relations.ts';
import { SharedValues } from '../training/step/sharedValues.ts';
import { TaskPass } from '../training/step/taskPass.ts';
import { toTensors } from '../training/tensorBatch.ts';
import { defineProbe, type NetworkContext } from './probe.ts';

/** Looks that are kept of a network; from twice as many on, every second one is dropped. */
const KEPT = 40;

/** What is remembered of a network as long as it lives. */
interface Memory {
  places: RelationsPlace[];
  similarities: RelationsSimilarity[];
  history: RelationsMeasure[];
  ahead: LookAhead | null;
  price: RelationsPrice | null;
}

const memories = new WeakMap<Model, Memory>();

const flag: Reader<boolean> = (value) => value === true;

/** `lookAhead`: losses after a step of every task, too: T more forward passes. */
const request = object({ lookAhead: flag });

const nothing = (absence: string): RelationsReport => ({
  rows: 0,
  absence,
  places: [],
  similarities: [],
  history: [],
  ahead: null,
  price: null,
});

export const relations = defineProbe({
  id: 'relations',
  mode: 'watch',
  when: 'training',
  request,
  run: lookAt,
});

/** What a look needs. */
type LookContext = Pick<
  NetworkContext,
  'model' | 'dataset' | 'taskTypes' | 'settings' | 'step' | 'epoch' | 'lastWeights' | 'yieldOrStop'
>;

/** Looks once, and adds to the memory of the network. */
export async function lookAt(
  context: LookContext,
  { lookAhead: looksAhead }: { lookAhead: boolean },
): Promise<RelationsReport> {
  const { model, dataset } = context;
  if (!model) return nothing('Trees have no gradients of shared parameters.');
  if (dataset.tasks.length < 2) return nothing('There is one task, which has nobody to share with.');
  if (new SharedValues(model.parameters).size === 0)
    return nothing('The tasks of this network share no parameters.');
  const rows = dataset.split.train.subarray(0, context.settings.batchSize);
  const pass = passOf(context, model);
  const batch = toTensors(dataset, rows);
  try {
    const memory = memories.get(model) ?? {
      places: [],
      similarities: [],
      history: [],
      ahead: null,
      price: null,
    };
    memories.set(model, memory);
    const started = performance.now();
    const { losses, gram, layers, blocks } = await measureGrams(model, pass, batch);
    const similarities = await measureSimilarities(model, batch, dataset.tasks.length);
    const lookMs = performance.now() - started;
    const places = [
      { kind: 'all' as const, label: 'all shared parameters', gram },
      ...blocks.map(({ place, gram: own }) => ({ kind: 'block' as const, label: place, gram: own })),
      ...layers.map(({ place, gram: own }) => ({ kind: 'layer' as const, label: place, gram: own })),
    ];
    memory.places = places.map(({ kind, label }) => ({ kind, label }));
    memory.similarities = similarities.map(({ id, label }) => ({ id, label }));
    remember(memory, {
      step: context.step,
      epoch: context.epoch,
      losses: Float32Array.from(losses),
      weights: await context.lastWeights(),
      grams: Float32Array.from(places.flatMap((p) => Array.from(p.gram))),
      similarities: Float32Array.from(similarities.flatMap((s) => Array.from(s.matrix))),
    });
    // The first look compiles, so the price is that of a later one.
    if (memory.history.length === 2 || (memory.price && memory.history.length % 10 === 0))
      memory.price = { lookMs, passMs: await timeOfPass(pass, batch, dataset.tasks.length) };
    if (looksAhead) {
      const rate = context.settings.learningRate;
      const ahead = await lookAhead(model, pass, batch, rate, () => context.yieldOrStop());
      memory.ahead = {
        step: context.step,
        rate,
        losses: Float32Array.from(losses),
        ahead: Float32Array.from(ahead),
      };
    }
    // Typed arrays move with an answer; the memory keeps its own.
    return { rows: rows.length, absence: null, ...structuredClone(memory) };
  } finally {
    batch.dispose();
  }
}
function passOf({ taskTypes, dataset }: LookContext, model: Model): TaskPass {
  const specs = taskTypes.map(({ lossKind }, i) => ({
    kind: lossKind,
    outputs: dataset.tasks[i]?.outputs ?? 1,
    // As in a step, rows without a label of a task do not count for it.
    partial: hasMissingLabels(dataset.targets[i] as Float32Array),
  }));
  return new TaskPass(model, specs, { training: false, batchStatistics: true });
}

function remember(memory: Memory, measure: RelationsMeasure): void {
  const { history } = memory;
  // Two questions at the same step share one look.
  if (history.at(-1)?.step === measure.step) history.pop();
  history.push(measure);
  if (history.length >= 2 * KEPT)
    memory.history = history.filter((_m, i) => i % 2 === 0 || i === history.length - 1);
}

async function timeOfPass(
  pass: TaskPass,
  batch: ReturnType<typeof toTensors>,
  numTasks: number,
): Promise<number> {
  const started = performance.now();
  const { taskLosses, gradients } = pass.weighted(batch, 0, new Array<number>(numTasks).fill(1));
  await Promise.all([taskLosses.data(), gradients.at(0)?.data()]);
  const ms = performance.now() - started;
  tf.dispose([taskLosses, gradients]);
  return ms;
}
