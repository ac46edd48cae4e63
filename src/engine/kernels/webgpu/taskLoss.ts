// Losses of tasks on WebGPU. A batch is small, so one workgroup adds up the rows.
import type { NativeKernel } from '../defineKernel.ts';
import type { LossAttributes, LossKind } from '../taskLoss.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';

const LANES = 256;
const GRADIENT_LANES = 64;

/** Largest logit of a row and sum of the exponentials, for a softmax. */
const SOFTMAX = `
  fn softmax_of(start: u32) -> vec2f {
    var top = logits[start];
    for (var k = 1u; k < p.outputs; k++) { top = max(top, logits[start + k]); }
    var powers = 0.0;
    for (var k = 0u; k < p.outputs; k++) { powers += exp(logits[start + k] - top); }
    return vec2f(top, powers);
  }`;

const LOSS: Record<LossKind, string> = {
  'squared-error': 'let error = logits[row] - targets[row]; return error * error;',
  binary: `
    let z = logits[row];
    return select(z, 0.0, z < 0.0) - z * targets[row] + log(1.0 + exp(-abs(z)));`,
  // As a one-hot product has it, a class that does not exist costs nothing.
  multiclass: `
    let start = row * p.outputs;
    let s = softmax_of(start);
    let target_class = i32(targets[row]);
    if (target_class < 0 || target_class >= i32(p.outputs)) { return 0.0; }
    return log(s.y) - (logits[start + u32(target_class)] - s.x);`,
};

const forward: Program<{ kind: LossKind }> = {
  name: 'TaskLoss',
  shader: ({ kind }): Shader => ({
    lanes: LANES,
    inputs: { logits: 'f32', targets: 'f32' },
    outputs: { loss: 'f32' },
    params: { rows: 'u32', outputs: 'u32' },
    code: `
      ${kind === 'multiclass' ? SOFTMAX : ''}
      fn loss_of(row: u32) -> f32 { ${LOSS[kind]} }
      var<workgroup> parts: array<f32, ${LANES}>;
      fn run(group: u32, lane: u32) {
        var sum = 0.0;
        for (var row = lane; row < p.rows; row += ${LANES}u) { sum += loss_of(row); }
        parts[lane] = sum;
        workgroupBarrier();
        for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
          if (lane < step) { parts[lane] += parts[lane + step]; }
          workgroupBarrier();
        }
        if (lane == 0u) { loss[0] = parts[0] / f32(p.rows); }
      }`,
  }),
};

const SLOPE: Record<LossKind, string> = {
  'squared-error': 'dlogits[row] = 2.0 * (logits[row] - targets[row]) * factor;',
  binary: `
    let z = logits[row];
    let e = exp(-abs(z));
    dlogits[row] = (select(e, 1.0, z > 0.0) / (1.0 + e) - targets[row]) * factor;`,
  multiclass: `
    let start = row * p.outputs;
    let s = softmax_of(start);
    let target_class = i32(targets[row]);
    for (var k = 0u; k < p.outputs; k++) {
      let chosen = select(0.0, 1.0, i32(k) == target_class);
      dlogits[start + k] = (exp(logits[start + k] - s.x) / s.y - chosen) * factor;
    }`,
};

const backward: Program<{ kind: LossKind }> = {
  name: 'TaskLossGradient',
  shader: ({ kind }): Shader => ({
    lanes: GRADIENT_LANES,
    inputs: { dy: 'f32', logits: 'f32', targets: 'f32' },
    outputs: { dlogits: 'f32' },
    params: { rows: 'u32', outputs: 'u32' },
    code: `
      ${kind === 'multiclass' ? SOFTMAX : ''}
      fn run(group: u32, lane: u32) {
        let row = group * ${GRADIENT_LANES}u + lane;
        if (row >= p.rows) { return; }
        let factor = dy[0] / f32(p.rows);
        ${SLOPE[kind]}
      }`,
  }),
};

export const taskLoss =
  (c: WebgpuContext): NativeKernel<LossAttributes> =>
  ([logits, targets], { kind }) => {
    if (isEmpty(logits)) return null;
    const [rows, outputs] = logits.shape as [number, number];
    const loss = c.output([]);
    c.run(
      forward,
      { kind },
      { inputs: [logits, targets], outputs: [loss], params: { rows, outputs }, groups: 1 },
    );
    return [loss];
  };

export const taskLossGradient =
  (c: WebgpuContext): NativeKernel<LossAttributes> =>
  (inputs, { kind }) => {
    const [, logits] = inputs;
    if (isEmpty(logits)) return null;
    const [rows, outputs] = logits.shape as [number, number];
    const dlogits = c.output(logits.shape);
    c.run(
      backward,
      { kind },
      { inputs, outputs: [dlogits], params: { rows, outputs }, groups: Math.ceil(rows / GRADIENT_LANES) },
    );
    return [dlogits];
  };
