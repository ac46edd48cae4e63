// HoME against its equations, evaluated again in float64 from the model's weights, row by row: feature gates with their factor
// 2, which layer reads which state, which experts each gate weights, and the self gates.
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';
import type { Batch } from '../layers/forward.ts';
import { home } from './home.ts';
import type { Model } from './model.ts';

const ROWS = 5;
const features: FeatureMeta[] = [
  { name: 'c', kind: 'categorical', cardinality: 3 },
  { name: 'n0', kind: 'numeric', cardinality: 1 },
  { name: 'n1', kind: 'numeric', cardinality: 1 },
];
const tasks = ['a', 'b', 'c', 'd'].map(
  (name): TaskMeta => ({ name, type: 'regression', outputs: 1, description: '' }),
);
/** Tasks a and d, and b and c. */
const GROUPS = [0, 1, 1, 0];

const sizes = { shared: 2, group: 1, task: 2 };
const settings: Params = {
  ...defaultsOf(home.params),
  grouping: 'chosen',
  groups: [1, 2, 2, 1],
  sharedExperts: sizes.shared,
  groupExperts: sizes.group,
  taskExperts: sizes.task,
  expert: [5, 3],
  rank: 2,
  tower: [4],
  embedding: 2,
};

const codes = [0, 1, 2, 1, 0];
const numbers = Array.from({ length: ROWS }, (_, i) => [Math.sin(3 * i), Math.cos(5 * i)]);

type Tensors = Map<string, { shape: readonly number[]; values: number[] }>;

/** Sets every parameter and buffer at random, far from uniform gates and factors of 0. */
function randomise(model: Model): Tensors {
  const tensors: Tensors = new Map();
  for (const { variable, parts } of [...model.parameters, ...model.buffers]) {
    const values = new Float32Array(variable.size);
    for (const { name, shape, start, size } of parts) {
      const random = rng(9, name);
      for (let i = start; i < start + size; i++) {
        values[i] = name.endsWith('running_var') ? 0.5 + random.uniform() : random.normal();
      }
      tensors.set(name, { shape, values: Array.from(values.subarray(start, start + size)) });
    }
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return tensors;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softmax = (z: readonly number[]) => {
  const e = z.map(Math.exp);
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};

/** The network in evaluation, one row at a time. */
function reference(tensors: Tensors, row: number): number[] {
  const at = (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`no tensor ${name}`);
    return found;
  };
  const linear = (name: string, x: readonly number[]) => {
    const { shape, values } = at(`${name}.weight`);
    const bias = at(`${name}.bias`).values;
    return Array.from({ length: shape[0] as number }, (_, o) =>
      x.reduce((sum, v, i) => sum + v * (values[o * x.length + i] as number), bias[o] as number),
    );
  };
  const norm = (name: string, x: readonly number[]) =>
    x.map((v, i) => {
      const of = (part: string) => at(`${name}.${part}`).values[i] as number;
      return ((v - of('running_mean')) / Math.sqrt(of('running_var') + 1e-5)) * of('weight') + of('bias');
    });
  const expert = (name: string, state: readonly number[]) => {
    const gate = linear(`${name}.feature_gate.up`, linear(`${name}.feature_gate.down`, state));
    let x = state.map((v, i) => v * 2 * sigmoid(gate[i] as number));
    for (const l of [0, 1]) {
      x = norm(`${name}.mlp.${l}.1`, linear(`${name}.mlp.${l}.0`, x)).map((v) => v * sigmoid(v));
    }
    return x;
  };
  /** Experts weighted by a gate, plus its own experts weighted by its self gate. */
  const mix = (gate: string, input: readonly number[], all: number[][], own: number[][]) => {
    const weights = softmax(linear(`${gate}.fc`, input));
    const logits = linear(`${gate}.self`, input);
    const self = own.length === 1 ? logits.map(sigmoid) : softmax(logits);
    return (all[0] as number[]).map((_, k) => {
      const sum = (experts: number[][], by: number[]) =>
        experts.reduce((total, e, i) => total + (by[i] as number) * (e[k] as number), 0);
      return sum(all, weights) + sum(own, self);
    });
  };
  const several = (count: number, name: (i: number) => string, state: readonly number[]) =>
    Array.from({ length: count }, (_, i) => expert(name(i), state));

  const table = at('embedding.embedding_layers.0.weight').values;
  const v = [
    ...table.slice(2 * (codes[row] as number), 2 * (codes[row] as number) + 2),
    ...[0, 1].flatMap((n) => linear(`embedding.embedding_layers.${n + 1}`, [numbers[row]?.[n] as number])),
  ];
  const groupExperts = [0, 1].map((g) => several(sizes.group, (i) => `meta.group_experts.${g}.${i}`, v));
  const shared = several(sizes.shared, (i) => `meta.shared_experts.${i}`, v);
  const states = groupExperts.map((own, g) => mix(`meta.group_gates.${g}`, v, [...own, ...shared], own));
  const common = mix('meta.shared_gate', v, [...groupExperts.flat(), ...shared], shared);

  const sharedAbove = several(sizes.shared, (i) => `top.shared_experts.${i}`, common);
  const groupsAbove = states.map((z, g) => several(sizes.group, (i) => `top.group_experts.${g}.${i}`, z));
  return tasks.map(({ name }, t) => {
    const group = GROUPS[t] as number;
    const z = states[group] as number[];
    const own = several(sizes.task, (i) => `top.task_experts.${t}.${i}`, z);
    const all = [...own, ...(groupsAbove[group] as number[][]), ...sharedAbove];
    const mixed = mix(`top.task_gates.${t}`, [...z, ...common], all, own);
    const hidden = norm(
      `towers.${name}.tower.0.mlp.0.1`,
      linear(`towers.${name}.tower.0.mlp.0.0`, mixed),
    ).map((x) => Math.max(0, x));
    return linear(`towers.${name}.tower.1`, hidden)[0] as number;
  });
}

describe('HoME', () => {
  let model: Model;
  let batch: Batch;
  let tensors: Tensors;
  const outputs = () =>
    tf.tidy(() => model.forward(batch, { training: false, step: 1 }).map((o) => Array.from(o.dataSync())));

  beforeAll(async () => {
    await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
    model = home.build({ features, tasks, params: settings, seed: 3 });
    tensors = randomise(model);
    batch = {
      categorical: tf.tensor2d(codes, [ROWS, 1], 'int32'),
      numeric: tf.tensor2d(numbers, [ROWS, 2]),
    };
  });
  afterAll(() => {
    model.dispose();
    tf.dispose([batch.categorical, batch.numeric]);
  });

  it('computes what its equations say', () => {
    const got = outputs();
    for (let row = 0; row < ROWS; row++) {
      const expected = reference(tensors, row);
      const size = Math.max(...expected.map(Math.abs));
      expected.forEach((value, t) => {
        expect(Math.abs((got[t]?.[row] as number) - value)).toBeLessThan(1e-5 * size);
      });
    }
  });

  it('lets a group reach its own tasks alone, and shared experts all of them', () => {
    const before = outputs();
    const changedBy = (pattern: RegExp): boolean[] => {
      const kept = model.parameters.map(({ variable }) => variable.dataSync().slice());
      for (const { variable, parts } of model.parameters) {
        const values = variable.dataSync().slice();
        for (const { name, start, size } of parts)
          if (pattern.test(name))
            for (let i = start; i < start + size; i++) values[i] = 1.5 * (values[i] ?? 0);
        tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      }
      const after = outputs();
      model.parameters.forEach(({ variable }, i) => {
        tf.tidy(() => variable.assign(tf.tensor(kept[i] as Float32Array, variable.shape)));
      });
      return after.map((o, t) => String(o) !== String(before[t]));
    };
    const first = [true, false, false, true];
    expect(changedBy(/^top\.group_experts\.0\./)).toEqual(first);
    expect(changedBy(/^top\.group_experts\.1\./)).toEqual(first.map((is) => !is));
    expect(changedBy(/^meta\.group_gates\.0\./)).toEqual(first);
    expect(changedBy(/^top\.task_experts\.2\./)).toEqual([false, false, true, false]);
    expect(changedBy(/^top\.shared_experts\.1\./)).toEqual([true, true, true, true]);
    expect(changedBy(/^meta\.shared_experts\.0\./)).toEqual([true, true, true, true]);
    // The shared state contains the outputs of every group's meta experts.
    expect(changedBy(/^meta\.group_experts\.0\./)).toEqual([true, true, true, true]);
  });

  it('says of what one task alone trains that it is its own, in a group of one too', () => {
    const params = { ...settings, groups: [1, 2, 2, 3] };
    const model = home.build({ features, tasks, params, seed: 3, countOnly: true });
    const ownerOf = (name: string): number | null => {
      const [, task] = /^top\.task_(?:experts|gates)\.(\d)\./.exec(name) ?? [];
      if (task) return Number(task);
      const [, tower] = /^towers\.(.)\./.exec(name) ?? [];
      if (tower) return tasks.findIndex((t) => t.name === tower);
      const [, group] = /^(?:meta\.group_gates|top\.group_experts)\.(\d)\./.exec(name) ?? [];
      return [0, null, 3][Number(group)] ?? null;
    };
    const owners = [...model.parameters, ...model.buffers].flatMap(({ parts }) => parts);
    expect(new Set(owners.map(({ task }) => task))).toEqual(new Set([null, 0, 1, 2, 3]));
    for (const { name, task } of owners) expect(task, name).toBe(ownerOf(name));
    model.dispose();
  });

  it('starts with open feature gates: what an expert reads is not scaled', () => {
    const fresh = home.build({ features, tasks, params: settings, seed: 3 });
    const values = new Map(
      fresh.parameters.flatMap(({ variable, parts }) =>
        parts.map((p) => [p.name, variable.dataSync().slice(p.start, p.start + p.size)] as const),
      ),
    );
    for (const [name, v] of values) {
      if (name.includes('feature_gate.up'))
        expect(
          v.every((x) => x === 0),
          name,
        ).toBe(true);
      if (name.includes('feature_gate.down.weight'))
        expect(
          v.some((x) => x !== 0),
          name,
        ).toBe(true);
    }
    fresh.dispose();
  });

  it('gives tasks that train apart the groups they have together', () => {
    const shape = { features, tasks };
    const groupsOf = (apart: number[]) =>
      home.paramsOfTasks?.({ ...settings, groups: [1, 2, 3] }, shape, apart).groups;
    expect(groupsOf([0, 2])).toEqual([1, 3]);
    // Numbers are repeated where there are fewer than tasks.
    expect(groupsOf([3, 1])).toEqual([1, 2]);
  });

  it('says how its feature gates differ from the formula of the paper', () => {
    expect(home.deviations.some((text) => /2 sigmoid.*bias/.test(text))).toBe(true);
    expect([...tensors.keys()].filter((name) => /feature_gate\.(down|up)\.bias$/.test(name))).toHaveLength(
      2 * (2 * sizes.shared + 4 * sizes.group + 4 * sizes.task),
    );
  });
});
