// Dropout of the real layers against golden/dropout.json: encoder layers, stacks and towers run with the masks that our own
// hash draws for the case's key, which the file contains in full.
import * as tf from '@tensorflow/tfjs-core';
import { type DropoutKey, dropoutMask } from '../kernels/ops/dropout/index.ts';
import { softmax } from '../layers/attention/softmax.ts';
import { applyEncoder, createEncoder, type Encoder } from '../layers/encoder.ts';
import type { ForwardOptions } from '../layers/forward.ts';
import { initialisations } from '../layers/initialisation.ts';
import { applyMlps, applyTowers, createMlps, createTowers } from '../layers/mlp.ts';
import { applyLayerNorm } from '../layers/norm.ts';
import type { Parameter } from '../layers/parameter.ts';
import { ParameterSet, zeros } from '../layers/parameterSet.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';
import { compareFact, compareValue } from './checkValue.ts';

type Tensors = Record<string, GoldenTensor>;

interface Mask {
  rate: number;
  key: DropoutKey;
  size: number;
  keep: number[];
}

interface CaseBase {
  case: string;
  params: Tensors;
  input: GoldenTensor;
  output_train: GoldenTensor;
  output_eval: GoldenTensor;
  cotangent: GoldenTensor;
  gradients_train: Tensors;
}

interface EncoderCase extends CaseBase {
  kind: 'encoder';
  settings: {
    heads: number;
    attentionDropout: number;
    feedForwardDropout: number;
    dropoutAt: 'hidden' | 'skip';
    /** Queries x keys, 1 = blocked. */
    blocked: number[][] | null;
  };
  key: { seed: number; step: number; site: number; attentionSite: number; feedForwardSite: number };
  keep: { attention: GoldenTensor | null; feedForward: GoldenTensor | null; skip: GoldenTensor[] | null };
  /** Exact expectation over the masks of one kind. */
  expectation?: { of: string; mean: GoldenTensor; variance: GoldenTensor };
}

interface MlpCase extends CaseBase {
  kind: 'mlp';
  settings: { hidden: number[]; dropout: number; batchNorm: boolean; tower: boolean };
  key: { seed: number; step: number; site: number };
  buffers: Tensors;
  buffers_after_train: Tensors;
  keep: GoldenTensor[];
}

export interface DropoutFile {
  mask_examples: Mask[];
  mask_quality: { rate: number; seed: number; kept_share: number; bound_4_sigma: number }[];
  cases: (EncoderCase | MlpCase | { case: string; kind: string })[];
}

/** The tolerance as a share of the largest entry, see golden/README-2. */
const TOLERANCE = 1e-5;
/** Number of masks for estimating an expectation, and the tolerance in standard errors. */
const EXPECTATION_STEPS = 400;
const STANDARD_ERRORS = 5;
/** What `mask_quality` was measured over. */
const QUALITY_STEPS = 40;
const QUALITY_SIZE = 4096;
/** Sites of the two skip paths: offset from those of layers by this much, and twice. */
const SKIP_SITES = 65536;

export async function checkDropout(file: DropoutFile): Promise<GoldenCheck[]> {
  const checks = [...file.mask_examples.map(checkMask), ...file.mask_quality.flatMap(checkQuality)];
  for (const c of file.cases) {
    if (isEncoder(c)) checks.push(...(await checkEncoder(c)));
    else if (isMlp(c)) checks.push(...(await checkMlp(c)));
    else checks.push(compareFact(`${c.case} kind`, false, `no layer for ${c.kind}`));
  }
  return checks;
}

const isEncoder = (c: { kind: string }): c is EncoderCase => c.kind === 'encoder';
const isMlp = (c: { kind: string }): c is MlpCase => c.kind === 'mlp';

const checkMask = ({ rate, key, size, keep }: Mask): GoldenCheck =>
  compareMask(`mask of rate ${rate}, key ${key}`, keep, rate, [key[0], key[1], key[2]], size);

function compareMask(
  quantity: string,
  keep: readonly number[],
  rate: number,
  key: DropoutKey,
  size = keep.length,
) {
  const factor = 1 / (1 - rate);
  const expected = keep.map((kept) => kept * factor);
  return compare(quantity, dropoutMask(size, rate, key), expected, 1e-6 * factor);
}

function checkQuality({ rate, seed, kept_share, bound_4_sigma }: DropoutFile['mask_quality'][number]) {
  const masks = Array.from({ length: QUALITY_STEPS }, (_, i) =>
    dropoutMask(QUALITY_SIZE, rate, [seed, i + 1, 0]).map((kept) => (kept > 0 ? 1 : 0)),
  );
  const share = masks.reduce((sum, mask) => sum + mask.reduce((a, b) => a + b, 0), 0);
  const correlation = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, kept, i) => sum + (kept - (1 - rate)) * ((b[i] as number) - (1 - rate)), 0) /
    (QUALITY_SIZE * rate * (1 - rate));
  const following = masks.slice(1).map((mask, i) => Math.abs(correlation(masks[i] as Float32Array, mask)));
  const largest = Math.max(...following);
  return [
    compareValue(`kept share at rate ${rate}`, share / (QUALITY_STEPS * QUALITY_SIZE), kept_share),
    compareFact(
      `masks of following steps at rate ${rate}`,
      largest <= bound_4_sigma,
      `correlation ${largest}`,
    ),
  ];
}

/** Name under which layers are made; files leave it out. */
const SCOPE = 'layer';
const fileName = (name: string) => name.slice(SCOPE.length + 1);

function load(parameters: readonly Parameter[], tensors: Tensors): void {
  for (const { variable, parts } of parameters) {
    const values = new Float32Array(variable.size);
    for (const part of parts) values.set(tensors[fileName(part.name)]?.data ?? [], part.start);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
  }
}

const toTensor = ({ shape, data }: GoldenTensor): tf.Tensor => tf.tensor(data, shape, 'float32');

function checkNames(c: CaseBase, set: ParameterSet): GoldenCheck {
  const ours = set.parameters.flatMap((p) => p.parts.map((part) => fileName(part.name))).sort();
  const theirs = Object.keys(c.params).sort();
  return compareFact(`${c.case} parameter names`, String(ours) === String(theirs), `got ${ours}`);
}

type Apply = (x: tf.Tensor, options: ForwardOptions) => tf.Tensor;

/** Output in both modes, and gradients of sum(output * cotangent) in training. */
async function checkLayer(c: CaseBase, set: ParameterSet, step: number, apply: Apply, reset: () => void) {
  const checks: GoldenCheck[] = [];
  const given = toTensor(c.input);
  const input = tf.variable(given);
  const cotangent = toTensor(c.cotangent);
  const compareTo = async (quantity: string, got: tf.Tensor, expected: GoldenTensor, least = 0) => {
    const tolerance = Math.max(TOLERANCE * maxAbs(expected.data), least);
    checks.push(compare(`${c.case} ${quantity}`, await got.data(), expected.data, tolerance));
  };
  for (const training of [false, true]) {
    reset();
    const output = tf.tidy(() => apply(input, { training, step }));
    await compareTo(
      training ? 'output train' : 'output eval',
      output,
      training ? c.output_train : c.output_eval,
    );
    output.dispose();
  }
  reset();
  const variables = [input, ...set.parameters.map((p) => p.variable)];
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(apply(input, { training: true, step }), cotangent)),
    variables,
  );
  // A bias before a batch norm has gradient 0, which the file stores as rounding noise.
  const least = 1e-6 * Math.max(...Object.values(c.gradients_train).map((g) => maxAbs(g.data)));
  if (c.gradients_train.input) {
    await compareTo('gradient input', grads[input.name] as tf.Tensor, c.gradients_train.input, least);
  }
  for (const { variable, parts } of set.parameters) {
    const gradient = (await grads[variable.name]?.data()) ?? new Float32Array(variable.size);
    for (const { name, start, size } of parts) {
      const expected = c.gradients_train[fileName(name)];
      if (!expected) continue;
      const tolerance = Math.max(TOLERANCE * maxAbs(expected.data), least);
      const own = gradient.subarray(start, start + size);
      checks.push(compare(`${c.case} gradient ${fileName(name)}`, own, expected.data, tolerance));
    }
  }
  tf.dispose([given, input, cotangent, value, grads]);
  return checks;
}

async function checkEncoder(c: EncoderCase): Promise<GoldenCheck[]> {
  const { heads, attentionDropout, feedForwardDropout, dropoutAt, blocked } = c.settings;
  const { seed, step, site } = c.key;
  const set = new ParameterSet(0);
  const width = c.input.shape[2] as number;
  const layer = createEncoder(set, {
    attention: softmax,
    networks: [{ name: SCOPE, task: null }],
    places: [{ network: null, block: 0, kind: 'feature' }],
    width,
    heads,
    hidden: c.params['mlp.0.weight']?.shape[0] as number,
    rotary: false,
    attentionDropout,
    feedForwardDropout,
    dropoutAt,
    init: initialisations.scaled,
    seed,
    site,
  });
  const mask = blocked && Uint8Array.from(blocked.flat());
  const { attention, feedForward, skip } = c.keep;
  const places: [string, GoldenTensor | null | undefined, number, number][] = [
    ['attention', attention, attentionDropout, c.key.attentionSite],
    ['feed-forward', feedForward, feedForwardDropout, c.key.feedForwardSite],
    ['first skip', skip?.[0], feedForwardDropout, c.key.feedForwardSite + SKIP_SITES],
    ['second skip', skip?.[1], feedForwardDropout, c.key.feedForwardSite + 2 * SKIP_SITES],
  ];
  const checks = [checkNames(c, set)];
  for (const [name, keep, rate, at] of places) {
    if (keep) checks.push(compareMask(`${c.case} mask of ${name}`, keep.data, rate, [seed, step, at]));
  }
  const reset = () => load(set.parameters, c.params);
  const apply: Apply = (x, options) => applyEncoder(layer, x as tf.Tensor3D, mask, options);
  checks.push(...(await checkLayer(c, set, step, apply, reset)));
  if (c.expectation) {
    reset();
    checks.push(...(await checkExpectation(c, set, layer, mask, apply)));
  }
  set.dispose();
  return checks;
}

function variableOf(set: ParameterSet, name: string): tf.Variable {
  const found = set.parameters.find((p) => p.name === name);
  if (!found) throw new Error(`no parameter ${name}`);
  return found.variable;
}

/** Mean and variance over many masks, of the output or of attention's mixed values. */
async function checkExpectation(
  c: EncoderCase,
  set: ParameterSet,
  layer: Encoder,
  mask: Uint8Array | null,
  apply: Apply,
) {
  const { of, mean, variance } = c.expectation as NonNullable<EncoderCase['expectation']>;
  const ofAttention = of.startsWith('what attention mixes');
  const input = toTensor(c.input) as tf.Tensor3D;
  const width = input.shape[2];
  // With an identity projection, attention outputs its mixed values.
  if (ofAttention) {
    const out = `${SCOPE}.attention.out_proj`;
    tf.tidy(() => {
      variableOf(set, `${out}.weight`).assign(tf.eye(width));
      variableOf(set, `${out}.bias`).assign(tf.zeros([width]));
    });
  }
  const once = (step: number) =>
    tf.tidy(() => {
      const options = { training: true, step };
      if (!ofAttention) return apply(input, options);
      const normed = applyLayerNorm(layer.norm1, input);
      return layer.attention.apply(normed, mask, options, tf.zerosLike(normed));
    });
  const size = mean.data.length;
  const [sum, squares] = [new Float64Array(size), new Float64Array(size)];
  for (let step = 1; step <= EXPECTATION_STEPS; step++) {
    const output = once(step);
    const values = await output.data();
    output.dispose();
    values.forEach((value, i) => {
      const distance = value - (mean.data[i] as number);
      sum[i] = (sum[i] as number) + distance;
      squares[i] = (squares[i] as number) + distance * distance;
    });
  }
  input.dispose();
  // In standard errors of the estimate; if no mask matters, the variance is 0 and rounding remains.
  const rounding = TOLERANCE * maxAbs(mean.data);
  const errors = Array.from(sum, (total, i) => {
    const standardError = Math.sqrt((variance.data[i] as number) / EXPECTATION_STEPS);
    return Math.abs(total / EXPECTATION_STEPS) / (standardError + rounding);
  });
  const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  const ratio = total(squares) / EXPECTATION_STEPS / total(variance.data);
  return [
    compare(
      `${c.case} mean over masks, in standard errors`,
      errors,
      errors.map(() => 0),
      STANDARD_ERRORS,
    ),
    compare(
      `${c.case} variance over masks, ratio`,
      [ratio],
      [1],
      STANDARD_ERRORS * Math.sqrt(2 / EXPECTATION_STEPS),
    ),
  ];
}

async function checkMlp(c: MlpCase): Promise<GoldenCheck[]> {
  const { hidden, dropout: dropoutRate, batchNorm, tower } = c.settings;
  const { seed, step, site } = c.key;
  const set = new ParameterSet(0);
  const options = {
    members: [{ name: SCOPE, task: null }],
    inputs: c.input.shape[1] as number,
    groups: [1],
    hidden,
    batchNorm,
    dropoutRate,
    seed,
    site,
    init: () => ({ weight: zeros, bias: zeros }),
  };
  const layer = tower
    ? createTowers(set, {
        ...options,
        sharedInput: true,
        outputs: [c.output_eval.shape[1] as number],
        names: { hidden: (name) => name, last: (name) => `${name}.last` },
      })
    : createMlps(set, options);
  const apply: Apply = (x, forward) =>
    'last' in layer
      ? (applyTowers(layer, x as tf.Tensor2D, forward)[0] as tf.Tensor)
      : applyMlps(layer, x as tf.Tensor2D, forward);
  const reset = () => {
    load(set.parameters, c.params);
    load(set.buffers, c.buffers);
  };
  const checks = [
    checkNames(c, set),
    ...c.keep.map((keep, l) =>
      compareMask(`${c.case} mask of layer ${l}`, keep.data, dropoutRate, [seed, step, site + l]),
    ),
    ...(await checkLayer(c, set, step, apply, reset)),
  ];
  reset();
  tf.dispose(tf.tidy(() => apply(toTensor(c.input), { training: true, step })));
  for (const { variable, parts } of set.buffers) {
    const values = await variable.data();
    for (const { name, start, size } of parts) {
      const expected = c.buffers_after_train[fileName(name)];
      if (!expected) continue;
      const own = values.subarray(start, start + size);
      checks.push(
        compare(`${c.case} ${fileName(name)}`, own, expected.data, TOLERANCE * maxAbs(expected.data)),
      );
    }
  }
  set.dispose();
  return checks;
}
