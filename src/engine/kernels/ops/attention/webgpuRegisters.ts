// Attention of narrow heads on WebGPU: an invocation has one query (one key, for the gradients of keys and values) and keeps
// its data in registers, with an online softmax over the keys (Milakov and Gimelshein 2018). Invocations of any sequences share
// a workgroup, so short sequences fill it, and there are no barriers.

import { program, type Shader, unrolled } from '../../runtime/webgpu/program.ts';
import {
  elementOf,
  factors,
  flopsOf,
  type Head,
  LOWEST,
  loads,
  maskInput,
  PARAMS,
  store,
} from './webgpuCode.ts';

export const LANES = 64;
/** Number of keys whose scores are computed before the running maximum is updated. */
const STEP = 4;

const vectorsOf = ({ headSize }: Head) => Math.ceil(headSize / 4);

const each = (head: Head, line: (v: number, d: string) => string) =>
  unrolled(vectorsOf(head), (v) => line(v, `${4 * v}u`));

/** Four dot products with the held vectors `held0..` as one vector. */
const dots = (head: Head, held: string, load: string, at: (t: number) => string) =>
  `vec4f(${Array.from({ length: STEP }, (_, t) =>
    Array.from({ length: vectorsOf(head) }, (_, v) => `dot(${held}${v}, ${load}(${at(t)}, ${4 * v}u))`).join(
      ' + ',
    ),
  ).join(',\n')})`;

/** `own`: this invocation's query or key, `seq` its sequence, `head` its head's first column. */
const place = ({ headSize }: Head) => `
  let place = group * ${LANES}u + lane;
  if (place >= p.sequences * p.length) { return; }
  let seq = place / p.length;
  let own = place % p.length;
  let width = p.heads * ${headSize}u;
  let head = (seq % p.heads) * ${headSize}u;
  let rows = (seq / p.heads) * p.length;`;

/** Which of four neighbours from `other` on are open to the own row, and their rows; skips four blocked ones. */
const neighbours = ({ masked }: Head, firstWord: string) => `
  ${
    masked
      ? `let bits = mask[(seq % p.heads) * p.perHead + ${firstWord} + own * p.words + other / 32u] >> (other % 32u);
         let open = ((vec4u(bits) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u)) == vec4u(0u);`
      : 'let open = vec4u(other, other + 1u, other + 2u, other + 3u) < vec4u(p.length);'
  }
  if (!any(open)) { continue; }
  ${unrolled(STEP, (t) => `let row${t} = rows + min(other + ${t}u, p.length - 1u);`)}`;

/** Indices of the weights of one query and four keys, and of one key and four queries. */
const BY_QUERY = '(seq * p.length + own) * p.length + vec4u(other, other + 1u, other + 2u, other + 3u)';
const BY_KEY =
  '(vec4u(seq * p.length) + vec4u(other, other + 1u, other + 2u, other + 3u)) * p.length + vec4u(own)';

export const forward = program({
  name: 'Attention',
  params: PARAMS,
  flops: flopsOf(2),
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: { qkv: elementOf(head), ...maskInput(head) },
    outputs: { mixed: elementOf(head), stats: 'vec2f' },
    code: `
      ${loads(head, ['qkv'], true)}
      ${store(head, 'mixed')}
      ${factors(head)}
      fn run(group: u32, lane: u32) {
        ${place(head)}
        ${each(head, (v, d) => `let q${v} = load_qkv((rows + own) * 3u * width + head, ${d}) * p.scale;`)}
        ${each(head, (v) => `var sum${v} = vec4f(0.0);`)}
        var top = f32(${LOWEST});
        var powers = 0.0;
        for (var other = 0u; other < p.length; other += ${STEP}u) {
          ${neighbours(head, '0u')}
          ${unrolled(STEP, (t) => `let key${t} = (row${t} * 3u + 1u) * width + head;`)}
          let scores = select(vec4f(${LOWEST}), ${dots(head, 'q', 'load_qkv', (t) => `key${t}`)}, open);
          let next = max(top, max(max(scores.x, scores.y), max(scores.z, scores.w)));
          let shrink = exp(top - next);
          let power = select(vec4f(0.0), exp(scores - next), open);
          top = next;
          powers = powers * shrink + dot(power, vec4f(1.0));
          let w = power * factor_at(${BY_QUERY});
          ${each(
            head,
            (v, d) =>
              `sum${v} = sum${v} * shrink${unrolled(
                STEP,
                (t) => ` + w[${t}] * load_qkv(key${t} + width, ${d})`,
              )};`,
          )}
        }
        ${each(head, (v, d) => `store_mixed((rows + own) * width + head, ${d}, sum${v} / powers);`)}
        stats[place] = vec2f(top, powers);
      }`,
  }),
});

/**
 * The gradient of the queries; also, per query, the sum over keys of weight * gradient of the weight, which equals the dot
 * product of the result and its gradient (Dao et al. 2022, appendix B.2).
 */
export const toQueries = program({
  name: 'AttentionGradient: queries',
  params: PARAMS,
  flops: flopsOf(3),
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: {
      dy: elementOf(head),
      qkv: elementOf(head),
      mixed: elementOf(head),
      stats: 'vec2f',
      ...maskInput(head),
    },
    outputs: { dqkv: elementOf(head), inner: 'f32' },
    code: `
      ${loads(head, ['qkv', 'dy', 'mixed'], true)}
      ${store(head, 'dqkv')}
      ${factors(head)}
      fn run(group: u32, lane: u32) {
        ${place(head)}
        ${each(head, (v, d) => `let q${v} = load_qkv((rows + own) * 3u * width + head, ${d}) * p.scale;`)}
        ${each(head, (v, d) => `let g${v} = load_dy((rows + own) * width + head, ${d});`)}
        ${each(head, (v) => `var sum${v} = vec4f(0.0);`)}
        var total = 0.0;
        ${each(head, (v, d) => `total += dot(g${v}, load_mixed((rows + own) * width + head, ${d}));`)}
        let stat = stats[place];
        for (var other = 0u; other < p.length; other += ${STEP}u) {
          ${neighbours(head, '0u')}
          ${unrolled(STEP, (t) => `let key${t} = (row${t} * 3u + 1u) * width + head;`)}
          let scores = ${dots(head, 'q', 'load_qkv', (t) => `key${t}`)};
          let dw = ${dots(head, 'g', 'load_qkv', (t) => `key${t} + width`)} * factor_at(${BY_QUERY});
          let ds = select(vec4f(0.0), exp(scores - stat.x) / stat.y, open) * (dw - total);
          ${each(head, (v, d) => unrolled(STEP, (t) => `sum${v} += ds[${t}] * load_qkv(key${t}, ${d});`))}
        }
        ${each(head, (v, d) => `store_dqkv((rows + own) * 3u * width + head, ${d}, sum${v} * p.scale);`)}
        inner[place] = total;
      }`,
  }),
});

/** The gradients of keys and values. */
export const toKeys = program({
  name: 'AttentionGradient: keys',
  params: PARAMS,
  flops: flopsOf(4),
  shader: (head: Head): Shader => ({
    lanes: LANES,
    inputs: { dy: elementOf(head), qkv: elementOf(head), stats: 'vec2f', inner: 'f32', ...maskInput(head) },
    outputs: { dqkv: elementOf(head) },
    code: `
      ${loads(head, ['qkv', 'dy'], true)}
      ${store(head, 'dqkv')}
      ${factors(head)}
      fn run(group: u32, lane: u32) {
        ${place(head)}
        let key = ((rows + own) * 3u + 1u) * width + head;
        ${each(head, (v, d) => `let k${v} = load_qkv(key, ${d}) * p.scale;`)}
        ${each(head, (v, d) => `let v${v} = load_qkv(key + width, ${d});`)}
        ${each(head, (v) => `var dk${v} = vec4f(0.0); var dv${v} = vec4f(0.0);`)}
        for (var other = 0u; other < p.length; other += ${STEP}u) {
          ${neighbours(head, 'p.length * p.words')}
          ${unrolled(
            STEP,
            (t) => `let query${t} = row${t} * 3u * width + head;
                    let result${t} = row${t} * width + head;
                    let at${t} = seq * p.length + min(other + ${t}u, p.length - 1u);
                    let stat${t} = stats[at${t}];`,
          )}
          let scores = ${dots(head, 'k', 'load_qkv', (t) => `query${t}`)};
          let factor = factor_at(${BY_KEY});
          let dw = ${dots(head, 'v', 'load_dy', (t) => `result${t}`)} * factor;
          let tops = vec4f(stat0.x, stat1.x, stat2.x, stat3.x);
          let sums = vec4f(stat0.y, stat1.y, stat2.y, stat3.y);
          let inners = vec4f(inner[at0], inner[at1], inner[at2], inner[at3]);
          let weight = select(vec4f(0.0), exp(scores - tops) / sums, open);
          let w = weight * factor;
          let ds = weight * (dw - inners) * p.scale;
          ${each(head, (v, d) =>
            unrolled(
              STEP,
              (t) => `dk${v} += ds[${t}] * load_qkv(query${t}, ${d});
                      dv${v} += w[${t}] * load_dy(result${t}, ${d});`,
            ),
          )}
        }
        ${each(head, (v, d) => `store_dqkv(key, ${d}, dk${v}); store_dqkv(key + width, ${d}, dv${v});`)}
      }`,
  }),
});
