// Gates and experts on WebGPU: one launch forward, one backward.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { CPU_LANES } from '../../runtime/webgpu/reductions.ts';
import { ROUTES } from '../routeRows/webgpu.ts';
import { type MixAttributes, mixExpertsGradientKernel, mixExpertsKernel } from './index.ts';

const LANES = 64;
/** Logits of a row that fit the workgroup memory of every device, with room to spare. */
const MAX_LOGITS = 2048;

const PARAMS = { rows: 'u32', gates: 'u32', experts: 'u32', width: 'u32', total: 'u32' } as const;

/** Sections of `lists`; `total` logits in all. */
const LISTS = `
  fn gate_start(g: u32) -> u32 { return lists[g]; }
  fn expert_of(logit: u32) -> u32 { return lists[p.gates + 1u + logit]; }
  fn gate_of(logit: u32) -> u32 { return lists[p.gates + 1u + p.total + logit]; }
  fn readers_start(e: u32) -> u32 { return lists[p.gates + 1u + 2u * p.total + e]; }
  fn reader(k: u32) -> u32 { return lists[p.gates + p.experts + 2u + 2u * p.total + k]; }`;

/** First logit of each gate; expert and gate of each logit; by expert the logits through which it learns. */
function listsOf({ gates, numExperts }: MixAttributes): Uint32Array {
  const starts = [0];
  const experts: number[] = [];
  const gateOf: number[] = [];
  const readers = Array.from({ length: numExperts }, (): number[] => []);
  gates.forEach((gate, g) => {
    gate.experts.forEach((expert, k) => {
      if (!gate.detached?.[k]) readers[expert]?.push(experts.length);
      experts.push(expert);
      gateOf.push(g);
    });
    starts.push(experts.length);
  });
  const readersStarts = [0];
  for (const own of readers) readersStarts.push((readersStarts.at(-1) as number) + own.length);
  return Uint32Array.from([starts, experts, gateOf, readersStarts, readers.flat()].flat());
}

/** Where the result of an expert for a row starts; `has_result` must hold. */
const RESULTS = `
  fn has_result(expert: u32, row: u32) -> bool { return true; }
  fn result_at(expert: u32, row: u32) -> u32 { return (row * p.experts + expert) * p.width; }`;

/** The same in blocks of an expert's own rows. */
const ROUTED_RESULTS = `
  ${ROUTES}
  fn has_result(expert: u32, row: u32) -> bool { return place_of(expert, row) >= 0.0; }
  fn result_at(expert: u32, row: u32) -> u32 {
    return (expert * p.rows + u32(place_of(expert, row))) * p.width;
  }`;

const resultsOf = (routed: boolean) => (routed ? ROUTED_RESULTS : RESULTS);
const routesInput = (routed: boolean): Record<string, 'f32'> => (routed ? { routes: 'f32' } : {});

const forward = program({
  name: 'MixExperts',
  params: PARAMS,
  shader: ({ routed }: { routed: boolean }): Shader => ({
    lanes: LANES,
    inputs: { logits: 'f32', values: 'f32', lists: 'u32', ...routesInput(routed) },
    outputs: { mixed: 'f32', weights: 'f32' },
    code: `
      ${LISTS}
      ${resultsOf(routed)}
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.rows * p.gates * p.width) { return; }
        let h = i % p.width;
        let gate = i / p.width % p.gates;
        let row = i / p.width / p.gates;
        let own = row * p.total;
        let start = gate_start(gate);
        let end = gate_start(gate + 1u);
        var top = logits[own + start];
        for (var k = start + 1u; k < end; k++) { top = max(top, logits[own + k]); }
        var powers = 0.0;
        for (var k = start; k < end; k++) { powers += exp(logits[own + k] - top); }
        var sum = 0.0;
        for (var k = start; k < end; k++) {
          let w = exp(logits[own + k] - top) / powers;
          if (h == 0u) { weights[own + k] = w; }
          ${routed ? 'if (w == 0.0 || !has_result(expert_of(k), row)) { continue; }' : ''}
          sum += w * values[result_at(expert_of(k), row) + h];
        }
        mixed[i] = sum;
      }`,
  }),
});

/** A workgroup per row: first what the weights get, then what the experts get. */
const backward = program({
  name: 'MixExpertsGradient',
  params: PARAMS,
  shader: ({ total, lanes, routed }: { total: number; lanes: number; routed: boolean }): Shader => ({
    lanes,
    inputs: { dmixed: 'f32', values: 'f32', weights: 'f32', lists: 'u32', ...routesInput(routed) },
    outputs: { dlogits: 'f32', dvalues: 'f32' },
    code: `
      ${LISTS}
      ${resultsOf(routed)}
      var<workgroup> dweights: array<f32, ${total}>;
      fn run(group: u32, lane: u32) {
        let own = group * p.total;
        for (var k = lane; k < p.total; k += ${lanes}u) {
          let gate_first = (group * p.gates + gate_of(k)) * p.width;
          dweights[k] = 0.0;
          ${routed ? 'if (weights[own + k] == 0.0 || !has_result(expert_of(k), group)) { continue; }' : ''}
          let expert_first = result_at(expert_of(k), group);
          var sum = 0.0;
          for (var h = 0u; h < p.width; h++) { sum += dmixed[gate_first + h] * values[expert_first + h]; }
          dweights[k] = sum;
        }
        workgroupBarrier();
        for (var k = lane; k < p.total; k += ${lanes}u) {
          let gate = gate_of(k);
          let end = gate_start(gate + 1u);
          var mean = 0.0;
          for (var j = gate_start(gate); j < end; j++) { mean += weights[own + j] * dweights[j]; }
          dlogits[own + k] = weights[own + k] * (dweights[k] - mean);
        }
        for (var i = lane; i < p.experts * p.width; i += ${lanes}u) {
          let expert = i / p.width;
          ${routed ? 'if (!has_result(expert, group)) { continue; }' : ''}
          let end = readers_start(expert + 1u);
          var sum = 0.0;
          for (var r = readers_start(expert); r < end; r++) {
            let k = reader(r);
            sum += weights[own + k] * dmixed[(group * p.gates + gate_of(k)) * p.width + i % p.width];
          }
          dvalues[result_at(expert, group) + i % p.width] = sum;
        }
      }`,
  }),
});

/** @param experts - [N, E * H], or [E * N, H] with routes */
function common(
  c: WebgpuContext,
  weights: readonly number[],
  experts: readonly number[],
  routed: boolean,
  attributes: MixAttributes,
) {
  const { gates, numExperts } = attributes;
  const [rows, total] = weights as [number, number];
  const lists = c.constant(JSON.stringify(attributes), () => listsOf(attributes));
  const columns = experts[1] as number;
  const width = routed ? columns : columns / numExperts;
  return { lists, params: { rows, gates: gates.length, experts: numExperts, width, total } };
}

const mixExperts =
  (c: WebgpuContext): NativeKernel<MixAttributes> =>
  ([logits, experts, routes], attributes) => {
    if (isEmpty(logits, experts)) return null;
    const routed = routes !== undefined;
    const { lists, params } = common(c, logits.shape, experts.shape, routed, attributes);
    const outputs = [c.output([params.rows, params.gates * params.width]), c.output(logits.shape)];
    c.run(
      forward,
      { routed },
      {
        inputs: [logits, experts, lists, ...(routes ? [routes] : [])],
        outputs,
        params,
        groups: Math.ceil(outputs[0].size / LANES),
      },
    );
    return outputs;
  };

const mixExpertsGradient =
  (c: WebgpuContext): NativeKernel<MixAttributes> =>
  (given, attributes) => {
    const [dmixed, experts, weights, routes] = given;
    if (isEmpty(...given) || (weights.shape[1] as number) > MAX_LOGITS) return null;
    const routed = routes !== undefined;
    const { lists, params } = common(c, weights.shape, experts.shape, routed, attributes);
    const outputs = [c.output(weights.shape), c.output(experts.shape)];
    c.run(
      backward,
      { total: params.total, lanes: c.onCpu ? CPU_LANES : LANES, routed },
      {
        inputs: [dmixed, experts, weights, lists, ...(routes ? [routes] : [])],
        outputs,
        params,
        groups: params.rows,
      },
    );
    return outputs;
  };

export const mixExpertsNatives = (c: WebgpuContext): NativeEntry[] => [
  native(mixExpertsKernel, mixExperts(c)),
  native(mixExpertsGradientKernel, mixExpertsGradient(c)),
];
