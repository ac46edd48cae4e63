// Attention and its gradient on WebGPU: a query (in the gradient's second launch a key) per invocation, an online softmax
// over the keys (Milakov and Gimelshein 2018), no [L, L] matrix and no atomics. Invocations of any sequences share a
// workgroup, so short sequences fill it. The heads are as narrow as 4, so what a query needs stays in registers; a wide
// head is sliced over neighbouring invocations, which exchange their parts of each score.
import type { AttentionAttributes } from '../attention.ts';
import type { NativeKernel } from '../defineKernel.ts';
import { isEmpty, type Program, type Shader, unrolled, type WebgpuContext } from './program.ts';

const LANES = 64;
/** Keys whose scores are computed before the running maximum moves. */
const STEP = 4;
const FORWARD_SLICE = 64;
const BACKWARD_SLICE = 32;
const MAX_HEAD_SIZE = 256;
/** Below every score, and finite. */
const LOWEST = '-1e30';

interface Baked {
  headSize: number;
  /** Neighbouring invocations that share a query. */
  slices: number;
  masked: boolean;
}

/** Code that depends on the size of a head. */
function pieces({ headSize, slices, masked }: Baked) {
  const vectors = Math.ceil(headSize / 4 / slices);
  const aligned = headSize % 4 === 0;
  const whole = 4 * vectors * slices === headSize;
  const element = aligned ? ('vec4f' as const) : ('f32' as const);
  return {
    vectors,
    element,
    /** Four values of a head from dimension d; zeros beyond its end. */
    load: (name: string) =>
      aligned
        ? `fn load_${name}(base: u32, d: u32) -> vec4f {
             ${whole ? '' : `if (d >= ${headSize}u) { return vec4f(0.0); }`}
             return ${name}[(base + d) / 4u];
           }`
        : `fn load_${name}(base: u32, d: u32) -> vec4f {
             var v = vec4f(0.0);
             ${unrolled(4, (c) => `if (d + ${c}u < ${headSize}u) { v[${c}] = ${name}[base + d + ${c}u]; }`)}
             return v;
           }`,
    store: (name: string) =>
      aligned
        ? `fn store_${name}(base: u32, d: u32, v: vec4f) {
             ${whole ? '' : `if (d >= ${headSize}u) { return; }`}
             ${name}[(base + d) / 4u] = v;
           }`
        : `fn store_${name}(base: u32, d: u32, v: vec4f) {
             ${unrolled(4, (c) => `if (d + ${c}u < ${headSize}u) { ${name}[base + d + ${c}u] = v[${c}]; }`)}
           }`,
    exchange:
      slices === 1
        ? ''
        : `var<workgroup> parts: array<vec4f, ${LANES}>;
           fn exchanged(lane: u32, part: vec4f) -> vec4f {
             parts[lane] = part;
             workgroupBarrier();
             let first = lane - lane % ${slices}u;
             let all = ${Array.from({ length: slices }, (_, s) => `parts[first + ${s}u]`).join(' + ')};
             workgroupBarrier();
             return all;
           }`,
    /** The whole of a score from this invocation's part. */
    whole: (part: string) => (slices === 1 ? part : `exchanged(lane, ${part})`),
    /** `own`: this invocation's place among the queries or keys, `seq` its sequence, `base` its head's first column. */
    place: `
      let slot = group * ${LANES / slices}u + lane / ${slices}u;
      let isOwner = slot < p.sequences * p.length;
      let place = min(slot, p.sequences * p.length - 1u);
      let seq = place / p.length;
      let own = place % p.length;
      let width = p.heads * ${headSize}u;
      let head = (seq % p.heads) * ${headSize}u;
      let rows = (seq / p.heads) * p.length;
      let d0 = (lane % ${slices}u) * ${4 * vectors}u;`,
    /** Which of four neighbours of the own place are open to it; skips four blocked ones where no barrier is near. */
    open: (firstWord: string) => `
      ${
        masked
          ? `let bits = mask[(seq % p.heads) * p.perHead + ${firstWord} + own * p.words + other / 32u] >> (other % 32u);
             let open = ((vec4u(bits) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u)) == vec4u(0u);`
          : 'let open = vec4u(other, other + 1u, other + 2u, other + 3u) < vec4u(p.length);'
      }
      ${slices === 1 ? 'if (!any(open)) { continue; }' : ''}
      ${unrolled(STEP, (t) => `let row${t} = rows + min(other + ${t}u, p.length - 1u);`)}`,
  };
}

const each = (vectors: number, line: (v: number, d: string) => string) =>
  unrolled(vectors, (v) => line(v, `d0 + ${4 * v}u`));

/** Four dot products with the held vectors `held0..` as one vector. */
const dots = (vectors: number, held: string, load: string, at: (t: number) => string) =>
  `vec4f(${Array.from({ length: STEP }, (_, t) =>
    Array.from({ length: vectors }, (_, v) => `dot(${held}${v}, ${load}(${at(t)}, d0 + ${4 * v}u))`).join(
      ' + ',
    ),
  ).join(',\n')})`;

const PARAMS = {
  sequences: 'u32',
  length: 'u32',
  heads: 'u32',
  words: 'u32',
  /** Words from one head's mask to the next; 0 where they share one. */
  perHead: 'u32',
  scale: 'f32',
} as const;
const maskInput = (masked: boolean): Record<string, 'u32'> => (masked ? { mask: 'u32' } : {});

const forward: Program<Baked> = {
  name: 'Attention',
  shader(baked): Shader {
    const k = pieces(baked);
    const n = k.vectors;
    return {
      lanes: LANES,
      inputs: { qkv: k.element, ...maskInput(baked.masked) },
      outputs: { mixed: k.element, stats: 'vec2f' },
      params: PARAMS,
      code: `
        ${k.load('qkv')}
        ${k.store('mixed')}
        ${k.exchange}
        fn run(group: u32, lane: u32) {
          ${k.place}
          ${each(n, (v, d) => `let q${v} = load_qkv((rows + own) * 3u * width + head, ${d}) * p.scale;`)}
          ${each(n, (v) => `var sum${v} = vec4f(0.0);`)}
          var top = f32(${LOWEST});
          var powers = 0.0;
          for (var other = 0u; other < p.length; other += ${STEP}u) {
            ${k.open('0u')}
            ${unrolled(STEP, (t) => `let key${t} = (row${t} * 3u + 1u) * width + head;`)}
            let part = ${dots(n, 'q', 'load_qkv', (t) => `key${t}`)};
            let scores = select(vec4f(${LOWEST}), ${k.whole('part')}, open);
            let next = max(top, max(max(scores.x, scores.y), max(scores.z, scores.w)));
            let shrink = exp(top - next);
            let w = select(vec4f(0.0), exp(scores - next), open);
            top = next;
            powers = powers * shrink + dot(w, vec4f(1.0));
            ${each(
              n,
              (v, d) =>
                `sum${v} = sum${v} * shrink${unrolled(
                  STEP,
                  (t) => ` + w[${t}] * load_qkv(key${t} + width, ${d})`,
                )};`,
            )}
          }
          if (!isOwner) { return; }
          ${each(n, (v, d) => `store_mixed((rows + own) * width + head, ${d}, sum${v} / powers);`)}
          if (d0 == 0u) { stats[place] = vec2f(top, powers); }
        }`,
    };
  },
};

/** The gradient of the queries; with it sum over keys of weight * gradient of the weight, per query. */
const toQueries: Program<Baked> = {
  name: 'AttentionGradient: queries',
  shader(baked): Shader {
    const k = pieces(baked);
    const n = k.vectors;
    return {
      lanes: LANES,
      inputs: { dy: k.element, qkv: k.element, stats: 'vec2f', ...maskInput(baked.masked) },
      outputs: { dqkv: k.element, inner: 'f32' },
      params: PARAMS,
      code: `
        ${k.load('qkv')}
        ${k.load('dy')}
        ${k.store('dqkv')}
        ${k.exchange}
        fn run(group: u32, lane: u32) {
          ${k.place}
          ${each(n, (v, d) => `let q${v} = load_qkv((rows + own) * 3u * width + head, ${d}) * p.scale;`)}
          ${each(n, (v, d) => `let g${v} = load_dy((rows + own) * width + head, ${d});`)}
          // dq = sum of w * (dw - inner) * key, with inner known at the end only.
          ${each(n, (v) => `var a${v} = vec4f(0.0); var b${v} = vec4f(0.0);`)}
          let stat = stats[place];
          var total = 0.0;
          for (var other = 0u; other < p.length; other += ${STEP}u) {
            ${k.open('0u')}
            ${unrolled(STEP, (t) => `let key${t} = (row${t} * 3u + 1u) * width + head;`)}
            let part = ${dots(n, 'q', 'load_qkv', (t) => `key${t}`)};
            let scores = ${k.whole('part')};
            let dpart = ${dots(n, 'g', 'load_qkv', (t) => `key${t} + width`)};
            let dw = ${k.whole('dpart')};
            let w = select(vec4f(0.0), exp(scores - stat.x) / stat.y, open);
            let wdw = w * dw;
            total += dot(w, dw);
            ${each(n, (v, d) =>
              unrolled(
                STEP,
                (t) => `{ let x = load_qkv(key${t}, ${d}); a${v} += wdw[${t}] * x; b${v} += w[${t}] * x; }`,
              ),
            )}
          }
          if (!isOwner) { return; }
          ${each(
            n,
            (v, d) =>
              `store_dqkv((rows + own) * 3u * width + head, ${d}, (a${v} - total * b${v}) * p.scale);`,
          )}
          if (d0 == 0u) { inner[place] = total; }
        }`,
    };
  },
};

/** The gradients of keys and values. */
const toKeys: Program<Baked> = {
  name: 'AttentionGradient: keys',
  shader(baked): Shader {
    const k = pieces(baked);
    const n = k.vectors;
    return {
      lanes: LANES,
      inputs: { dy: k.element, qkv: k.element, stats: 'vec2f', inner: 'f32', ...maskInput(baked.masked) },
      outputs: { dqkv: k.element },
      params: PARAMS,
      code: `
        ${k.load('qkv')}
        ${k.load('dy')}
        ${k.store('dqkv')}
        ${k.exchange}
        fn run(group: u32, lane: u32) {
          ${k.place}
          let key = ((rows + own) * 3u + 1u) * width + head;
          ${each(n, (v, d) => `let k${v} = load_qkv(key, ${d}) * p.scale;`)}
          ${each(n, (v, d) => `let v${v} = load_qkv(key + width, ${d});`)}
          ${each(n, (v) => `var a${v} = vec4f(0.0); var b${v} = vec4f(0.0);`)}
          for (var other = 0u; other < p.length; other += ${STEP}u) {
            ${k.open('p.length * p.words')}
            ${unrolled(
              STEP,
              (t) => `let query${t} = row${t} * 3u * width + head;
                      let result${t} = row${t} * width + head;
                      let at${t} = seq * p.length + min(other + ${t}u, p.length - 1u);
                      let stat${t} = stats[at${t}];`,
            )}
            let part = ${dots(n, 'k', 'load_qkv', (t) => `query${t}`)};
            let scores = ${k.whole('part')};
            let dpart = ${dots(n, 'v', 'load_dy', (t) => `result${t}`)};
            let dw = ${k.whole('dpart')};
            let tops = vec4f(stat0.x, stat1.x, stat2.x, stat3.x);
            let sums = vec4f(stat0.y, stat1.y, stat2.y, stat3.y);
            let inners = vec4f(inner[at0], inner[at1], inner[at2], inner[at3]);
            let w = select(vec4f(0.0), exp(scores - tops) / sums, open);
            let ds = w * (dw - inners) * p.scale;
            ${each(n, (v, d) =>
              unrolled(
                STEP,
                (t) => `a${v} += ds[${t}] * load_qkv(query${t}, ${d});
                        b${v} += w[${t}] * load_dy(result${t}, ${d});`,
              ),
            )}
          }
          if (!isOwner) { return; }
          ${each(n, (v, d) => `store_dqkv(key, ${d}, a${v}); store_dqkv(key + width, ${d}, b${v});`)}
        }`,
    };
  },
};

/** Blocked cells as bits, rows padded with blocked ones: per mask [L, words] of queries, then [L, words] of keys. */
function maskBits(blocked: Uint8Array, length: number): Uint32Array {
  const words = Math.ceil(length / 32);
  const masks = blocked.length / length ** 2;
  const bits = new Uint32Array(masks * 2 * length * words).fill(0xffffffff);
  for (let row = 0; row < masks * length; row++) {
    const query = row % length;
    const first = (row - query) * 2 * words;
    for (let key = 0; key < length; key++) {
      if (blocked[row * length + key]) continue;
      const [byQuery, byKey] = [
        first + query * words + (key >> 5),
        first + (length + key) * words + (query >> 5),
      ];
      bits[byQuery] = (bits[byQuery] as number) & ~(1 << (key & 31));
      bits[byKey] = (bits[byKey] as number) & ~(1 << (query & 31));
    }
  }
  return bits;
}

function powerOfTwoFrom(minimum: number): number {
  return 2 ** Math.ceil(Math.log2(minimum));
}

/** What every launch of these kernels has in common. */
function common(
  c: WebgpuContext,
  [groups, length, width]: readonly [number, number, number],
  { heads, blocked }: AttentionAttributes,
  slice: number,
) {
  const headSize = width / heads;
  const slices = powerOfTwoFrom(Math.ceil(headSize / slice));
  return {
    baked: { headSize, slices, masked: blocked !== null },
    mask: blocked ? [c.constant(blocked, () => maskBits(blocked, length))] : [],
    params: {
      sequences: groups * heads,
      length,
      heads,
      words: Math.ceil(length / 32),
      perHead: (blocked?.length ?? 0) > length ** 2 ? 2 * length * Math.ceil(length / 32) : 0,
      scale: 1 / Math.sqrt(headSize),
    },
    groups: Math.ceil((groups * heads * length * slices) / LANES),
  };
}

export const attention =
  (c: WebgpuContext): NativeKernel<AttentionAttributes> =>
  ([qkv], attributes) => {
    const [groups, length, packed] = qkv.shape as [number, number, number];
    const width = packed / 3;
    const { heads } = attributes;
    if (isEmpty(qkv) || width / heads > MAX_HEAD_SIZE) return null;
    const { baked, mask, ...rest } = common(c, [groups, length, width], attributes, FORWARD_SLICE);
    const outputs = [c.output([groups, length, width]), c.output([groups * heads, length, 2])];
    c.run(forward, baked, { inputs: [qkv, ...mask], outputs, ...rest });
    return outputs;
  };

export const attentionGradient =
  (c: WebgpuContext): NativeKernel<AttentionAttributes> =>
  ([dy, qkv, stats], attributes) => {
    const shape = dy.shape as [number, number, number];
    const { heads } = attributes;
    if (isEmpty(dy) || shape[2] / heads > MAX_HEAD_SIZE) return null;
    const { baked, mask, ...rest } = common(c, shape, attributes, BACKWARD_SLICE);
    const [dqkv, inner] = [c.output(qkv.shape), c.output([shape[0] * heads * shape[1]])];
    c.run(toQueries, baked, { inputs: [dy, qkv, stats, ...mask], outputs: [dqkv, inner], ...rest });
    c.run(toKeys, baked, { inputs: [dy, qkv, stats, inner, ...mask], outputs: [dqkv], ...rest });
    return [dqkv];
  };
