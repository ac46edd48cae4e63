import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf } from '../config/params.ts';
import { WorkbenchError } from '../core/errors.ts';
import { mmoe } from '../models/mmoe.ts';
import { type GradientModelDef, isBoosted, type Model, type ModelDef } from '../models/model.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { multitab } from '../models/multitab.ts';
import { models } from '../models/registry.ts';
import { stMlp } from '../models/stMlp.ts';
import { readWeights } from './readWeights.ts';
import { type NamedTensor, readSafetensors, writeSafetensors } from './safetensors.ts';
import { loadWeights, stateDict } from './stateDict.ts';
import { torchFileOf } from './testing.ts';
import { savedNames } from './torchNames.ts';

const tensors: fc.Arbitrary<NamedTensor[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.string({ minLength: 1, maxLength: 12 }),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    })
    .filter(({ name }) => name !== '__metadata__' && name !== '__proto__')
    .chain(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return fc
        .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size })
        .map((data) => ({ name, shape, data: Float32Array.from(data) }));
    }),
  { selector: (t) => t.name, maxLength: 5 },
);

const load = (model: Model, tensors: NamedTensor[]) =>
  loadWeights(model, { tensors, notes: [] }, { fileName: 'w.pt', label: 'It' });

/** All tensors of a model; as bytes, a hundred thousand numbers are compared quickly. */
const bytesOf = async (model: Model) => writeSafetensors(await stateDict(model), {});

/** The error that a call throws. */
function refusal(call: () => void): WorkbenchError {
  try {
    call();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** A file with this header and body. */
function file(header: string, body = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('safetensors', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(tensors, (list) => {
        expect(readSafetensors(writeSafetensors(list, { by: 'test' }), 'f')).toEqual(
          // Integer-like names come first in a JavaScript object; order does not matter.
          expect.arrayContaining(list),
        );
      }),
    );
  });

  it('read the types of PyTorch', () => {
    const one = (dtype: string, data: number[]) => {
      const f = file(
        JSON.stringify({ x: { dtype, shape: [1], data_offsets: [0, data.length] } }),
        data.length,
      );
      f.set(data, f.length - data.length);
      return readSafetensors(f, 'f')[0]?.data[0];
    };
    expect(one('F16', [0x00, 0xc1])).toBe(-2.5);
    expect(one('BF16', [0x20, 0xc0])).toBe(-2.5);
    expect(one('I64', [7, 0, 0, 0, 0, 0, 0, 0])).toBe(7);
    expect(one('I8', [0xff])).toBe(-1);
  });

  it.each([
    ['too short', new Uint8Array(3)],
    ['a header longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['no JSON', file('{nonsense')],
    ['a list', file('[1, 2]')],
    ['an unknown type', file('{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}', 8)],
    ['a negative size', file('{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4)],
    ['bytes beyond the end', file('{"x":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}', 4)],
    ['fewer bytes than the shape', file('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4)],
    [
      'a size beyond all numbers',
      file('{"x":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}', 4),
    ],
  ])('refuse %s', (_what, bytes) => {
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow(/w\.safetensors, .*expected/);
  });

  const floats = (places: [name: string, start: number, end: number][], size: number) =>
    file(
      JSON.stringify(
        Object.fromEntries(
          places.map(([name, start, end]) => [
            name,
            { dtype: 'F32', shape: [(end - start) / 4], data_offsets: [start, end] },
          ]),
        ),
      ),
      size,
    );

  it.each([
    [
      'tensors that share bytes',
      floats(
        [
          ['a', 0, 8],
          ['b', 4, 12],
        ],
        12,
      ),
      /b: .* at byte 8, got byte 4, which belongs/,
    ],
    [
      'a hole',
      floats(
        [
          ['b', 12, 16],
          ['a', 0, 8],
        ],
        16,
      ),
      /b: .* at byte 8, got byte 12, which leaves a hole/,
    ],
    ['a hole at the start', floats([['a', 4, 8]], 8), /a: .* at byte 0, got byte 4/],
    ['bytes behind the last tensor', floats([['a', 0, 8]], 16), /its end: .* at byte 8, got 16 bytes/],
    ['a long name', floats([['n'.repeat(200_000), 0, 4]], 4), /^w, n{253}… \(200003 characters\): /],
    [
      'two tensors of one name, of which JSON keeps the second',
      file(
        '{"a:":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a:":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      /header: expected every name once/,
    ],
    [
      'a type that can be no text',
      file('{"a":{"dtype":{"toString":null},"shape":[0],"data_offsets":[0,0]}}'),
      /a: expected a type .* got \{"toString":null\}/,
    ],
    [
      'a shape nested 7,000 deep',
      file(`{"a":{"dtype":"F32","shape":${'['.repeat(7_000)}${']'.repeat(7_000)},"data_offsets":[0,0]}}`),
      /a: expected a shape .* got a value nested too deeply/,
    ],
    ['a list of texts', file('{"__metadata__":["a"]}'), /__metadata__: expected an object of texts/],
  ])('refuse %s, as the format does', (_what, bytes, message) => {
    expect(() => readSafetensors(bytes, 'w')).toThrow(message);
  });

  it('keep names with signs of JSON in them', () => {
    const name = 'a:"b\\": {,';
    expect(readSafetensors(floats([[name, 0, 4]], 4), 'w').map((tensor) => tensor.name)).toEqual([name]);
  });

  it('read tensors in any order, and empty ones', () => {
    const given = floats(
      [
        ['b', 8, 12],
        ['none', 8, 8],
        ['a', 0, 8],
        ['last', 12, 12],
      ],
      12,
    );
    expect(readSafetensors(given, 'w').map(({ name, shape }) => [name, shape])).toEqual([
      ['b', [1]],
      ['none', [0]],
      ['a', [2]],
      ['last', [0]],
    ]);
  });
});

describe('state_dict', () => {
  const feature = (name: string, cardinality = 1) => ({
    name,
    kind: cardinality > 1 ? ('categorical' as const) : ('numeric' as const),
    cardinality,
  });
  const shape = {
    features: [feature('c', 3), feature('x')],
    tasks: [{ name: 'y', type: 'regression' as const, outputs: 1, description: '' }],
  };
  /** Enough tensors for every architecture at its defaults. */
  const many = {
    features: [feature('c', 3), feature('d', 4), feature('x'), feature('y')],
    tasks: ['a', 'b', 'c'].map((name, i) => ({
      name,
      type: 'regression' as const,
      outputs: i + 1,
      description: '',
    })),
  };
  const gradientModels = Object.entries<ModelDef>(models).flatMap(
    ([id, def]): [string, GradientModelDef][] => (isBoosted(def) ? [] : [[id, def]]),
  );
  const params = { ...defaultsOf(mmoe.params), experts: 2, expert: [4], tower: [3], embedding: 2 };

  beforeAll(async () => {
    await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
  });

  it('carries a model over to another one', async () => {
    const [a, b] = [1, 2].map((seed) => mmoe.build({ ...shape, params, seed }));
    const bytes = writeSafetensors(await stateDict(a), {});
    expect(await stateDict(b)).not.toEqual(await stateDict(a));
    expect(load(b, readSafetensors(bytes, 'f'))).toEqual([]);
    expect(await stateDict(b)).toEqual(await stateDict(a));
    a.dispose();
    b.dispose();
  });

  it.each(gradientModels)('of %s comes back through either kind of file', async (_id, def) => {
    const context = { ...many, params: defaultsOf(def.params) };
    expect(def.check(context.params, many, '')).toEqual([]);
    const a = def.build({ ...context, seed: 1 });
    const saved = await stateDict(a);
    const file = writeSafetensors(saved, {});
    const isSaved = async (model: Model) => Buffer.compare(await bytesOf(model), file) === 0;
    for (const bytes of [file, torchFileOf(saved)]) {
      const b = def.build({ ...context, seed: 2 });
      expect(await isSaved(b)).toBe(false);
      expect(load(b, readWeights(bytes, 'f.safetensors').tensors)).toEqual([]);
      expect(await isSaved(b)).toBe(true);
      b.dispose();
    }
    a.dispose();
  });

  it('keeps a prefix that belongs to the names', async () => {
    const tasks = shape.tasks.map((task) => ({ ...task, name: 'model' }));
    const sizes = { ...defaultsOf(stMlp.params), hidden: [4] };
    const model = stMlp.build({ ...shape, tasks, params: sizes, seed: 1 });
    const tensors = await stateDict(model);
    expect(tensors.every(({ name }) => name.startsWith('model.'))).toBe(true);
    expect(load(model, tensors)).toEqual([]);
    const wrapped = tensors.map((t) => ({ ...t, name: `module._orig_mod.${t.name}` }));
    const note = 'Names of the file are taken without module._orig_mod., which all of them begin with.';
    expect(load(model, wrapped)).toEqual([{ code: 'weights-prefix', text: note }]);
    // Missing tensors are listed under the best matching names.
    const refused = refusal(() => load(model, wrapped.slice(1)));
    expect(refused.issues.map((i) => i.path)).toEqual([tensors[0]?.name]);
    expect(refused.message).toContain(
      `of ${tensors.length} tensors, ${tensors.length - 1} are found, read without module._orig_mod.; 1 tensor missing (${tensors[0]?.name})`,
    );
    // The issues name them all, and the message one.
    const empty = refusal(() => load(model, []));
    expect(empty.issues).toHaveLength(tensors.length);
    expect(empty.message).toContain(`${tensors.length} tensors missing (such as ${tensors[0]?.name}).`);
    model.dispose();
  });

  it('lists what does not fit, name by name, and changes nothing', async () => {
    const model = mmoe.build({ ...shape, params, seed: 1 });
    const before = await stateDict(model);
    const changed = before.slice(1).map((t, i) => (i === 0 ? { ...t, shape: [...t.shape, 1] } : t));
    // Within a part of the model, so that it cannot be skipped as foreign.
    const extra = { name: 'towers.z.weight', shape: [2], data: new Float32Array(2) };
    const { issues, message } = refusal(() => load(model, [...changed, extra]));
    const [first, second] = before as [NamedTensor, NamedTensor];
    expect(issues.map((i) => [i.path, i.got])).toEqual([
      [second.name, `[${second.shape.join(', ')}, 1]`],
      [first.name, 'no such tensor'],
      ['towers.z.weight', '[2]'],
    ]);
    expect(message).toMatch(
      /1 tensor of another shape .* 1 tensor missing .* 1 tensor that the model has not/,
    );
    expect(await stateDict(model)).toEqual(before);
    model.dispose();
  });

  it('refuses numbers that are not finite in the model, and no others', async () => {
    const model = mmoe.build({ ...shape, params, seed: 1 });
    const before = await stateDict(model);
    const [a, b] = before.filter((t) => t.shape.length === 2) as [NamedTensor, NamedTensor];
    const spoilt = before.map((t) => ({ ...t, data: t.data.slice() }));
    const spoil = (name: string, at: number, value: number) => {
      const tensor = spoilt.find((t) => t.name === name);
      if (tensor) tensor.data[at] = value;
    };
    const columns = a.shape[1] as number;
    spoil(a.name, columns, Number.NaN);
    spoil(a.name, columns + 1, Number.NEGATIVE_INFINITY);
    spoil(b.name, 0, Number.POSITIVE_INFINITY);
    for (const file of [writeSafetensors(spoilt, {}), torchFileOf(spoilt)]) {
      const { issues } = refusal(() => load(model, readWeights(file, 'w.safetensors').tensors));
      expect(issues.map((i) => [i.path, i.got])).toEqual([
        [`w.pt, ${a.name}`, `2 of ${a.data.length} that are not, the first NaN at [1, 0]`],
        [`w.pt, ${b.name}`, `1 of ${b.data.length} that are not, the first Infinity at [0, 0]`],
      ]);
    }
    expect(await stateDict(model)).toEqual(before);
    // The state of a metric starts at infinity.
    const metric = { name: 'best.min_value', shape: [1], data: Float32Array.of(Number.POSITIVE_INFINITY) };
    const given = readWeights(writeSafetensors([...before, metric], {}), 'w.safetensors').tensors;
    expect(load(model, given)).toEqual([
      { code: 'weights-left-out', text: expect.stringContaining('1 tensor of the file') },
    ]);
    model.dispose();
  });

  it('refuses a variance below zero, and takes one of zero', async () => {
    const model = mtMlp.build({ ...shape, params: { ...defaultsOf(mtMlp.params), shared: [4] }, seed: 1 });
    const tensors = await stateDict(model);
    const variance = tensors.find(({ name }) => name.endsWith('running_var')) as NamedTensor;
    const withValue = (value: number) =>
      tensors.map((t) => (t === variance ? { ...t, data: t.data.map((v, i) => (i === 1 ? value : v)) } : t));
    expect(load(model, withValue(0))).toEqual([]);
    expect(refusal(() => load(model, withValue(-1e-6))).issues[0]).toMatchObject({
      path: `w.pt, ${variance.name}`,
      expected: 'variances, which are not below 0',
      got: expect.stringMatching(/^-9\.99\d+e-7 at \[1\]$/),
    });
    // Other tensors may be negative.
    const mean = tensors.find(({ name }) => name.endsWith('running_mean')) as NamedTensor;
    const below = tensors.map((t) => (t === mean ? { ...t, data: t.data.map(() => -1) } : t));
    expect(load(model, below)).toEqual([]);
    model.dispose();
  });

  it('says of a float64 beyond float32 what stands there', () => {
    const bytes = file('{"x":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}', 16);
    new DataView(bytes.buffer).setFloat64(bytes.length - 8, 1e300, true);
    expect(readSafetensors(bytes, 'f')[0]?.notFinite).toEqual({ count: 1, first: 1, value: 1e300 });
  });

  it.each(gradientModels)('of %s has no name that PyTorch refuses, and comes back', async (_id, def) => {
    const names = ['yield.kg', '', 'type'];
    const tasks = many.tasks.map((task, i) => ({ ...task, name: names[i] as string }));
    const context = { ...many, tasks, params: defaultsOf(def.params) };
    const saved = savedNames(def, context);
    const a = def.build({ ...context, seed: 1 });
    const b = def.build({ ...context, seed: 2 });
    const out = await stateDict(a, saved);
    const segments = out.flatMap(({ name }) => name.split('.'));
    const isNamed = (await stateDict(a)).some(({ name }) => name.includes('yield.kg'));
    if (isNamed) for (const key of ['yield%2Ekg', '%', '%74ype']) expect(segments).toContain(key);
    for (const key of ['kg', '', 'type']) expect(segments).not.toContain(key);
    const options = { fileName: 'w.pt', label: 'It', saved };
    expect(loadWeights(b, { tensors: out, notes: [] }, options).map((n) => n.code)).toEqual(
      isNamed ? ['weights-names-changed'] : [],
    );
    expect(Buffer.compare(await bytesOf(b), await bytesOf(a))).toBe(0);
    // Files with the model's own names are still accepted.
    expect(loadWeights(b, { tensors: await stateDict(a), notes: [] }, options)).toEqual([]);
    a.dispose();
    b.dispose();
  });

  it('has the names and shapes of the public code', async () => {
    const golden = JSON.parse(
      readFileSync(new URL('../golden/data/mtt_rowcol_rope_TxT_fixed.json', import.meta.url), 'utf8'),
    );
    const names = golden.features.order.map((name: string, i: number) =>
      feature(name, golden.features.cardinality[i]),
    );
    const tasks = golden.config.tasks.map((name: string) => ({
      name,
      type: 'regression',
      outputs: golden.outputs_eval_mode[name].shape[1],
      description: '',
    }));
    const { embed_dim: width, n_heads: heads, ff_hid_dim: feedForward } = golden.config;
    const sizes = { width, heads, feedForward, tower: [8], blocks: 1, attention: 'row_col', rotary: true };
    const model = multitab.build({
      features: names,
      tasks,
      params: { ...defaultsOf(multitab.params), ...sizes },
      seed: 0,
    });
    const ours = Object.fromEntries((await stateDict(model)).map((t) => [t.name, t.shape]));
    const theirs = Object.fromEntries(
      Object.entries(golden.params as Record<string, { shape: number[] }>).map(([name, t]) => [
        name,
        t.shape,
      ]),
    );
    expect(ours).toEqual(theirs);
    model.dispose();
  });
});
