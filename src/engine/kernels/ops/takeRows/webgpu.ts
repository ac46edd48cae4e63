// Rows of a table on WebGPU. Copied as integers: a shader may flush a denormal float.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { type TakeRowsAttributes, takeRowsKernel } from './index.ts';

const LANES = 64;

type Present = Pick<TakeRowsAttributes, 'categorical' | 'numeric'>;

const take = program({
  name: 'TakeRows',
  params: {
    first: 'u32',
    rows: 'u32',
    table_rows: 'u32',
    num_targets: 'u32',
    num_categorical: 'u32',
    num_numeric: 'u32',
  },
  shader: (present: Present): Shader => {
    const columns = (['categorical', 'numeric'] as const).filter((kind) => present[kind]);
    const bits = (names: readonly string[]) => Object.fromEntries(names.map((n) => [n, 'u32' as const]));
    return {
      lanes: LANES,
      inputs: { order: 'i32', ...bits(['targets', ...columns]) },
      outputs: bits(['batch_targets', ...columns.map((kind) => `batch_${kind}`)]),
      code: `
        fn row_of(place: u32) -> u32 { return u32(order[p.first + place]); }
        fn run(group: u32, lane: u32) {
          var i = group * ${LANES}u + lane;
          if (i < p.rows * p.num_targets) {
            batch_targets[i] = targets[i / p.rows * p.table_rows + row_of(i % p.rows)];
            return;
          }
          i -= p.rows * p.num_targets;
          ${columns
            .map(
              (kind) => `
                if (i < p.rows * p.num_${kind}) {
                  batch_${kind}[i] = ${kind}[row_of(i / p.num_${kind}) * p.num_${kind} + i % p.num_${kind}];
                  return;
                }
                i -= p.rows * p.num_${kind};`,
            )
            .join('')}
        }`,
    };
  },
});

const takeRows =
  (c: WebgpuContext): NativeKernel<TakeRowsAttributes> =>
  (inputs, { rows, first, firstAt, categorical, numeric }) => {
    const [, targets, ...columns] = inputs;
    if (isEmpty(...inputs) || inputs[0].dtype !== 'int32') return null;
    const [numTargets, tableRows] = targets.shape as [number, number];
    const widthOf = (isThere: boolean, at: number) => (isThere ? (columns[at]?.shape[1] ?? 0) : 0);
    const widths = [widthOf(categorical, 0), widthOf(numeric, categorical ? 1 : 0)] as const;
    const outputs = [
      c.output([numTargets, rows]),
      ...columns.map((t) => c.output([rows, t.shape[1] as number], t.dtype)),
    ];
    c.run(
      take,
      { categorical, numeric },
      {
        inputs,
        outputs,
        params: {
          first,
          rows,
          table_rows: tableRows,
          num_targets: numTargets,
          num_categorical: widths[0],
          num_numeric: widths[1],
        },
        paramsAt: () => ({ first: firstAt() }),
        groups: Math.ceil((rows * (numTargets + widths[0] + widths[1])) / LANES),
      },
    );
    return outputs;
  };

export const takeRowsNatives = (c: WebgpuContext): NativeEntry[] => [native(takeRowsKernel, takeRows(c))];
