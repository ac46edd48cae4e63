// The SIMD module behind our kernels: finds the addresses of tensors, makes the outputs, and calls the loops.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../activation.ts';
import { type AdamwOptions, registerNativeAdamw } from '../adamw.ts';
import type { AttentionAttributes } from '../attention.ts';
import { type NativeKernel, registerNative } from '../defineKernel.ts';
import type { EmbedAttributes } from '../embedTokens.ts';
import type { HostModule, SimdExports } from './install.ts';
import { attentionByProducts, attentionGradientByProducts } from './longAttention.ts';

const ACTIVATION_CODES: Record<Activation, number> = { none: 0, relu: 1, gelu: 2 };

/**
 * Head size from which attention runs as products of whole matrices: there the products of tfjs win over loops of ours.
 */
const LARGE_HEAD = 32;

type Shaped = tf.Tensor & { shape: number[] };

export function registerNatives(backend: BackendWasm, host: HostModule, simd: SimdExports): void {
  const address = (t: tf.Tensor): number => backend.dataIdMap.get(t.dataId as object).memoryOffset;
  const output = (shape: number[]): tf.Tensor =>
    tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
  const register = <A>(name: string, kernel: NativeKernel<A>) => registerNative('wasm', name, kernel);

  register<{ activation: Activation }>('BiasActivation', ([x, bias], { activation }) => {
    const [rows, columns] = (x as Shaped).shape as [number, number];
    const y = output([rows, columns]);
    const z = activation === 'gelu' ? output([rows, columns]) : null;
    const code = ACTIVATION_CODES[activation];
    simd.biasActivation(
      address(x as tf.Tensor),
      address(bias as tf.Tensor),
      address(y),
      z ? address(z) : 0,
      rows,
      columns,
      code,
    );
    return z ? [y, z] : [y];
  });

  register<{ activation: Activation }>('ActivationGradient', ([dy, value], { activation }) => {
    const out = output((dy as tf.Tensor).shape);
    simd.activationGradient(
      address(dy as tf.Tensor),
      address(value as tf.Tensor),
      address(out),
      out.size,
      ACTIVATION_CODES[activation],
    );
    return [out];
  });

  register('ColumnSum', ([x]) => {
    const columns = (x as tf.Tensor).shape.at(-1) as number;
    const out = output([columns]);
    simd.columnSum(address(x as tf.Tensor), address(out), (x as tf.Tensor).size / columns, columns);
    return [out];
  });

  register('Transpose', ([x]) => {
    const [rows, columns] = (x as Shaped).shape as [number, number];
    const out = output([columns, rows]);
    simd.transpose(address(x as tf.Tensor), address(out), rows, columns);
    return [out];
  });

  register<{ epsilon: number }>('LayerNorm', ([x, scale, offset], { epsilon }) => {
    const [rows, columns] = (x as Shaped).shape as [number, number];
    const [y, mean, inverse] = [output([rows, columns]), output([rows, 1]), output([rows, 1])] as const;
    const inputs = [x, scale, offset].map((t) => address(t as tf.Tensor)) as [number, number, number];
    simd.layerNorm(...inputs, address(y), address(mean), address(inverse), rows, columns, epsilon);
    return [y, mean, inverse];
  });

  register('LayerNormGradient', (inputs) => {
    const [rows, columns] = (inputs[0] as Shaped).shape as [number, number];
    const outputs = [output([rows, columns]), output([columns]), output([columns])];
    simd.layerNormGradient(...[...inputs, ...outputs].map(address), rows, columns);
    return outputs;
  });

  registerAttention(host, simd, register, address, output);
  registerEmbedding(simd, register, address, output);

  register('GradientSquares', (gradients) => {
    const sums = gradients.map((g) => simd.sumOfSquares(address(g), g.size));
    return [tf.tensor1d(sums)];
  });

  registerNativeAdamw('wasm', (parameter, gradient, m, v, o: AdamwOptions) => {
    // Written in place, which must not reach a tensor that shares the memory.
    if ([parameter, m, v].some((t) => backend.refCount(t.dataId as object) > 1)) return false;
    simd.adamw(
      ...[parameter, gradient, m, v].map(address),
      parameter.size,
      o.learningRate,
      o.beta1,
      o.beta2,
      o.epsilon,
      1 - o.learningRate * o.weightDecay,
      1 / (1 - o.beta1 ** o.step),
      1 / (1 - o.beta2 ** o.step),
      o.gradientScale,
    );
    return true;
  });
}

type Register = <A>(name: string, kernel: NativeKernel<A>) => void;
type Address = (t: tf.Tensor) => number;
type Output = (shape: number[]) => tf.Tensor;

function registerAttention(
  host: HostModule,
  simd: SimdExports,
  register: Register,
  address: Address,
  output: Output,
): void {
  /** Mask bytes in the memory of the backend, copied once per mask. */
  const maskAddress = new WeakMap<Uint8Array, number>();
  const addressOfMask = (blocked: Uint8Array | null): number => {
    if (!blocked) return 0;
    let place = maskAddress.get(blocked);
    if (place === undefined) {
      place = host._malloc(blocked.length) >>> 0;
      new Uint8Array(host.asm.memory.buffer).set(blocked, place);
      maskAddress.set(blocked, place);
    }
    return place;
  };
  const padded = (length: number) => (length + 3) & ~3;

  register<AttentionAttributes>('Attention', ([qkv], { heads, blocked }) => {
    const [groups, length, packed] = (qkv as Shaped).shape as [number, number, number];
    const width = packed / 3;
    const headSize = width / heads;
    if (headSize >= LARGE_HEAD) return attentionByProducts(qkv as tf.Tensor3D, heads, blocked);
    const out = output([groups, length, width]);
    const weights = output([groups * heads, length, length]);
    const scratch = output([(2 * headSize + 1) * padded(length)]);
    const places = [qkv as tf.Tensor, out, weights, scratch].map(address) as [number, number, number, number];
    simd.attention(
      places[0],
      addressOfMask(blocked),
      places[1],
      places[2],
      places[3],
      groups,
      length,
      width,
      heads,
    );
    scratch.dispose();
    return [out, weights];
  });

  register<AttentionAttributes>('AttentionGradient', (inputs, { heads }) => {
    const [dy, qkv, weights] = inputs as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const [groups, length, width] = dy.shape;
    const headSize = width / heads;
    if (headSize >= LARGE_HEAD) return attentionGradientByProducts(dy, qkv, weights, heads);
    const dqkv = output([groups, length, 3 * width]);
    const scratch = output([(4 * headSize + 2) * padded(length)]);
    simd.attentionGradient(...[dy, qkv, weights, dqkv, scratch].map(address), groups, length, width, heads);
    scratch.dispose();
    return [dqkv];
  });
}

function registerEmbedding(simd: SimdExports, register: Register, address: Address, output: Output): void {
  /** Where each group of inputs stands, and its first token. */
  const layout = (inputs: readonly tf.Tensor[], a: EmbedAttributes) => {
    const queue = [...inputs];
    const tasks = a.tasks ? queue.splice(0, 2) : [];
    const categorical = a.categorical ? queue.splice(0, 2) : [];
    const numeric = a.numeric ? queue.splice(0, 3) : [];
    const numTasks = tasks[0]?.shape[0] ?? 0;
    const numCodes = categorical[1]?.shape[1] ?? 0;
    const numNumeric = numeric[0]?.shape[0] ?? 0;
    const width = (tasks[0] ?? categorical[0] ?? numeric[0])?.shape[1] ?? 0;
    return {
      tasks,
      categorical,
      numeric,
      numTasks,
      numCodes,
      numNumeric,
      width,
      tokens: numTasks + numCodes + numNumeric,
    };
  };

  register<EmbedAttributes>('EmbedTokens', (inputs, attributes) => {
    const { rows } = attributes;
    const l = layout(inputs, attributes);
    const out = output([rows, l.tokens, l.width]);
    const target = address(out);
    if (l.tasks.length > 0)
      simd.embedTasks(...l.tasks.map(address), target, rows, l.numTasks, l.width, l.tokens);
    if (l.categorical.length > 0) {
      const [table, codes] = l.categorical as [tf.Tensor, tf.Tensor];
      simd.embedCodes(
        address(codes),
        address(table),
        target,
        rows,
        l.numCodes,
        l.width,
        l.numTasks,
        l.tokens,
      );
    }
    if (l.numeric.length > 0) {
      const [weight, bias, values] = l.numeric as [tf.Tensor, tf.Tensor, tf.Tensor];
      const first = l.numTasks + l.numCodes;
      simd.embedNumeric(
        address(values),
        address(weight),
        address(bias),
        target,
        rows,
        l.numNumeric,
        l.width,
        first,
        l.tokens,
      );
    }
    return [out];
  });

  register<EmbedAttributes>('EmbedTokensGradient', ([dy, ...inputs], attributes) => {
    const { rows } = attributes;
    const l = layout(inputs, attributes);
    const source = address(dy as tf.Tensor);
    const grads: tf.Tensor[] = [];
    if (l.tasks.length > 0) {
      const out = output([l.numTasks, l.width]);
      simd.embedTasksGradient(source, address(out), rows, l.numTasks, l.width, l.tokens);
      grads.push(out);
    }
    if (l.categorical.length > 0) {
      const [table, codes] = l.categorical as [tf.Tensor, tf.Tensor];
      const tableRows = table.shape[0] as number;
      const out = output([tableRows, l.width]);
      simd.embedCodesGradient(
        source,
        address(codes),
        address(out),
        rows,
        l.numCodes,
        l.width,
        l.numTasks,
        l.tokens,
        tableRows,
      );
      grads.push(out);
    }
    if (l.numeric.length > 0) {
      const values = l.numeric[2] as tf.Tensor;
      const first = l.numTasks + l.numCodes;
      const [dWeight, dBias] = [output([l.numNumeric, l.width]), output([l.numNumeric, l.width])];
      simd.embedNumericGradient(
        source,
        address(values),
        address(dWeight),
        address(dBias),
        rows,
        l.numNumeric,
        l.width,
        first,
        l.tokens,
      );
      grads.push(dWeight, dBias);
    }
    return grads;
  });
}
