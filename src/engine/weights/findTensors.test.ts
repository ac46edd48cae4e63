import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf } from '../config/params.ts';
import { WorkbenchError } from '../core/errors.ts';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';
import { multitab } from '../models/multitab.ts';
import { findTensors } from './findTensors.ts';
import { readWeights } from './readWeights.ts';
import { loadWeights, stateDict } from './stateDict.ts';

const shaped = (...names: string[]) => names.map((name) => ({ name, shape: [2] }));
const WANTED = shaped('embed.0.weight', 'blocks.0.norm.weight', 'blocks.1.norm.weight', 'heads.a.weight');
const named = (change: (name: string) => string) => shaped(...WANTED.map((t) => change(t.name)));
const find = (given: { name: string; shape: number[] }[]) => findTensors(WANTED, ['rope.freqs'], given);
const sourcesOf = (given: { name: string; shape: number[] }[]) =>
  WANTED.map((t) => find(given).names.get(t.name));

describe('tensors of a model in a file', () => {
  it.each([
    ['DataParallel', 'module.'],
    ['FSDP', '_fsdp_wrapped_module.'],
    ['a LightningModule of a compiled network', 'model._orig_mod.'],
    ['an attribute of whatever name', 'student.backbone2.'],
    ['a prefix that is also a part of the model', 'heads.'],
  ])('are found behind %s', (_what, prefix) => {
    const given = named((name) => prefix + name);
    expect(sourcesOf(given)).toEqual(given.map((t) => t.name));
    expect(find(given)).toMatchObject({ prefixes: [prefix], inserted: [], missing: [], leftOut: [] });
  });

  it('are found where wrappers stand within names', () => {
    const given = named(
      (name) =>
        `_fsdp_wrapped_module.${name.replace(/^blocks\.(\d)/, 'blocks._fsdp_wrapped_module.$1._orig_mod')}`,
    );
    expect(sourcesOf(given)).toEqual(given.map((t) => t.name));
    expect(find(given)).toMatchObject({
      prefixes: ['_fsdp_wrapped_module.'],
      inserted: ['_fsdp_wrapped_module', '_orig_mod'],
      leftOut: [],
    });
  });

  it('are found where parts stand behind different attributes', () => {
    const given = named((name) => (name.startsWith('heads') ? `top.${name}` : `backbone.${name}`));
    expect(sourcesOf(given)).toEqual(given.map((t) => t.name));
    expect(find(given).prefixes).toEqual(['backbone.', 'top.']);
  });

  it('are those of the model and not those of an average or an optimizer, in whatever order', () => {
    const model = named((name) => `net.module.${name}`);
    const copies = ['ema.', 'optimizer.exp_avg.'].flatMap((prefix) => named((name) => prefix + name));
    for (const given of [
      [...model, ...copies],
      [...copies, ...model],
    ]) {
      expect(sourcesOf(given)).toEqual(model.map((t) => t.name));
      expect(find(given).copies.sort()).toEqual(['ema.', 'optimizer.exp_avg.']);
      // What an average has beside the model is no copy of it.
      const more = shaped('ema.criterion.weight');
      expect(find([...given, ...more]).leftOut).toEqual(more);
    }
    // A file that holds only an average is used.
    const averaged = [...named((name) => `module.${name}`), { name: 'n_averaged', shape: [] }];
    expect(find(averaged)).toMatchObject({ missing: [], leftOut: [{ name: 'n_averaged' }] });
  });

  it('are not mixed from two copies', () => {
    const model = named((name) => `model.${name}`).slice(0, 3);
    const ema = named((name) => `ema.${name}`);
    // Whether the average has the model's tensors too, or only the missing ones.
    for (const part of [ema.slice(1), ema.slice(3)]) {
      const found = find([...model, ...part]);
      expect(found.prefixes).toEqual(['model.']);
      expect(found.missing.map((t) => t.name)).toEqual(['heads.a.weight']);
    }
  });

  it('leave out what belongs to no part, and name what belongs to one and is not in the model', () => {
    const given = [
      ...named((name) => `model.${name}`),
      ...shaped('criterion.weight', 'val_acc.total', 'model.rope.freqs', 'model.blocks.2.norm.weight'),
    ];
    expect(find(given)).toMatchObject({
      unexpected: [{ name: 'model.blocks.2.norm.weight' }],
      leftOut: [{ name: 'criterion.weight' }, { name: 'val_acc.total' }],
    });
  });

  it('of another shape are named with both', () => {
    const given = named((name) => `m.${name}`).map((t, i) => (i === 1 ? { ...t, shape: [2, 1] } : t));
    expect(find(given)).toMatchObject({
      missing: [],
      misshapen: [{ name: 'blocks.0.norm.weight', expected: [2], got: [2, 1] }],
    });
  });
});

describe('checkpoints trained on the penguins', () => {
  const numeric = (name: string): FeatureMeta => ({ name, kind: 'numeric', cardinality: 1 });
  const features: FeatureMeta[] = [
    { name: 'island', kind: 'categorical', cardinality: 3 },
    ...['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm'].map(numeric),
  ];
  const tasks: TaskMeta[] = [
    { name: 'species', type: 'multiclass', outputs: 3, description: '' },
    { name: 'sex', type: 'binary', outputs: 1, description: '' },
    { name: 'body_mass_g', type: 'regression', outputs: 1, description: '' },
  ];
  const sizes = { feedForward: 64, tower: [64], blocks: 1, width: 16, heads: 4 };
  const params = { ...defaultsOf(multitab.params), ...sizes };
  const build = () => multitab.build({ features, tasks, params, seed: 1 });
  const read = (name: string) =>
    readWeights(new Uint8Array(readFileSync(new URL(`data/${name}`, import.meta.url))), name);
  const load = (name: string, model = build()) => ({
    notes: loadWeights(model, read(name), { fileName: name, label: 'MultiTab-Net' }),
    model,
  });

  beforeAll(async () => {
    await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
  });

  it('of Lightning are found behind its attribute, without its criterion and metrics', () => {
    expect(load('lightning_crit.ckpt').notes).toEqual([
      expect.objectContaining({ code: 'weights-place' }),
      {
        code: 'weights-prefix',
        text: 'Names of the file are taken without model., which stands before them.',
      },
      {
        code: 'weights-left-out',
        text: '2 tensors of the file belong to no part of the model and are left out: criterion.weight, val_acc.total.',
      },
    ]);
  });

  it('with a compiled part give what the same without it gives', async () => {
    const { notes, model } = load('partial_compile.pt');
    expect(notes).toEqual([
      { code: 'weights-prefix', text: 'Names of the file are taken without _orig_mod within them.' },
    ]);
    expect(await stateDict(model)).toEqual(await stateDict(load('plain.safetensors').model));
  });

  it('with NaN are refused by the name of the tensor', async () => {
    const model = build();
    const before = await stateDict(model);
    const message =
      /^nan\.pt, task_heads\.sex\.tower\.1\.bias: expected finite numbers .*, got 1 of 1 that are not, the first NaN at \[0\]\. Save/;
    expect(() => load('nan.pt', model)).toThrow(WorkbenchError);
    expect(() => load('nan.pt', model)).toThrow(message);
    expect(await stateDict(model)).toEqual(before);
  });
});
