// Properties that every architecture of the registry must have: shapes, gradients, counts, memory. Golden cases check the
// numbers of those with a public implementation.
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';
import type { AttentionRecord, Batch, ExpertsRecord } from '../layers/forward.ts';
import { type GradientModelDef, isBoosted, type Model, type ModelDef } from './model.ts';
import { models } from './registry.ts';

const features: FeatureMeta[] = [
  { name: 'c0', kind: 'categorical', cardinality: 3 },
  { name: 'n0', kind: 'numeric', cardinality: 1 },
  { name: 'n1', kind: 'numeric', cardinality: 1 },
];
const task = (name: string, type: TaskMeta['type'], outputs: number): TaskMeta => ({
  name,
  type,
  outputs,
  description: '',
});
const tasks = [task('a', 'regression', 1), task('b', 'multiclass', 3), task('c', 'binary', 1)];
const ROWS = 6;

/** Small sizes for any settings of a model. */
const SMALL: Params = {
  width: 4,
  heads: 2,
  feedForward: 6,
  tower: [5],
  hidden: [6, 5],
  shared: [6, 5],
  expert: [6, 4],
  embedding: 3,
  experts: 3,
  rank: 2,
};
const settings = (def: ModelDef, changes: Params = {}): Params => {
  const defaults = defaultsOf(def.params);
  const known = Object.entries({ ...SMALL, ...changes }).filter(([key]) => key in defaults);
  return { ...defaults, ...Object.fromEntries(known) };
};

const build = (def: GradientModelDef, params = settings(def), countOnly = false): Model =>
  def.build({ features, tasks, params, seed: 3, countOnly });

const values = (size: number, scope: string) => {
  const random = rng(5, scope);
  return Float32Array.from({ length: size }, () => random.normal());
};

/** Gates that keep some of their experts, which then get some of the rows. */
const SPARSE: Params = { top: 2, experts: 4 };

/** Gates of one expert beside gates of several, and layers of unequal widths. */
const UNEVEN: Params = { groupExperts: 1, sharedExperts: 2, taskExperts: 3, expert: [6] };

const trained: ModelDef[] = Object.values(models);
const gradientModels = trained.flatMap((def) => (isBoosted(def) ? [] : [[def.id, def] as const]));

/** All dropout rates of a model. */
const rates = (def: GradientModelDef): Params =>
  Object.fromEntries(
    Object.keys(defaultsOf(def.params))
      .filter((key) => key.toLowerCase().endsWith('dropout'))
      .map((key) => [key, 0.3]),
  );

beforeAll(() => startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false }));

describe.each(gradientModels)('%s', (_id, def) => {
  let batch: Batch;
  beforeAll(() => {
    batch = {
      categorical: tf.tensor2d([0, 1, 2, 0, 1, 2], [ROWS, 1], 'int32'),
      numeric: tf.tensor2d(values(2 * ROWS, 'numeric'), [ROWS, 2]),
    };
  });
  afterAll(() => tf.dispose([batch.categorical, batch.numeric]));

  it('accepts its own defaults', () => {
    expect(def.check(settings(def), { features, tasks }, 'model.params')).toEqual([]);
  });

  it('gives finite logits of the right shapes in both modes, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const model = build(def);
    for (const training of [false, true]) {
      const logits = tf.tidy(() => model.forward(batch, { training, step: 1 }));
      expect(logits.map((l) => l.shape)).toEqual(tasks.map((t) => [ROWS, t.outputs]));
      for (const l of logits) expect(Array.from(await l.data()).every(Number.isFinite)).toBe(true);
      tf.dispose(logits);
    }
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('counts the parameters that it makes, under unique names', () => {
    const [real, counted] = [build(def), build(def, settings(def), true)];
    const partsOf = (m: Model) => m.parameters.flatMap((p) => p.parts.map((part) => [part.name, part.size]));
    expect(partsOf(counted)).toEqual(partsOf(real));
    for (const { variable, parts } of real.parameters)
      expect(parts.reduce((sum, p) => sum + p.size, 0)).toBe(variable.size);
    const names = partsOf(real).map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(real.flopsPerRow(ROWS)).toBeGreaterThan(names.length);
    real.dispose();
    counted.dispose();
  });

  it.each('top' in defaultsOf(def.params) ? [SPARSE] : [])(
    'has sparse gates that weigh as many experts of a row as they keep, in all by 1: %j',
    (changes) => {
      const model = build(def, settings(def, changes));
      const kept: number[][] = [];
      tf.tidy(() => {
        const experts = ({ weights, gates }: ExpertsRecord) => {
          const rows = weights.arraySync();
          let first = 0;
          for (const gate of gates) {
            const [from, to] = [first, first + gate.experts.length];
            for (const row of rows) kept.push(row.slice(from, to));
            first = to;
          }
        };
        model.forward(batch, { training: false, step: 1, capture: { experts } });
      });
      expect(kept.length).toBeGreaterThan(0);
      for (const weights of kept) {
        expect(weights.filter((weight) => weight !== 0)).toHaveLength(Math.min(2, weights.length));
        expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }
      model.dispose();
    },
  );

  const uneven = Object.keys(UNEVEN).some((key) => key !== 'expert' && key in defaultsOf(def.params));
  const sizes: [string, Params][] = [
    ['', {}],
    ...(uneven ? [[' with uneven experts', UNEVEN] as [string, Params]] : []),
    [' with dropout', rates(def)],
    ...('top' in defaultsOf(def.params) ? [[' with sparse gates', SPARSE] as [string, Params]] : []),
  ];
  // STEM stops gradients on purpose, so finite differences do not apply; golden/ checks its gradients.
  it.each(def.id === 'stem' ? [] : sizes)(
    'has the gradient of central differences in a random direction%s',
    async (_name, changes) => {
      const model = build(def, settings(def, changes));
      const weights = tasks.map((t) => tf.tensor2d(values(ROWS * t.outputs, t.name), [ROWS, t.outputs]));
      const objective = () =>
        tf.tidy(() => {
          const logits = model.forward(batch, { training: true, step: 1 });
          return tf.addN(logits.map((l, i) => tf.sum(tf.mul(l, weights[i] as tf.Tensor)))) as tf.Scalar;
        });
      const variables = model.parameters.map((p) => p.variable);
      // Moved away from the initial values, where some gates are uniform and some weights 0.
      const start = variables.map((v, i) =>
        tf.tidy(() => tf.add(v, tf.mul(tf.tensor(values(v.size, `start ${i}`), v.shape), 0.3))),
      );
      const directions = variables.map((v, i) => values(v.size, `direction ${i}`));
      const length = Math.hypot(...directions.map((d) => Math.hypot(...d)));
      const move = (scale: number) =>
        tf.tidy(() => {
          variables.forEach((v, i) => {
            const direction = tf.tensor(directions[i] as Float32Array, v.shape);
            v.assign(tf.add(start[i] as tf.Tensor, tf.mul(direction, scale / length)));
          });
        });
      move(0);
      const { value, grads } = tf.variableGrads(objective, variables);
      let slope = 0;
      for (const [i, v] of variables.entries()) {
        const gradient = await grads[v.name]?.data();
        gradient?.forEach((g, k) => {
          slope += (g * (directions[i]?.[k] as number)) / length;
        });
      }
      const at = async (scale: number) => {
        move(scale);
        const y = objective();
        const result = (await y.data())[0] as number;
        y.dispose();
        return result;
      };
      const h = 2e-3;
      const difference = ((await at(h)) - (await at(-h))) / (2 * h);
      expect(Math.abs(slope)).toBeGreaterThan(0.01);
      // The tolerance sees errors of 0.15 % and 1e-3, above those of float32 and of the third derivative.
      expect(Math.abs(slope - difference)).toBeLessThan(3e-3 * Math.abs(slope) + 2e-3);
      tf.dispose([value, ...Object.values(grads), ...start, ...weights]);
      model.dispose();
    },
  );

  it('keeps single tasks apart and lets multitask ones share', async () => {
    const model = build(def);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(model.forward(batch, { training: true, step: 1 })[0] as tf.Tensor2D) as tf.Scalar,
      model.parameters.map((p) => p.variable),
    );
    let foreign = 0;
    for (const { variable, parts } of model.parameters) {
      const gradient = await grads[variable.name]?.data();
      for (const part of parts) {
        if (def.singleTask) expect(part.task).not.toBeNull();
        if (part.task === null || part.task === 0) continue;
        const own = Array.from(gradient?.subarray(part.start, part.start + part.size) ?? []);
        foreign = Math.max(foreign, ...own.map(Math.abs));
      }
    }
    expect(foreign).toBe(0);
    if (!def.singleTask)
      expect(model.parameters.some((p) => p.parts.some((part) => part.task === null))).toBe(true);
    tf.dispose([value, ...Object.values(grads)]);
    model.dispose();
  });
});

it('counts the work of sparse gates at its most', () => {
  const def = models.mmoe as GradientModelDef;
  const flops = (top: number) => {
    const model = build(def, settings(def, { experts: 8, top }), true);
    const count = model.flopsPerRow(ROWS);
    model.dispose();
    return count;
  };
  // Experts [9 -> 6 -> 4]; three gates keep at most three, six, or all eight, of eight, and mix as many each as they keep.
  const expert = 2 * (9 * 6 + 6 * 4);
  const mixed = 2 * 4;
  expect(flops(0) - flops(1)).toBeCloseTo(5 * expert + (24 - 3) * mixed, 6);
  expect(flops(0) - flops(2)).toBeCloseTo(2 * expert + (24 - 6) * mixed, 6);
  expect(flops(0) - flops(3)).toBeCloseTo((24 - 9) * mixed, 6);
  expect(flops(8)).toBe(flops(0));
});

it.each<[string, Params, number]>([
  // Embedding of 3 columns, shared bottom [9 -> 6 -> 5], hidden layers [5 -> 5] of three heads, last layers [5 -> 1 + 3 + 1].
  ['mt-mlp', {}, 2 * (3 * 3 + 9 * 6 + 6 * 5 + 3 * 5 * 5 + 5 * 5)],
  // Everything once per task.
  ['st-mlp', {}, 2 * (3 * 3 * 3 + 3 * (9 * 6 + 6 * 5) + 5 * 5)],
  // Three experts [9 -> 6 -> 4], three gates that weight them all, towers [4 -> 5].
  ['mmoe', {}, 2 * (3 * 3 + 3 * (9 * 6 + 6 * 4) + 9 * 9 + 9 * 4 + 3 * 4 * 5 + 5 * 5)],
  // Two layers of eight experts; 20 logits; towers read two states.
  [
    'ple',
    {},
    2 *
      (3 * 3 +
        (8 * (9 * 6 + 6 * 4) + 9 * 20 + 20 * 4) +
        (8 * (4 * 6 + 6 * 4) + 4 * 20 + 20 * 4) +
        3 * 8 * 5 +
        5 * 5),
  ],
  // The same with four embeddings and 32 logits.
  [
    'stem',
    {},
    2 *
      (4 * 3 * 3 +
        (8 * (9 * 6 + 6 * 4) + 9 * 32 + 32 * 4) +
        (8 * (4 * 6 + 6 * 4) + 4 * 32 + 32 * 4) +
        3 * 8 * 5 +
        5 * 5),
  ],
  // Two groups: six meta experts with feature gates of rank 2, 14 logits and 6 of self gates; then twelve, 18 and 6.
  [
    'home',
    {},
    2 *
      (3 * 3 +
        (6 * (9 * 2 + 2 * 9 + 9 * 6 + 6 * 4) + 9 * (14 + 6) + (14 + 6) * 4) +
        (12 * (4 * 2 + 2 * 4 + 4 * 6 + 6 * 4) + 8 * (18 + 6) + (18 + 6) * 4) +
        3 * 4 * 5 +
        5 * 5),
  ],
  // Six tokens of four numbers: projections, scores and mixture, feed-forward [4 -> 6 -> 4]; towers [4 -> 5].
  ['multitab-net', {}, 2 * (6 * 4 + 6 * (4 * 16 + 2 * 6 * 4 + 2 * 4 * 6) + 3 * 4 * 5 + 5 * 5)],
  // And six rows of 24 numbers that read each other.
  [
    'multitab-net',
    { attention: 'row_col' },
    2 *
      (6 * 4 +
        6 * (4 * 16 + 2 * 6 * 4 + 2 * 4 * 6) +
        (4 * 24 ** 2 + 2 * ROWS * 24 + 2 * 24 * 6) +
        3 * 4 * 5 +
        5 * 5),
  ],
  // Per task four tokens.
  ['ft-transformer', {}, 2 * (3 * (4 * 4 + 4 * (4 * 16 + 2 * 4 * 4 + 2 * 4 * 6)) + 3 * 4 * 5 + 5 * 5)],
  [
    'saint',
    {},
    2 *
      (3 * (4 * 4 + 4 * (4 * 16 + 2 * 4 * 4 + 2 * 4 * 6) + (4 * 16 ** 2 + 2 * ROWS * 16 + 2 * 16 * 6)) +
        3 * 4 * 5 +
        5 * 5),
  ],
  // Of attention to itself, the value and output projections are left.
  [
    'saint',
    { interSample: 'as-released' },
    2 * (3 * (4 * 4 + 4 * (4 * 16 + 2 * 4 * 4 + 2 * 4 * 6) + (2 * 16 ** 2 + 2 * 16 * 6)) + 3 * 4 * 5 + 5 * 5),
  ],
  // Without positions, the released code mixes rows too.
  [
    'saint',
    { interSample: 'as-released', rotary: false },
    2 *
      (3 * (4 * 4 + 4 * (4 * 16 + 2 * 4 * 4 + 2 * 4 * 6) + (4 * 16 ** 2 + 2 * ROWS * 16 + 2 * 16 * 6)) +
        3 * 4 * 5 +
        5 * 5),
  ],
  // Per task one token; numbers join before the towers [6 -> 5].
  ['tab-transformer', {}, 2 * (3 * (4 + (4 * 16 + 2 * 4 + 2 * 4 * 6)) + 3 * 6 * 5 + 5 * 5)],
])('counts the operations of a row of %s, %j', (id, changes, flops) => {
  const def = models[id as keyof typeof models] as GradientModelDef;
  const model = build(def, settings(def, changes), true);
  expect(model.flopsPerRow(ROWS)).toBe(flops);
  model.dispose();
});

it('names what groups of tasks have apart by their tasks', () => {
  const def = models['multitab-net'];
  const model = build(def, settings(def, { attention: 'row_col', together: [1, 2, 1] }));
  const networks = new Set<string | null>();
  tf.tidy(() => {
    const batch = {
      categorical: tf.tensor2d([0, 1], [2, 1], 'int32'),
      numeric: tf.tensor2d(values(4, 'numeric'), [2, 2]),
    };
    const capture = { attention: ({ place }: AttentionRecord) => void networks.add(place.network) };
    model.forward(batch, { training: false, step: 1, capture });
  });
  expect(networks).toEqual(new Set(['a+c', 'b']));
  expect([...model.frozen.keys()].map((name) => name.replace(/\.transformer.*/, ''))).toEqual(['a+c', 'b']);
  model.dispose();
});

it('HoME: the self gate of a single expert follows its input', async () => {
  const def = models.home as GradientModelDef;
  const model = build(def, settings(def, UNEVEN));
  const { variable } =
    model.parameters.find((p) => p.parts[0]?.name === 'meta.group_gates.0.self.weight') ?? {};
  if (!variable) throw new Error('no self gate');
  const gradient = tf.tidy(() => {
    const batch = {
      categorical: tf.tensor2d([0, 1, 2, 0, 1, 2], [ROWS, 1], 'int32'),
      numeric: tf.tensor2d(values(2 * ROWS, 'numeric'), [ROWS, 2]),
    };
    const objective = () =>
      tf.sum(tf.square(tf.concat(model.forward(batch, { training: true, step: 1 }), 1))) as tf.Scalar;
    return tf.variableGrads(objective, [variable as tf.Variable]).grads[
      (variable as tf.Variable).name
    ] as tf.Tensor;
  });
  const [first] = model.parameters.find((p) => p.variable === variable)?.parts ?? [];
  const own = (await gradient.data()).subarray(0, first?.size);
  expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(0);
  gradient.dispose();
  model.dispose();
});
