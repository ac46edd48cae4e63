// Gathers and scatters rows of experts on WebGPU.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { gatherRowsKernel, type RouteAttributes, scatterRowsKernel } from './index.ts';

const LANES = 64;

/** Counts, rows and places of `routes`, given the parameter `rows`. */
export const ROUTES = `
  fn count(expert: u32) -> u32 { return u32(routes[expert * (1u + 2u * p.rows)]); }
  fn row_of(expert: u32, position: u32) -> u32 {
    return u32(routes[expert * (1u + 2u * p.rows) + 1u + position]);
  }
  fn place_of(expert: u32, row: u32) -> f32 {
    return routes[expert * (1u + 2u * p.rows) + 1u + p.rows + row];
  }`;

/** Concatenated lists, preceded by the start of each in this array and the end of the last. */
export function withStarts(lists: readonly (readonly number[])[]): Uint32Array {
  let start = lists.length + 1;
  const starts = [start];
  for (const list of lists) {
    start += list.length;
    starts.push(start);
  }
  return Uint32Array.from([...starts, ...lists.flat()]);
}

/** Lanes that copy a row of one expert or slot, neighbours side by side; each takes several columns. */
const PER_ROW = 16;
const ROWS_PER_GROUP = LANES / PER_ROW;

const MOVE = { rows: 'u32', slots: 'u32', experts: 'u32', width: 'u32', copies: 'u32' } as const;

const gather = program({
  name: 'GatherRows',
  params: MOVE,
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32', routes: 'f32', slots_of: 'u32' },
    outputs: { y: 'f32' },
    code: `
      ${ROUTES}
      fn run(group: u32, lane: u32) {
        let copy = group * ${ROWS_PER_GROUP}u + lane / ${PER_ROW}u;
        let expert = min(copy / p.rows, p.experts - 1u);
        let position = copy % p.rows;
        let isWanted = copy < p.copies && position < count(expert);
        let origin = (row_of(expert, position) * p.slots + slots_of[expert]) * p.width;
        // An empty loop, because an early return saves nothing on an adapter that is a CPU.
        let end = select(0u, p.width, isWanted);
        for (var i = lane % ${PER_ROW}u; i < end; i += ${PER_ROW}u) { y[copy * p.width + i] = x[origin + i]; }
      }`,
  }),
});

/** The lanes of a row sum the results of its experts, one expert after another. */
const scatter = program({
  name: 'ScatterRows',
  params: MOVE,
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { y: 'f32', routes: 'f32', readers: 'u32' },
    outputs: { x: 'f32' },
    code: `
      ${ROUTES}
      fn run(group: u32, lane: u32) {
        let copy = group * ${ROWS_PER_GROUP}u + lane / ${PER_ROW}u;
        if (copy >= p.copies) { return; }
        let slot = copy % p.slots;
        let row = copy / p.slots;
        let first = lane % ${PER_ROW}u;
        for (var i = first; i < p.width; i += ${PER_ROW}u) { x[copy * p.width + i] = 0.0; }
        for (var r = readers[slot]; r < readers[slot + 1u]; r++) {
          let expert = readers[r];
          let place = place_of(expert, row);
          let origin = (expert * p.rows + u32(max(place, 0.0))) * p.width;
          let end = select(0u, p.width, place >= 0.0);
          for (var i = first; i < end; i += ${PER_ROW}u) { x[copy * p.width + i] += y[origin + i]; }
        }
      }`,
  }),
});

/** Starts of the lists of each slot in this array, and the lists: the experts that read it. */
function expertsOfSlots({ slotOf, slots }: RouteAttributes): Uint32Array {
  return withStarts(
    Array.from({ length: slots }, (_, slot) => slotOf.flatMap((own, e) => (own === slot ? [e] : []))),
  );
}

const gatherRows =
  (c: WebgpuContext): NativeKernel<RouteAttributes> =>
  ([x, table], { slotOf, slots }) => {
    if (isEmpty(x)) return null;
    const [rows, columns] = x.shape as [number, number];
    const width = columns / slots;
    const copies = slotOf.length * rows;
    const y = c.output([copies, width]);
    c.run(gather, null, {
      inputs: [x, table, c.constant(`slots ${slotOf.join()}`, () => Uint32Array.from(slotOf))],
      outputs: [y],
      params: { rows, slots, experts: slotOf.length, width, copies },
      groups: Math.ceil(copies / ROWS_PER_GROUP),
    });
    return [y];
  };

const scatterRows =
  (c: WebgpuContext): NativeKernel<RouteAttributes> =>
  ([y, table], attributes) => {
    if (isEmpty(y)) return null;
    const { slotOf, slots } = attributes;
    const [all, width] = y.shape as [number, number];
    const rows = all / slotOf.length;
    const copies = rows * slots;
    const x = c.output([rows, slots * width]);
    const list = c.constant(`experts of slots ${slotOf.join()}`, () => expertsOfSlots(attributes));
    c.run(scatter, null, {
      inputs: [y, table, list],
      outputs: [x],
      params: { rows, slots, experts: slotOf.length, width, copies },
      groups: Math.ceil(copies / ROWS_PER_GROUP),
    });
    return [x];
  };

export const routeRowsNatives = (c: WebgpuContext): NativeEntry[] => [
  native(gatherRowsKernel, gatherRows(c)),
  native(scatterRowsKernel, scatterRows(c)),
];
