// The steps between the products of attention by products (webgpuProducts.ts): softmax of rows of scores, its gradient, and
// positions. Letters as there.
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { factors, type Head, LOWEST, maskInput, PARAMS } from './webgpuCode.ts';

/** Lanes per row of scores; each takes four neighbours at a time. */
const LANES = 128;

const ROW = { ...PARAMS, before: 'u32', own: 'u32', size: 'u32' } as const;

/** WGSL of `fn {name}(lane, value)`: reduces the values of all lanes, with the result in every lane. */
const overLanes = (name: string, both: (a: string, b: string) => string) => `
  fn ${name}(lane: u32, value: f32) -> f32 {
    lane_parts[lane] = value;
    workgroupBarrier();
    for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
      if (lane < step) { lane_parts[lane] = ${both('lane_parts[lane]', 'lane_parts[lane + step]')}; }
      workgroupBarrier();
    }
    let all = lane_parts[0];
    workgroupBarrier();
    return all;
  }`;

/**
 * One row of scores per workgroup: `z`, `query` within its sequence, the start of its scores, and reductions over the lanes.
 */
const rowCode = (head: Head) => `
  ${factors(head)}
  var<workgroup> lane_parts: array<f32, ${LANES}>;
  ${overLanes('maximum', (a, b) => `max(${a}, ${b})`)}
  ${overLanes('total', (a, b) => `${a} + ${b}`)}
  fn is_open(z: u32, query: u32, key: u32) -> bool {
    ${
      head.masked
        ? `let row = z % p.heads * p.perHead + query * p.words;
           return ((mask[row + key / 32u] >> (key % 32u)) & 1u) == 0u;`
        : 'return true;'
    }
  }
  fn factor_of(z: u32, query: u32, key: u32) -> f32 {
    return factor_at(vec4u((z * p.length + query) * p.length + key)).x;
  }`;

const rowStart = `
  let z = group / p.own;
  let query = p.before + group % p.own;
  let start = group * p.length;`;

/** Turns scores of a block of queries into weights; `stats`: the largest score and the sum of exponentials. */
export const softmax = program({
  name: 'Attention: softmax',
  params: ROW,
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: maskInput(head),
    outputs: { scores: 'f32', stats: 'vec2f' },
    code: `
      ${rowCode(head)}
      fn run(group: u32, lane: u32) {
        ${rowStart}
        var own_top = f32(${LOWEST});
        for (var j = lane; j < p.length; j += ${LANES}u) {
          if (is_open(z, query, j)) { own_top = max(own_top, scores[start + j]); }
        }
        let top = maximum(lane, own_top);
        var own_powers = 0.0;
        for (var j = lane; j < p.length; j += ${LANES}u) {
          let power = select(0.0, exp(scores[start + j] - top), is_open(z, query, j));
          own_powers += power;
          scores[start + j] = power;
        }
        let powers = total(lane, own_powers);
        for (var j = lane; j < p.length; j += ${LANES}u) {
          scores[start + j] = scores[start + j] / powers * factor_of(z, query, j);
        }
        if (lane == 0u) { stats[z * p.length + query] = vec2f(top, powers); }
      }`,
  }),
});

/**
 * Scores become weights with dropout, and `dscores` changes from the gradient of those weights to that of the scores, with D =
 * weight * gradient summed over the keys, the dot product of the result and its gradient (Dao et al. 2022, appendix, section
 * 3.2).
 */
export const softmaxGradient = program({
  name: 'AttentionGradient: softmax',
  params: ROW,
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: { dy: 'f32', mixed: 'f32', stats: 'vec2f', ...maskInput(head) },
    outputs: { scores: 'f32', dscores: 'f32' },
    code: `
      ${rowCode(head)}
      fn run(group: u32, lane: u32) {
        ${rowStart}
        let own_head = (z / p.heads * p.length + query) * p.heads * p.size + z % p.heads * p.size;
        var own = 0.0;
        for (var d = lane; d < p.size; d += ${LANES}u) { own += dy[own_head + d] * mixed[own_head + d]; }
        let inner = total(lane, own);
        let stat = stats[z * p.length + query];
        for (var j = lane; j < p.length; j += ${LANES}u) {
          let at = start + j;
          let weight = select(0.0, exp(scores[at] - stat.x) / stat.y, is_open(z, query, j));
          let factor = factor_of(z, query, j);
          scores[at] = weight * factor;
          dscores[at] = weight * (dscores[at] * factor - inner) * p.scale;
        }
      }`,
  }),
});

export const TURN_LANES = 256;
const TURN = { pairs: 'u32', length: 'u32', width: 'u32', size: 'u32', parts: 'u32', sign: 'f32' } as const;

/** Rotates q and k [G L, 2, width] by position, from or into the first two of `parts`. */
export const turn = program({
  name: 'Attention: turn',
  params: TURN,
  shader: ({ back }: { back: boolean }): Shader => ({
    lanes: TURN_LANES,
    inputs: { source: 'f32', angles: 'f32' },
    outputs: { result: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${TURN_LANES}u + lane;
        if (i >= p.pairs) { return; }
        // A row has two of width, so half as many pairs.
        let row = i / p.width;
        let column = 2u * (i % p.width);
        let apart = row * 2u * p.width + column;
        let packed = row * p.parts * p.width + column;
        let place = row % p.length * p.size + column % p.width % p.size;
        let c = angles[place];
        let s = angles[place + 1u] * p.sign;
        let a = source[${back ? 'apart' : 'packed'}];
        let b = source[${back ? 'apart' : 'packed'} + 1u];
        let at = ${back ? 'packed' : 'apart'};
        result[at] = a * c - b * s;
        result[at + 1u] = b * c + a * s;
      }`,
  }),
});
