// WGSL of the end of a training step: gradients gathered, norms and clip factors, parameters moved.

import type { FastStep, Optimizer } from '../../runtime/updater.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { sumOfLanes } from '../../runtime/webgpu/reductions.ts';

/** How workgroups are made. */
export interface Lanes {
  lanes: number;
  onCpu: boolean;
}

/** Every lane adds up all splits of its values. */
const oneByOne = (lanes: number, source: string, isSplit: boolean) => `
  for (var i = lane; i < size; i += ${lanes}u) {
    var sum = ${source}[first + i];
    ${isSplit ? `for (var k = 1u; k < splits; k++) { sum += ${source}[k * total + first + i]; }` : ''}
    gradients[target_first + i] = sum;
    sum_of_squares += sum * sum;
  }`;

/** Values whose splits lanes add up together: their parts lie side by side in memory. */
const TOGETHER = 32;

/** Several lanes share the splits of a value, because a few values with many splits would leave most of a GPU idle. */
const sideBySide = (lanes: number, source: string) => `
  for (var base = 0u; base < size; base += ${TOGETHER}u) {
    let i = base + lane % ${TOGETHER}u;
    var sum = 0.0;
    if (i < size) {
      let at = first + i;
      var k = lane / ${TOGETHER}u;
      // Four loads at a time, which wait together.
      for (; k + ${3 * (lanes / TOGETHER)}u < splits; k += ${4 * (lanes / TOGETHER)}u) {
        sum += (${source}[k * total + at] + ${source}[(k + ${lanes / TOGETHER}u) * total + at])
          + (${source}[(k + ${2 * (lanes / TOGETHER)}u) * total + at] + ${source}[(k + ${3 * (lanes / TOGETHER)}u) * total + at]);
      }
      for (; k < splits; k += ${lanes / TOGETHER}u) { sum += ${source}[k * total + at]; }
    }
    split_parts[lane] = sum;
    workgroupBarrier();
    if (lane < ${TOGETHER}u && i < size) {
      for (var k = 1u; k < ${lanes / TOGETHER}u; k++) { sum += split_parts[lane + ${TOGETHER}u * k]; }
      gradients[target_first + i] = sum;
      sum_of_squares += sum * sum;
    }
    workgroupBarrier();
  }`;

/**
 * Gradients from the parts that layers left, and the sum of squares of each chunk. `chunks`: per workgroup the source, its
 * splits and columns, the first column, the number of values, and where they and their sum of squares go.
 */
export const gather = program({
  name: 'GatherGradients',
  params: {},
  shader: ({ lanes, onCpu, split }: Lanes & { split: readonly boolean[] }): Shader => ({
    lanes,
    inputs: {
      chunks: 'u32',
      ...Object.fromEntries(split.map((_, s) => [`source${s}`, 'f32' as const])),
    },
    outputs: { gradients: 'f32', squares: 'f32' },
    code: `
      ${sumOfLanes(lanes, onCpu)}
      ${onCpu ? '' : `var<workgroup> split_parts: array<f32, ${lanes}>;`}
      fn run(group: u32, lane: u32) {
        let at = 7u * group;
        let splits = chunks[at + 1u];
        let total = chunks[at + 2u];
        let first = chunks[at + 3u];
        let size = chunks[at + 4u];
        let target_first = chunks[at + 5u];
        var sum_of_squares = 0.0;
        switch (chunks[at]) {
          ${split
            .map(
              (isSplit, s) => `case ${s}u: {
                ${isSplit && !onCpu ? sideBySide(lanes, `source${s}`) : oneByOne(lanes, `source${s}`, isSplit)}
              }`,
            )
            .join('\n')}
          default: {}
        }
        let whole = sum_of_lanes(lane, sum_of_squares);
        if (lane == 0u) { squares[chunks[at + 6u]] = whole; }
      }`,
  }),
});

/**
 * Norms and clip factors of the groups. `state`: 1 from the first number on that is not finite, then the factors. Numbers
 * are told from their bits, because WGSL may assume that none is NaN.
 */
export const clip = program({
  name: 'ClipGradients',
  params: { chunks: 'u32', groups_of_tasks: 'u32', tasks: 'u32', clip_norm: 'f32', slot: 'u32' },
  shader: ({ lanes, onCpu }: Lanes): Shader => ({
    lanes,
    inputs: { squares: 'f32', owners: 'u32', losses: 'f32' },
    outputs: { state: 'f32', reports: 'f32' },
    code: `
      ${sumOfLanes(lanes, onCpu)}
      fn is_finite(v: f32) -> bool { return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u; }
      fn run(group: u32, lane: u32) {
        let report = p.slot * (p.tasks + p.groups_of_tasks);
        var ok = state[0] == 0.0;
        for (var t = 0u; t < p.tasks; t++) {
          ok = ok && is_finite(losses[t]);
          if (lane == 0u) { reports[report + t] = losses[t]; }
        }
        for (var g = 0u; g < p.groups_of_tasks; g++) {
          var sum = 0.0;
          for (var i = lane; i < p.chunks; i += ${lanes}u) { if (owners[i] == g) { sum += squares[i]; } }
          let norm = sqrt(sum_of_lanes(lane, sum));
          ok = ok && is_finite(norm);
          if (lane == 0u) {
            reports[report + p.tasks + g] = norm;
            state[1u + g] = select(1.0, p.clip_norm / norm, p.clip_norm > 0.0 && norm > p.clip_norm);
          }
        }
        if (lane == 0u) { state[0] = select(1.0, 0.0, ok); }
      }`,
  }),
});

/**
 * A program that steps as an optimizer does. `chunks`: per workgroup the parameter, its first value, the number of values,
 * where their gradient is, the group.
 * @param names - of the numbers that the optimizer reads
 */
export const updateProgram = (
  { slots }: Optimizer,
  wgsl: NonNullable<FastStep<string>['wgsl']>,
  names: readonly string[],
) =>
  program({
    name: 'UpdateParameters',
    params: { total: 'u32', ...Object.fromEntries(names.map((n) => [n, 'f32' as const])) },
    shader: ({ lanes, parameters }: Lanes & { parameters: number; optimizer: string }): Shader => {
      const variables = Array.from({ length: parameters }, (_, i) => `parameter${i}`);
      const values = (variable: string) => `
        for (var i = lane; i < size; i += ${lanes}u) {
          let flat = first_flat + i;
          let at = first_at + i;
          let g = gradients[flat] * scale;
          ${wgsl({
            value: `${variable}[at]`,
            gradient: 'g',
            slots: slots.map(
              (_, k) => `slots[${k === 0 ? '' : `${k === 1 ? '' : `${k}u * `}p.total + `}flat]`,
            ),
            numbers: Object.fromEntries(names.map((n) => [n, `p.${n}`])),
          })}
        }`;
      return {
        lanes,
        inputs: { chunks: 'u32', gradients: 'f32', state: 'f32' },
        outputs: {
          ...(slots.length > 0 ? { slots: 'f32' as const } : {}),
          ...Object.fromEntries(variables.map((v) => [v, 'f32' as const])),
        },
        code: `
          fn run(group: u32, lane: u32) {
            if (state[0] != 0.0) { return; }
            let first_at = chunks[5u * group + 1u];
            let size = chunks[5u * group + 2u];
            let first_flat = chunks[5u * group + 3u];
            let scale = state[1u + chunks[5u * group + 4u]];
            switch (chunks[5u * group]) {
              ${variables.map((variable, i) => `case ${i}u: { ${values(variable)} }`).join('\n')}
              default: {}
            }
          }`,
      };
    },
  });
