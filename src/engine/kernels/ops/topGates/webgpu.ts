// Sparse gates on WebGPU, and the routes of rows to experts.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { withStarts } from '../routeRows/webgpu.ts';
import { CLOSED_LOGIT, OPEN_FROM, routesKernel, type TopAttributes, topGatesKernel } from './index.ts';

const LANES = 64;

const keep = program({
  name: 'TopGates',
  params: { size: 'u32', total: 'u32', top: 'u32' },
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { logits: 'f32', ends: 'u32' },
    outputs: { kept: 'f32' },
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
});

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

const topGates =
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

/** One workgroup per expert: each lane counts in a slice of rows, then numbers them from its neighbours' end on. */
const route = program({
  name: 'Routes',
  params: { rows: 'u32', total: 'u32' },
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { kept: 'f32', readers: 'u32' },
    outputs: { routes: 'f32' },
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
        let slice = (p.rows + ${LANES - 1}u) / ${LANES}u;
        let first = min(lane * slice, p.rows);
        let end = min(first + slice, p.rows);
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
});

/** For each expert, the logits that may send it a row. */
function readersOf({ gates, numExperts }: TopAttributes): Uint32Array {
  const lists = Array.from({ length: numExperts }, (): number[] => []);
  let logit = 0;
  for (const { experts } of gates) for (const e of experts) lists[e]?.push(logit++);
  return withStarts(lists);
}

const routes =
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

export const topGatesNatives = (c: WebgpuContext): NativeEntry[] => [
  native(topGatesKernel, topGates(c)),
  native(routesKernel, routes(c)),
];
