// The measured architectures in jax-js, as its users would write them: our variables by name, batched like ours. Every function
// consumes its arrays, as jax-js requires; `.ref` keeps one for another use.
import { lax, nn, numpy as np } from '@jax-js/jax';
import type { Params } from '../src/engine/config/params.ts';

/** By variable name in the workbench. */
export type JaxParameters = Record<string, np.Array>;

/**
 * @param numeric - [B, features]
 * @param settings - of the model
 * @returns [B, tasks]
 */
export type JaxModel = (parameters: JaxParameters, numeric: np.Array, settings: Params) => np.Array;

/** Variables that hold several layers are named after the first and the last; the first is enough to find them. */
function named(parameters: JaxParameters, start: string, end: string): np.Array {
  const key = Object.keys(parameters).find((name) => name.startsWith(start) && name.endsWith(end));
  if (!key) throw new Error(`no variable is named ${start}…${end}`);
  return parameters[key];
}

/** x W^T + b; x [..., in], W [out, in]. */
function linear(parameters: JaxParameters, name: string, x: np.Array): np.Array {
  const product = lax.dot(x, named(parameters, name, '.weight'), {
    lhsContractingDims: [x.ndim - 1],
    rhsContractingDims: [1],
  });
  return product.add(named(parameters, name, '.bias'));
}

/** One layer per task or expert, each on its own input: [B, G, in] -> [B, G, out]. */
function linears(parameters: JaxParameters, name: string, x: np.Array): np.Array {
  const [, groups, inputs] = x.shape;
  const weight = named(parameters, name, '.weight').reshape([groups, -1, inputs]);
  const bias = named(parameters, name, '.bias').reshape([groups, -1]);
  return np.einsum('bgi,goi->bgo', x, weight).add(bias);
}

/** A value times a vector, per column: [B, n] -> [B, n, e]. */
const tokens = (parameters: JaxParameters, name: string, values: np.Array): np.Array =>
  np
    .expandDims(values, 2)
    .mul(named(parameters, name, '.weight'))
    .add(named(parameters, name, '.bias'));

const layerNorm = (parameters: JaxParameters, name: string, x: np.Array): np.Array =>
  nn
    .standardize(x, -1)
    .mul(named(parameters, name, '.weight'))
    .add(named(parameters, name, '.bias'));

/** With batch statistics; running ones, which ours updates, are left out. x [B, ...]. */
function batchNormRelu(parameters: JaxParameters, name: string, x: np.Array): np.Array {
  const shape = x.shape.slice(1);
  const scale = named(parameters, name, '.weight').reshape(shape);
  const offset = named(parameters, name, '.bias').reshape(shape);
  return nn.relu(nn.standardize(x, 0).mul(scale).add(offset));
}

/** Rotates neighbouring dimensions of each head by an angle proportional to the position; x [B, L, H, hd]. */
function rotate(x: np.Array): np.Array {
  const [batch, length, heads, size] = x.shape;
  const half = size / 2;
  const angles = Float32Array.from(
    { length: length * half },
    (_, i) => Math.floor(i / half) * 10000 ** ((-2 * (i % half)) / size),
  );
  const table = (values: Float32Array<ArrayBuffer>) => np.array(values).reshape([length, 1, half]);
  const cos = table(angles.map(Math.cos));
  const sin = table(angles.map(Math.sin));
  const [a, b] = np
    .split(x.reshape([batch, length, heads, half, 2]), 2, 4)
    .map((part) => np.squeeze(part, 4));
  const turned = [a.ref.mul(cos.ref).sub(b.ref.mul(sin.ref)), b.mul(cos).add(a.mul(sin))];
  return np.stack(turned, 4).reshape([batch, length, heads, size]);
}

/** A pre-norm encoder layer; x [B, L, D]. */
function encoder(
  parameters: JaxParameters,
  name: string,
  x: np.Array,
  heads: number,
  rotary: boolean,
): np.Array {
  const [batch, length, width] = x.shape;
  const normed = layerNorm(parameters, `${name}.norm1`, x.ref);
  const weight = named(parameters, `${name}.attention.in_proj_weight`, '');
  const bias = named(parameters, `${name}.attention.in_proj_bias`, '');
  const packed = lax.dot(normed, weight, { lhsContractingDims: [2], rhsContractingDims: [1] }).add(bias);
  const [q, k, v] = np.split(packed, 3, 2).map((part) => part.reshape([batch, length, heads, width / heads]));
  const turn = (part: np.Array) => (rotary ? rotate(part) : part);
  const mixed = nn.dotProductAttention(turn(q), turn(k), v).reshape([batch, length, width]);
  const attended = x.add(linear(parameters, `${name}.attention.out_proj`, mixed));
  const second = layerNorm(parameters, `${name}.norm2`, attended.ref);
  const hidden = nn.gelu(linear(parameters, `${name}.mlp.0`, second), { approximate: false });
  return attended.add(linear(parameters, `${name}.mlp.3`, hidden));
}

/** The last layer of every task: [B, T, in] -> [B, T]. */
const lastLayers = (parameters: JaxParameters, name: string, x: np.Array): np.Array =>
  np.einsum('bti,ti->bt', x, named(parameters, name, '.weight')).add(named(parameters, name, '.bias'));

/** MultiTab-Net with one block, no mask and numeric columns. */
export const jaxMultitab: JaxModel = (parameters, numeric, settings) => {
  const heads = settings.heads as number;
  const [rows] = numeric.shape;
  const taskTokens = named(parameters, 'tok_emb.tasks', '.weight').add(
    named(parameters, 'tok_emb.tasks', '.bias'),
  );
  const [tasks, width] = taskTokens.shape;
  const own = np.broadcastTo(np.expandDims(taskTokens, 0), [rows, tasks, width]);
  const embedded = np.concatenate([own, tokens(parameters, 'tok_emb.numeric', numeric)], 1);
  const length = embedded.shape[1];
  let x = encoder(parameters, 'transformer.blocks.0.0', embedded, heads, false);
  if (settings.attention === 'row_col') {
    const flat = x.reshape([1, rows, length * width]);
    x = encoder(parameters, 'transformer.blocks.0.1', flat, heads, settings.rotary as boolean).reshape([
      rows,
      length,
      width,
    ]);
  }
  const read = x.slice([], [0, tasks]);
  const hidden = nn.relu(linears(parameters, 'task_heads.y0.tower.0.mlp.0.0', read));
  return lastLayers(parameters, 'task_heads.y0.tower.1', hidden);
};

/** MMoE with experts of two layers and towers of one hidden layer. */
export const jaxMmoe: JaxModel = (parameters, numeric, settings) => {
  const experts = settings.experts as number;
  const [rows] = numeric.shape;
  const x = tokens(parameters, 'embedding.numeric', numeric).reshape([rows, -1]);
  const first = linear(parameters, 'experts.0.mlp.mlp.0.0', x.ref).reshape([rows, experts, -1]);
  const hidden = batchNormRelu(parameters, 'experts.0.mlp.mlp.0.1', first);
  const second = linears(parameters, 'experts.0.mlp.mlp.1.0', hidden);
  const outputs = batchNormRelu(parameters, 'experts.0.mlp.mlp.1.1', second); // [B, E, H]
  const weights = nn.softmax(linear(parameters, 'gates.y0.fc', x).reshape([rows, -1, experts]), 2);
  const mixed = np.einsum('bte,beh->bth', weights, outputs);
  const tower = linears(parameters, 'towers.y0.tower.0.mlp.0.0', mixed);
  return lastLayers(
    parameters,
    'towers.y0.tower.1',
    batchNormRelu(parameters, 'towers.y0.tower.0.mlp.0.1', tower),
  );
};
