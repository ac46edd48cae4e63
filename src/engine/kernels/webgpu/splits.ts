// Sums over many rows are split over workgroups, so that tall and narrow shapes fill a GPU; a second launch adds up the
// parts. Always in the same order, so that results repeat.
import type * as tf from '@tensorflow/tfjs-core';
import { type Program, unrolled, type WebgpuContext } from './program.ts';

const LANES = 64;

/** Workgroups that fill most GPUs. */
const ENOUGH_GROUPS = 256;
/** Fewer rows in a split are not worth adding up. */
const MIN_ROWS = 64;
/** Numbers of all splits together. */
const MAX_NUMBERS = 1 << 22;

/**
 * Into how many splits the rows go.
 * @param groups - workgroups of one split
 * @param numbers - results of one split
 * @returns splits, none of them without rows, and the rows of each but the last
 */
export function splitRows(rows: number, groups: number, numbers: number): { splits: number; depth: number } {
  const wanted = Math.min(ENOUGH_GROUPS / groups, rows / MIN_ROWS, MAX_NUMBERS / numbers);
  const depth = Math.ceil(rows / Math.max(1, Math.floor(wanted)));
  return { splits: Math.ceil(rows / depth), depth };
}

const OUTPUTS = ['a', 'b', 'c', 'd'] as const;

const add: Program<{ outputs: number }> = {
  name: 'SumOfSplits',
  shader({ outputs }) {
    const names = OUTPUTS.slice(0, outputs);
    return {
      lanes: LANES,
      inputs: { parts: 'f32' },
      outputs: Object.fromEntries(names.map((n) => [n, 'f32' as const])),
      params: {
        splits: 'u32',
        total: 'u32',
        ...Object.fromEntries(names.map((n) => [`end_${n}`, 'u32' as const])),
      },
      code: `
        fn run(group: u32, lane: u32) {
          let i = group * ${LANES}u + lane;
          if (i >= p.total) { return; }
          var sum = 0.0;
          for (var s = 0u; s < p.splits; s++) { sum += parts[s * p.total + i]; }
          ${unrolled(outputs, (o) => {
            const [name, before] = [names[o], names[o - 1]];
            return `if (i < p.end_${name}) { ${name}[i${before ? ` - p.end_${before}` : ''}] = sum; return; }`;
          })}
        }`,
    };
  },
};

/** Adds up parts [splits, total], whose columns are those of the outputs, one after the other. */
export function addSplits(c: WebgpuContext, parts: tf.Tensor, outputs: readonly tf.Tensor[]): void {
  const [splits, total] = parts.shape as [number, number];
  let end = 0;
  const ends = outputs.map((output, i) => {
    end += output.size;
    return [`end_${OUTPUTS[i]}`, end];
  });
  c.run(
    add,
    { outputs: outputs.length },
    {
      inputs: [parts],
      outputs,
      params: { splits, total, ...Object.fromEntries(ends) },
      groups: Math.ceil(total / LANES),
    },
  );
}
