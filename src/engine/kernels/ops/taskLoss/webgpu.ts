// Losses of all tasks on WebGPU. A batch is small, so one workgroup per task sums its rows.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { CPU_LANES, sumOfLanes } from '../../runtime/webgpu/reductions.ts';
import { taskLossGradientKernel, taskLossKernel } from './index.ts';
import { labelledLossGradientKernel, labelledLossKernel } from './labelled.ts';
import type { LossAttributes, LossKind, LossSpec } from './losses.ts';

const GPU_LANES = 256;
const GRADIENT_LANES = 64;
const KINDS: readonly LossKind[] = ['squared-error', 'binary', 'multiclass'];

/** Largest logit of a row and sum of the exponentials, for a softmax. */
const SOFTMAX = `
  fn softmax_of(start: u32, outputs: u32) -> vec2f {
    var top = logits[start];
    for (var k = 1u; k < outputs; k++) { top = max(top, logits[start + k]); }
    var powers = 0.0;
    for (var k = 0u; k < outputs; k++) { powers += exp(logits[start + k] - top); }
    return vec2f(top, powers);
  }`;

const LOSS: Record<LossKind, string> = {
  'squared-error': 'let error = logits[start] - value; return error * error;',
  binary: `
    let z = logits[start];
    return select(z, 0.0, z < 0.0) - z * value + log(1.0 + exp(-abs(z)));`,
  // As in a one-hot product, a class index out of range adds no loss.
  multiclass: `
    let s = softmax_of(start, outputs);
    let target_class = i32(value);
    if (target_class < 0 || target_class >= i32(outputs)) { return 0.0; }
    return log(s.y) - (logits[start + u32(target_class)] - s.x);`,
};

const SLOPE: Record<LossKind, string> = {
  'squared-error': 'dlogits[start] = 2.0 * (logits[start] - value) * factor;',
  binary: `
    let z = logits[start];
    let e = exp(-abs(z));
    dlogits[start] = (select(e, 1.0, z > 0.0) / (1.0 + e) - value) * factor;`,
  multiclass: `
    let s = softmax_of(start, outputs);
    let target_class = i32(value);
    for (var k = 0u; k < outputs; k++) {
      let chosen = select(0.0, 1.0, i32(k) == target_class);
      dlogits[start + k] = (exp(logits[start + k] - s.x) / s.y - chosen) * factor;
    }`,
};

/** Only the kinds that occur, so that regression does not pay for a softmax. */
const perKind = (kinds: readonly LossKind[], code: Record<LossKind, string>) =>
  kinds.length === 1
    ? code[kinds[0] as LossKind]
    : `switch (kind) {
         ${kinds.map((k) => `case ${KINDS.indexOf(k)}u: { ${code[k]} }`).join('\n')}
         default: {}
       }`;

interface Baked {
  kinds: readonly LossKind[];
}

interface SumBaked extends Baked {
  lanes: number;
  onCpu: boolean;
}

/** `tasks`: per task the kind, the first column and the number of columns. */
const TASK = `
  let kind = tasks[3u * task];
  let outputs = tasks[3u * task + 2u];
  let start = row * p.width + tasks[3u * task + 1u];
  let value = targets[task * p.rows + row];`;

/** `MISSING_LABEL`, which is compared bit for bit. */
const HAS_LABEL = 'value != -0x1.fffffep+127f';

/** `loss_of(task, row)`, and the sum over the lanes of a workgroup. */
const lossCode = ({ kinds, lanes, onCpu }: SumBaked) => `${kinds.includes('multiclass') ? SOFTMAX : ''}
      fn loss_of(task: u32, row: u32) -> f32 {
        ${TASK}
        ${perKind(kinds, LOSS)}
        ${kinds.length === 1 ? '' : 'return 0.0;'}
      }
      ${sumOfLanes(lanes, onCpu)}`;

/** The beginning of `run` in which an invocation finds its task and row. */
const gradientStart = (kinds: readonly LossKind[]) =>
  `${kinds.includes('multiclass') ? SOFTMAX : ''}
      fn run(group: u32, lane: u32) {
        let i = group * ${GRADIENT_LANES}u + lane;
        if (i >= p.rows * p.count) { return; }
        let task = i / p.rows;
        let row = i % p.rows;`;

const forward = program({
  name: 'TaskLoss',
  params: { rows: 'u32', width: 'u32' },
  shader: (baked: SumBaked): Shader => ({
    lanes: baked.lanes,
    inputs: { logits: 'f32', targets: 'f32', tasks: 'u32' },
    outputs: { losses: 'f32' },
    code: `
      ${lossCode(baked)}
      fn run(group: u32, lane: u32) {
        var sum = 0.0;
        for (var row = lane; row < p.rows; row += ${baked.lanes}u) { sum += loss_of(group, row); }
        let all = sum_of_lanes(lane, sum);
        if (lane == 0u) { losses[group] = all / f32(p.rows); }
      }`,
  }),
});

const backward = program({
  name: 'TaskLossGradient',
  params: { rows: 'u32', width: 'u32', count: 'u32' },
  shader: ({ kinds }: Baked): Shader => ({
    lanes: GRADIENT_LANES,
    inputs: { dy: 'f32', logits: 'f32', targets: 'f32', tasks: 'u32' },
    outputs: { dlogits: 'f32' },
    code: `
      ${gradientStart(kinds)}
        let factor = dy[task] / f32(p.rows);
        ${TASK}
        ${perKind(kinds, SLOPE)}
      }`,
  }),
});

/** As `forward`, over labelled rows, which it counts. */
const labelledForward = program({
  name: 'LabelledTaskLoss',
  params: { rows: 'u32', width: 'u32' },
  shader: (baked: SumBaked): Shader => ({
    lanes: baked.lanes,
    inputs: { logits: 'f32', targets: 'f32', tasks: 'u32' },
    outputs: { losses: 'f32', counts: 'f32' },
    code: `
      ${lossCode(baked)}
      fn run(group: u32, lane: u32) {
        var sum = 0.0;
        var count = 0.0;
        for (var row = lane; row < p.rows; row += ${baked.lanes}u) {
          let value = targets[group * p.rows + row];
          if (${HAS_LABEL}) {
            sum += loss_of(group, row);
            count += 1.0;
          }
        }
        let all = sum_of_lanes(lane, sum);
        let labelled = sum_of_lanes(lane, count);
        if (lane == 0u) {
          losses[group] = all / max(labelled, 1.0);
          counts[group] = labelled;
        }
      }`,
  }),
});

const labelledBackward = program({
  name: 'LabelledTaskLossGradient',
  params: { rows: 'u32', width: 'u32', count: 'u32' },
  shader: ({ kinds }: Baked): Shader => ({
    lanes: GRADIENT_LANES,
    inputs: { dy: 'f32', logits: 'f32', targets: 'f32', counts: 'f32', tasks: 'u32' },
    outputs: { dlogits: 'f32' },
    code: `
      ${gradientStart(kinds)}
        ${TASK}
        if (${HAS_LABEL}) {
          let factor = dy[task] / counts[task];
          ${perKind(kinds, SLOPE)}
        } else {
          for (var k = 0u; k < outputs; k++) { dlogits[start + k] = 0.0; }
        }
      }`,
  }),
});

function tableOf(c: WebgpuContext, tasks: readonly LossSpec[]) {
  let first = 0;
  const table = tasks.flatMap(({ kind, outputs }) => {
    const start = first;
    first += outputs;
    return [KINDS.indexOf(kind), start, outputs];
  });
  return {
    kinds: KINDS.filter((kind) => tasks.some((t) => t.kind === kind)),
    constant: c.constant(`tasks ${table.join()}`, () => Uint32Array.from(table)),
  };
}

/** @param results - numbers per task: the loss, and the labelled rows where they are counted */
const lossBy =
  (c: WebgpuContext, shader: typeof forward, results: number): NativeKernel<LossAttributes> =>
  ([logits, targets], { tasks }) => {
    if (isEmpty(logits)) return null;
    const [rows, width] = logits.shape as [number, number];
    const { kinds, constant } = tableOf(c, tasks);
    const outputs = Array.from({ length: results }, () => c.output([tasks.length]));
    c.run(
      shader,
      { kinds, lanes: c.onCpu ? CPU_LANES : GPU_LANES, onCpu: c.onCpu },
      { inputs: [logits, targets, constant], outputs, params: { rows, width }, groups: tasks.length },
    );
    return outputs;
  };

/** `counts` is given where labelled rows are counted. */
const gradientBy =
  (c: WebgpuContext, shader: typeof backward): NativeKernel<LossAttributes> =>
  ([dy, logits, targets, ...counts], { tasks }) => {
    if (isEmpty(logits)) return null;
    const [rows, width] = logits.shape as [number, number];
    const { kinds, constant } = tableOf(c, tasks);
    const dlogits = c.output(logits.shape);
    c.run(
      shader,
      { kinds },
      {
        inputs: [dy, logits, targets, ...counts, constant],
        outputs: [dlogits],
        params: { rows, width, count: tasks.length },
        groups: Math.ceil((rows * tasks.length) / GRADIENT_LANES),
      },
    );
    return [dlogits];
  };

export const taskLossNatives = (c: WebgpuContext): NativeEntry[] => [
  native(taskLossKernel, lossBy(c, forward, 1)),
  native(taskLossGradientKernel, gradientBy(c, backward)),
  native(labelledLossKernel, lossBy(c, labelledForward, 2)),
  native(labelledLossGradientKernel, gradientBy(c, labelledBackward)),
];
