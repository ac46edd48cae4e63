// Dropout as it acts in the networks. All weights are set so that one site shows in the outputs: as 1 without dropout, and as
// its mask times 1 / (1 - rate) with it. Every site must drop its own share at random: in training only, with a mean of 1, and
// with different masks for every seed, step, row, task, head, layer and network.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';
import type { Batch } from '../layers/forward.ts';
import type { ParameterPart } from '../layers/parameter.ts';
import type { GradientModelDef, Model } from './model.ts';
import { models } from './registry.ts';

const ROWS = 8;
const STEPS = 40;
const RATE = 0.4;
/** Tolerance in standard errors. */
const LIMIT = 4;

const features: FeatureMeta[] = [
  { name: 'c', kind: 'categorical', cardinality: 2 },
  { name: 'n', kind: 'numeric', cardinality: 1 },
];
const tasks = ['a', 'b', 'c'].map(
  (name): TaskMeta => ({ name, type: 'regression', outputs: 1, description: '' }),
);

/** A value at an element of a tensor, or everywhere in it. */
type Setting = { at: number | 'all'; value: number };

interface Place {
  name: string;
  params: Params;
  /** Key of the rate that acts at this site. */
  rate: string;
  /** Values to set in a tensor; all others are 0. */
  set(part: ParameterPart): Setting[];
  /** The tasks read the same units, so they show the same mask. */
  isShared?: boolean;
  /** How many units an output is the mean of. */
  units?: number;
}

function build(def: GradientModelDef, { params, rate, set }: Place, value: number, seed = 11): Model {
  const off = Object.keys(defaultsOf(def.params)).filter((key) => key.toLowerCase().endsWith('dropout'));
  const model = def.build({
    features,
    tasks,
    params: {
      ...defaultsOf(def.params),
      ...Object.fromEntries(off.map((key) => [key, 0])),
      ...params,
      [rate]: value,
    },
    seed,
  });
  for (const { variable, parts } of model.parameters) {
    const values = new Float32Array(variable.size);
    for (const part of parts) {
      for (const { at, value: to } of set(part)) {
        if (at === 'all') values.fill(to, part.start, part.start + part.size);
        else values[part.start + at] = to;
      }
    }
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return model;
}

/** [step][row][task] */
type Shown = number[][][];

function show(model: Model, batch: Batch, training: boolean, steps = STEPS): Shown {
  return Array.from({ length: steps }, (_, step) => {
    const outputs = tf.tidy(() =>
      model.forward(batch, { training, step: step + 1 }).map((o) => Array.from(o.dataSync())),
    );
    return Array.from({ length: ROWS }, (_row, row) => outputs.map((o) => o[row] as number));
  });
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const [da, db] = [(i: number) => (a[i] as number) - ma, (i: number) => (b[i] as number) - mb];
  return sum((i) => da(i) * db(i)) / Math.sqrt(sum((i) => da(i) ** 2) * sum((i) => db(i) ** 2));
}

const chance = (n: number) => LIMIT / Math.sqrt(n);

/** Pairs of values at the same site, one step, row or task apart. */
function neighbours(shown: Shown, along: 'step' | 'row' | 'task', numTasks: number): [number[], number[]] {
  const [a, b]: [number[], number[]] = [[], []];
  for (const [s, rows] of shown.entries()) {
    for (const [r, values] of rows.entries()) {
      for (let t = 0; t < numTasks; t++) {
        const next = {
          step: shown[s + 1]?.[r]?.[t],
          row: rows[r + 1]?.[t],
          task: t + 1 < numTasks ? values[t + 1] : undefined,
        }[along];
        if (next === undefined) continue;
        a.push(values[t] as number);
        b.push(next);
      }
    }
  }
  return [a, b];
}

const layerName = (name: string, block: number, layer: number, hasLayers: boolean) =>
  name.includes(hasLayers ? `blocks.${block}.${layer}.` : `blocks.${block}.`);

const WIDTH = 4;
const HIDDEN = 4;

/** Attention and feed-forward layers of a transformer: their output is the first entry of every token. */
function transformerPlaces(kind: 'feature' | 'row', hasLayers: boolean, params: Params): Place[] {
  const layer = kind === 'row' ? 1 : 0;
  const base = {
    blocks: 2,
    width: WIDTH,
    heads: 2,
    feedForward: HIDDEN,
    tower: [],
    rotary: false,
    ...params,
  };
  const reads = (name: string, shape: readonly number[]): Setting[] =>
    shape[0] === 1 && name.endsWith('tower.weight') ? [{ at: 0, value: 1 }] : [];
  /** Elements of an [outputs, inputs] weight from one input to the first entry of every token. */
  const writes = ([outputs = 0, inputs = 0]: readonly number[], from: number): Setting[] =>
    Array.from({ length: outputs / WIDTH }, (_, token) => ({ at: token * WIDTH * inputs + from, value: 1 }));
  const attention = (block: number, head: number): Place => ({
    name: `block ${block} ${kind} attention, head ${head}`,
    params: base,
    rate: 'attentionDropout',
    isShared: kind === 'row',
    set({ name, shape }) {
      if (!layerName(name, block, layer, hasLayers)) return reads(name, shape);
      // Queries, keys, values: the values of one head are 1, so that its output is the share of weights kept.
      const headStart = (size: number) => (head * size) / 2;
      if (name.endsWith('in_proj_bias')) {
        const size = (shape[0] as number) / 3;
        return [{ at: 2 * size + headStart(size), value: 1 }];
      }
      if (name.endsWith('out_proj.weight')) return writes(shape, headStart(shape[1] as number));
      return [];
    },
  });
  const hidden = (block: number): Place => ({
    name: `block ${block} ${kind} feed-forward`,
    params: base,
    rate: 'feedForwardDropout',
    units: HIDDEN,
    isShared: kind === 'row',
    set({ name, shape }) {
      if (!layerName(name, block, layer, hasLayers)) return reads(name, shape);
      // gelu(10) is 10.
      if (name.endsWith('mlp.0.bias')) return [{ at: 'all', value: 10 }];
      // The mean of all units, comparable with the mean over keys in attention.
      if (name.endsWith('mlp.3.weight'))
        return Array.from({ length: HIDDEN }, (_, unit) => unit).flatMap((unit) =>
          writes(shape, unit).map((w) => ({ ...w, value: 0.1 / HIDDEN })),
        );
      return [];
    },
  });
  return [0, 1].flatMap((block) => [attention(block, 0), attention(block, 1), hidden(block)]);
}

/** Before the tower, a batch norm that gives 1 in its first column for any input. */
function stackPlace(
  name: string,
  params: Params,
  norm: RegExp,
  last: RegExp,
  isShared = false,
  units = 1,
): Place {
  return {
    name,
    params: { embedding: 2, experts: 2, layers: 1, rank: 2, ...params },
    rate: 'dropout',
    isShared,
    units,
    set({ name: part }) {
      if (norm.test(part) || last.test(part)) return [{ at: 0, value: 1 }];
      return [];
    },
  };
}

/** @param units - experts that are mixed */
const mixOfExperts = (norm: RegExp, units = 2) => [
  stackPlace('experts', { expert: [5], tower: [] }, norm, /tower\.weight$/, true, units),
  stackPlace('towers', { expert: [5], tower: [3] }, /tower\.0\.mlp\.0\.1\.bias$/, /tower\.1\.weight$/),
];

const places: Record<string, Place[]> = {
  'multitab-net': [
    ...transformerPlaces('feature', true, { attention: 'row_col' }),
    ...transformerPlaces('row', true, { attention: 'row_col', interSample: 'across-rows' }),
  ],
  'ft-transformer': transformerPlaces('feature', false, {}),
  saint: [
    ...transformerPlaces('feature', true, {}),
    ...transformerPlaces('row', true, { interSample: 'across-rows' }).map((p) => ({ ...p, isShared: false })),
  ],
  'tab-transformer': [
    ...transformerPlaces('feature', false, {}).filter((p) => p.rate === 'attentionDropout'),
    {
      name: 'skips of a block',
      params: { blocks: 1, width: WIDTH, heads: 2, feedForward: HIDDEN, tower: [] },
      rate: 'feedForwardDropout',
      set: ({ name }) =>
        name.includes('embedding_layers') || name.endsWith('tower.weight')
          ? [{ at: name.endsWith('tower.weight') ? 0 : 'all', value: 1 }]
          : [],
    },
  ],
  'st-mlp': [stackPlace('hidden', { hidden: [5] }, /mlp\.0\.1\.bias$/, /output_layer\.weight$/)],
  'mt-mlp': [
    stackPlace(
      'shared',
      { shared: [5], tower: [] },
      /shared_layer\.mlp\.0\.1\.bias$/,
      /^heads\.\d+\.weight$/,
      true,
    ),
    stackPlace(
      'heads',
      { shared: [5], tower: [3] },
      /heads\.\d+\.0\.mlp\.0\.1\.bias$/,
      /heads\.\d+\.1\.weight$/,
    ),
  ],
  mmoe: [
    ...mixOfExperts(/experts.*mlp\.0\.1\.bias$/),
    // The third layer, whose masks no other place has.
    stackPlace(
      'experts behind sparse gates',
      { expert: [5, 5, 5], tower: [], top: 1 },
      /experts.*mlp\.2\.1\.bias$/,
      /tower\.weight$/,
      true,
    ),
  ],
  ple: mixOfExperts(/task_experts.*mlp\.0\.1\.bias$/).map((p) => ({ ...p, isShared: false })),
  stem: mixOfExperts(/experts.*mlp\.0\.1\.bias$/, 8),
  home: mixOfExperts(/top\.task_experts.*mlp\.0\.1\.bias$/).map((p) => ({ ...p, isShared: false })),
};

const defs = Object.values(models).filter((def): def is GradientModelDef => 'build' in def);

beforeAll(() => startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false }));

it('is looked for in every network', () => {
  expect(Object.keys(places).sort()).toEqual(defs.map((def) => def.id).sort());
});

describe.each(defs.map((def) => [def.id, def] as const))('dropout in %s', (id, def) => {
  const seen = new Map<string, number[]>();

  it.each((places[id] ?? []).map((place) => [place.name, place] as const))('%s', (name, place) => {
    const batch: Batch = {
      categorical: tf.tensor2d(new Int32Array(ROWS), [ROWS, 1], 'int32'),
      numeric: tf.tensor2d(
        Float32Array.from({ length: ROWS }, (_, i) => Math.sin(i)),
        [ROWS, 1],
      ),
    };
    const [plain, dropping] = [build(def, place, 0), build(def, place, RATE)];

    // Without dropout and in evaluation: the same everywhere and at every step.
    const [level = 0] = show(plain, batch, false, 1).flat(2);
    expect(level).toBeGreaterThan(0.05);
    for (const shown of [show(plain, batch, true, 1), show(dropping, batch, false, 2)])
      for (const value of shown.flat(2)) expect(value).toBeCloseTo(level, 5);

    const shown = show(dropping, batch, true);
    expect(show(dropping, batch, true, 2)).toEqual(shown.slice(0, 2));
    // The seed decides the masks of every site.
    const reseeded = build(def, place, RATE, 12);
    expect(show(reseeded, batch, true, 2)).not.toEqual(shown.slice(0, 2));
    reseeded.dispose();
    const numTasks = place.isShared ? 1 : tasks.length;
    const values = shown.flatMap((rows) => rows.flatMap((r) => r.slice(0, numTasks)));
    const mean = meanOf(values) / level;
    const sd = Math.sqrt(meanOf(values.map((v) => (v / level - mean) ** 2)));
    expect(sd).toBeGreaterThan(0.1);
    // The share that is dropped shows in the variance: (rate / (1 - rate)) / units, and 0.4 of it at half the rate.
    if (place.units) {
      const expected = RATE / (1 - RATE) / place.units;
      expect(sd ** 2 / expected).toBeGreaterThan(0.75);
      expect(sd ** 2 / expected).toBeLessThan(1.25);
    }
    // Scaled by 1 / (1 - rate): the mean equals the evaluation output.
    expect(Math.abs(mean - 1)).toBeLessThan((LIMIT * sd) / Math.sqrt(values.length));

    for (const along of ['step', 'row', 'task'] as const) {
      const [a, b] = neighbours(shown, along, numTasks);
      if (a.length > 0) expect(Math.abs(correlation(a, b)), `next ${along}`).toBeLessThan(chance(a.length));
    }
    // Of the first row and task, so that a shared random stream would show for any shape.
    const first = shown.map((rows) => rows[0]?.[0] as number);
    for (const [other, its] of seen)
      expect(Math.abs(correlation(first, its)), other).toBeLessThan(chance(STEPS));
    seen.set(name, first);
    plain.dispose();
    dropping.dispose();
    tf.dispose([batch.categorical, batch.numeric]);
  });

  it('leaves the places of the other rate alone', () => {
    const [place] = places[id] ?? [];
    if (place?.rate !== 'attentionDropout') return;
    const model = build(def, { ...place, rate: 'feedForwardDropout' }, RATE);
    const batch: Batch = {
      categorical: tf.zeros([ROWS, 1], 'int32'),
      numeric: tf.zeros([ROWS, 1]),
    };
    // In TabTransformer the feed-forward dropout acts on the skip path: here on the sum after attention.
    const isSkip = id === 'tab-transformer';
    const values = new Set(show(model, batch, true, 4).flat(2));
    expect(values.size > 1).toBe(isSkip);
    model.dispose();
    tf.dispose([batch.categorical, batch.numeric]);
  });
});
