// Which expert gets which rows, and the rows' way there and back, on WebGPU.
import type * as tf from '@tensorflow/tfjs-core';
import type { NativeKernel } from '../../runtime/defineKernel.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from '../../runtime/webgpu/program.ts';
import { CLOSED_LOGIT, OPEN_FROM, type TopAttributes } from '../topGates/index.ts';
import type { RouteAttributes } from './index.ts';

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

const keep: Program<null> = {
  name: 'TopGates',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { logits: 'f32', ends: 'u32' },
    outputs: { kept: 'f32' },
    params: { size: 'u32', total: 'u32', top: 'u32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        let logit = i % p.total;
        let own = logits[i];
        let row = i - logit;
        var ahead = 0u;
        for (var j = ends[2u * logit]; j < ends[2u * logit + 1u]; j++) {
          let other = logits[row + j];
          ahead += select(0u, 1u, other > own || (other == own && j < logit));
        }
        kept[i] = select(f32(${CLOSED_LOGIT}), own, ahead < p.top);
      }`,
  }),
};

/** Where the gate of each logit starts and ends. */
const gateEnds = ({ gates }: TopAttributes): Uint32Array => {
  let first = 0;
  return Uint32Array.from(
    gates.flatMap(({ experts }) => {
      const own = [first, first + experts.length];
      first += experts.length;
      return experts.flatMap(() => own);
    }),
  );
};

export const topGates =
  (c: WebgpuContext): NativeKernel<TopAttributes> =>
  ([logits], attributes) => {
    if (isEmpty(logits)) return null;
    const kept = c.output(logits.shape);
    const ends = c.constant(`gate ends ${JSON.stringify(attributes.gates)}`, () => gateEnds(attributes));
    c.run(keep, null, {
      inputs: [logits, ends],
      outputs: [kept],
      params: { size: logits.size, total: logits.shape[1] as number, top: attributes.top },
      groups: Math.ceil(logits.size / LANES),
    });
    return [kept];
  };

/** A workgroup per expert: each lane counts in a stretch of rows, then numbers them from where its neighbours end. */
const route: Program<null> = {
  name: 'Routes',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { kept: 'f32', readers: 'u32' },
    outputs: { routes: 'f32' },
    params: { rows: 'u32', total: 'u32' },
    code: `
      var<workgroup> counts: array<u32, ${LANES}>;
      fn gets(expert: u32, row: u32) -> bool {
        var open = false;
        for (var r = readers[expert]; r < readers[expert + 1u]; r++) {
          open = open || !(kept[row * p.total + readers[r]] <= f32(${OPEN_FROM}));
        }
        return open;
      }
      fn run(group: u32, lane: u32) {
        let stretch = (p.rows + ${LANES - 1}u) / ${LANES}u;
        let first = min(lane * stretch, p.rows);
        let end = min(first + stretch, p.rows);
        var own = 0u;
        for (var row = first; row < end; row++) { own += select(0u, 1u, gets(group, row)); }
        counts[lane] = own;
        workgroupBarrier();
        var next = 0u;
        var all = 0u;
        for (var i = 0u; i < ${LANES}u; i++) {
          next += select(0u, counts[i], i < lane);
          all += counts[i];
        }
        var behind = all + first - next;
        let base = group * (1u + 2u * p.rows);
        for (var row = first; row < end; row++) {
          let open = gets(group, row);
          routes[base + 1u + select(behind, next, open)] = f32(row);
          routes[base + 1u + p.rows + row] = select(-1.0, f32(next), open);
          if (open) { next++; } else { behind++; }
        }
        if (lane == 0u) { routes[base] = f32(all); }
      }`,
  }),
};

/** Lists one behind the other, and in front of them where each starts in this array, and where the last one ends. */
function withStarts(lists: readonly (readonly number[])[]): Uint32Array {
  let start = lists.length + 1;
  const starts = [start];
  for (const list of lists) {
    start += list.length;
    starts.push(start);
  }
  return Uint32Array.from([...starts, ...lists.flat()]);
}

/** Of each expert the logits that may send it a row. */
function readersOf({ gates, numExperts }: TopAttributes): Uint32Array {
  const lists = Array.from({ length: numExperts }, (): number[] => []);
  let logit = 0;
  for (const { experts } of gates) for (const e of experts) lists[e]?.push(logit++);
  return withStarts(lists);
}

export const routes =
  (c: WebgpuContext): NativeKernel<TopAttributes> =>
  ([kept], attributes) => {
    if (isEmpty(kept)) return null;
    const { gates, numExperts } = attributes;
    const [rows, total] = kept.shape as [number, number];
    const table = c.output([numExperts, 1 + 2 * rows]);
    const readers = c.constant(`readers ${numExperts} ${JSON.stringify(gates)}`, () => readersOf(attributes));
    c.run(route, null, {
      inputs: [kept, readers],
      outputs: [table],
      params: { rows, total },
      groups: numExperts,
    });
    return [table];
  };

/** Lanes that copy a row of one expert or slot, neighbours side by side; each takes several columns of it. */
const PER_ROW = 16;
const ROWS_PER_GROUP = LANES / PER_ROW;

const MOVE = { rows: 'u32', slots: 'u32', experts: 'u32', width: 'u32', copies: 'u32' } as const;

const gather: Program<null> = {
  name: 'GatherRows',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32', routes: 'f32', slots_of: 'u32' },
    outputs: { y: 'f32' },
    params: MOVE,
    code: `
      ${ROUTES}
      fn run(group: u32, lane: u32) {
        let copy = group * ${ROWS_PER_GROUP}u + lane / ${PER_ROW}u;
        let expert = copy % p.experts;
        let position = min(copy / p.experts, p.rows - 1u);
        let isWanted = copy < p.copies && position < count(expert);
        let origin = (row_of(expert, position) * p.slots + slots_of[expert]) * p.width;
        // A loop without a trip, because a jump saves nothing on an adapter that is a CPU.
        let end = select(0u, p.width, isWanted);
        for (var i = lane % ${PER_ROW}u; i < end; i += ${PER_ROW}u) { y[copy * p.width + i] = x[origin + i]; }
      }`,
  }),
};

/** The lanes of a row add up what its experts have for it, one expert after the other. */
const scatter: Program<null> = {
  name: 'ScatterRows',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { y: 'f32', routes: 'f32', readers: 'u32' },
    outputs: { x: 'f32' },
    params: MOVE,
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
          let origin = (u32(max(place, 0.0)) * p.experts + expert) * p.width;
          let end = select(0u, p.width, place >= 0.0);
          for (var i = first; i < end; i += ${PER_ROW}u) { x[copy * p.width + i] += y[origin + i]; }
        }
      }`,
  }),
};

/** Starts of the lists of each slot in this array, and the lists: the experts that read it. */
function expertsOfSlots({ slotOf, slots }: RouteAttributes): Uint32Array {
  return withStarts(
    Array.from({ length: slots }, (_, slot) => slotOf.flatMap((own, e) => (own === slot ? [e] : []))),
  );
}

function move(
  c: WebgpuContext,
  program: Program<null>,
  [values, table]: readonly [tf.Tensor, tf.Tensor],
  list: GPUBuffer,
  { slotOf, slots }: RouteAttributes,
  fromParts: number,
  toParts: number,
) {
  if (isEmpty(values)) return null;
  const [rows, columns] = values.shape as [number, number];
  const width = columns / fromParts;
  const to = c.output([rows, toParts * width]);
  const copies = rows * toParts;
  c.run(program, null, {
    inputs: [values, table, list],
    outputs: [to],
    params: { rows, slots, experts: slotOf.length, width, copies },
    groups: Math.ceil(copies / ROWS_PER_GROUP),
  });
  return [to];
}

export const gatherRows =
  (c: WebgpuContext): NativeKernel<RouteAttributes> =>
  ([x, table], attributes) => {
    const { slotOf, slots } = attributes;
    const list = c.constant(`slots ${slotOf.join()}`, () => Uint32Array.from(slotOf));
    return move(c, gather, [x, table], list, attributes, slots, slotOf.length);
  };

export const scatterRows =
  (c: WebgpuContext): NativeKernel<RouteAttributes> =>
  ([y, table], attributes) => {
    const { slotOf, slots } = attributes;
    const list = c.constant(`experts of slots ${slotOf.join()}`, () => expertsOfSlots(attributes));
    return move(c, scatter, [y, table], list, attributes, slotOf.length, slots);
  };
