// Attention of wide heads and of rotary positions on WebGPU, tile by tile (Dao et al. 2022): a workgroup owns 32 queries (32
// keys, for the gradients of keys and values), computes their scores with a block of the others as a product of tiles in
// workgroup memory, and sums rows of the others weighted by them. Positions are applied to q and k when they are read.

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

export interface Tiles extends Head {
  rotary: boolean;
  /** Number of keys or queries in a block. */
  others: number;
  /** Invocations side by side along a row of scores, and along the columns of a result. */
  across: 8 | 16;
}

/** Rows of the workgroup; an invocation has every eighth of them as lanes of vectors. */
export const OWN = 32;
const DOWN = OWN / 4;
/** Vectors between rows in workgroup memory: one of padding, so that neighbours are in different banks. */
const STRIDE = DOWN + 1;

/** Dimensions of a head per product, in vectors; more would leave room for fewer workgroups. */
const CHUNK = 4;

export const lanesOf = ({ across }: Tiles) => DOWN * across;

/** Derived sizes. `chunk`: dimensions of a head per product, in vectors. `held`: columns of an invocation, in vectors. */
function sizesOf({ headSize, others, across }: Tiles) {
  const vectors = Math.ceil(headSize / 4);
  const chunk = Math.min(CHUNK, vectors);
  return {
    chunk,
    chunks: Math.ceil(vectors / chunk),
    held: Math.ceil(vectors / across),
    scores: others / across,
  };
}

/** Four values of a row of each part, from dimension d on; `row` counts from the start of the sequence. */
type Read = (row: string, d: string) => string;

function reads({ rotary }: Tiles) {
  const packed =
    (part: number): Read =>
    (row, d) =>
      `load_qkv(((rows + ${row}) * 3u + ${part}u) * width + head, ${d})`;
  const turned =
    (read: Read): Read =>
    (row, d) =>
      rotary ? `turned(${read(row, d)}, ${row}, ${d}, 1.0)` : read(row, d);
  const plain =
    (name: string): Read =>
    (row, d) =>
      `load_${name}((rows + ${row}) * width + head, ${d})`;
  return {
    query: turned(packed(0)),
    key: turned(packed(1)),
    value: packed(2),
    dy: plain('dy'),
    mixed: plain('mixed'),
  };
}

/** Memory and functions common to all kernels here. */
function common(t: Tiles, inputs: readonly string[], outputs: readonly string[]): string {
  const { chunk, chunks, held } = sizesOf(t);
  const within = 4 * chunk * chunks === t.headSize && 4 * held * t.across === t.headSize;
  const forProduct = 4 * chunk * STRIDE + t.others * (chunk + 1);
  return `
    ${loads(t, [...inputs, ...(t.rotary ? ['angles'] : [])], within)}
    ${outputs.map((name) => store(t, name)).join('\n')}
    ${factors(t)}
    // Either two factors of a product, or weights of the block: [others, STRIDE], four own rows a vector.
    var<workgroup> tile: array<vec4f, ${Math.max(forProduct, t.others * STRIDE)}>;
    var<workgroup> parts: array<vec4f, ${lanesOf(t)}>;
    ${
      t.rotary
        ? `fn turned(x: vec4f, row: u32, d: u32, sign: f32) -> vec4f {
             let a = load_angles(row * ${t.headSize}u, d) * vec4f(1.0, sign, 1.0, sign);
             return vec4f(x.x * a.x - x.y * a.y, x.y * a.x + x.x * a.y,
                          x.z * a.z - x.w * a.w, x.w * a.z + x.z * a.w);
           }`
        : ''
    }
    ${
      t.masked
        ? `// Bits of a row of the mask; beyond its end all are blocked.
           fn blocked_word(row: u32, word: u32) -> u32 {
             if (word >= p.words) { return 0xffffffffu; }
             return mask[row + word];
           }`
        : ''
    }`;
}

/** `{name}{c}`: dot products of four own rows with the c-th other row of this invocation. */
function product(t: Tiles, name: string, own: Read, other: Read): string {
  const { chunk, chunks, scores } = sizesOf(t);
  const second = 4 * chunk * STRIDE;
  const lanes = lanesOf(t);
  return `
    ${unrolled(scores, (c) => `var ${name}${c} = vec4f(0.0);`)}
    for (var chunk = 0u; chunk < ${chunks}u; chunk++) {
      workgroupBarrier();
      for (var i = lane; i < ${DOWN * chunk}u; i += ${lanes}u) {
        let row = first_own + i / ${chunk}u;
        let d = 4u * (chunk * ${chunk}u + i % ${chunk}u);
        let columns = transpose(mat4x4f(${[0, 1, 2, 3]
          .map((r) => own(`min(row + ${DOWN * r}u, last)`, 'd'))
          .join(',\n')}));
        let to = 4u * (i % ${chunk}u) * ${STRIDE}u + i / ${chunk}u;
        ${unrolled(4, (e) => `tile[to + ${e * STRIDE}u] = columns[${e}];`)}
      }
      for (var i = lane; i < ${t.others * chunk}u; i += ${lanes}u) {
        let row = min(block + i / ${chunk}u, last);
        let d = 4u * (chunk * ${chunk}u + i % ${chunk}u);
        tile[${second}u + (i / ${chunk}u) * ${chunk + 1}u + i % ${chunk}u] = ${other('row', 'd')};
      }
      workgroupBarrier();
      for (var v = 0u; v < ${chunk}u; v++) {
        let at = 4u * v * ${STRIDE}u + ty;
        ${unrolled(4, (e) => `let a${e} = tile[at + ${e * STRIDE}u];`)}
        ${unrolled(
          scores,
          (c) => `{ let b = tile[${second}u + (tx + ${t.across * c}u) * ${chunk + 1}u + v];
                    ${name}${c} += a0 * b.x + a1 * b.y + a2 * b.z + a3 * b.w; }`,
        )}
      }
    }`;
}

/** `other{c}`, and `open{c}`: for which of the four own rows it is open. */
function openness(t: Tiles, byKey: boolean): string {
  const { scores } = sizesOf(t);
  const base = `(seq % p.heads) * p.perHead + ${byKey ? 'p.length * p.words' : '0u'}`;
  const words = Math.ceil(t.others / 32);
  const word = (w: number) =>
    `let bits${w} = vec4u(${[0, 1, 2, 3]
      .map((r) => `blocked_word(mask0 + row${r} * p.words, block / 32u + ${w}u)`)
      .join(', ')});`;
  return `
    ${t.masked ? `let mask0 = ${base}; ${unrolled(words, word)}` : ''}
    ${unrolled(scores, (c) => {
      const column = `tx + ${t.across * c}u`;
      const inside = `vec4<bool>(other${c} < p.length)`;
      const w = Math.floor((t.across * c) / 32);
      return `let other${c} = block + ${column};
              let open${c} = ${
                t.masked ? `((bits${w} >> vec4u((${column}) % 32u)) & vec4u(1u)) == vec4u(0u)` : inside
              };`;
    })}`;
}

/** Stores a vector per other row, expression(c), for `weighted`. */
const share = (t: Tiles, value: (c: number) => string) => `
  workgroupBarrier();
  ${unrolled(sizesOf(t).scores, (c) => `tile[(tx + ${t.across * c}u) * ${STRIDE}u + ty] = ${value(c)};`)}
  workgroupBarrier();`;

const accumulators = (t: Tiles, name: string) =>
  unrolled(sizesOf(t).held, (v) => unrolled(4, (r) => `var ${name}${r}_${v} = vec4f(0.0);`));

/** Adds products of the shared weights and rows of the others. */
function weighted(t: Tiles, name: string, other: Read): string {
  const { held } = sizesOf(t);
  return `
    for (var k = 0u; k < min(${t.others}u, p.length - block); k++) {
      let w = tile[k * ${STRIDE}u + ty];
      ${unrolled(
        held,
        (v) => `{ let x = ${other('(block + k)', `4u * tx + ${4 * t.across * v}u`)};
                  ${unrolled(4, (r) => `${name}${r}_${v} += w[${r}] * x;`)} }`,
      )}
    }`;
}

/** Sum over the invocations that share own rows. */
const total = (t: Tiles, name: string, part: string) => `
  parts[lane] = ${part};
  workgroupBarrier();
  var ${name} = vec4f(0.0);
  for (var i = 0u; i < ${t.across}u; i++) { ${name} += parts[ty * ${t.across}u + i]; }
  workgroupBarrier();`;

/** For each held vector of each own row: line(r, v, d). */
const results = (t: Tiles, line: (r: number, v: number, d: string) => string) =>
  unrolled(
    4,
    (r) =>
      `if (first_own + ty + ${DOWN * r}u < p.length) {
         ${unrolled(sizesOf(t).held, (v) => line(r, v, `4u * tx + ${4 * t.across * v}u`))}
       }`,
  );

const start = (t: Tiles) => `
  let tiles = (p.length + ${OWN - 1}u) / ${OWN}u;
  let seq = group / tiles;
  let first_own = (group % tiles) * ${OWN}u;
  let last = p.length - 1u;
  let width = p.heads * ${t.headSize}u;
  let head = (seq % p.heads) * ${t.headSize}u;
  let rows = (seq / p.heads) * p.length;
  let tx = lane % ${t.across}u;
  let ty = lane / ${t.across}u;
  ${unrolled(4, (r) => `let row${r} = min(first_own + ty + ${DOWN * r}u, last);`)}
  let own = vec4u(row0, row1, row2, row3);`;

const anglesInput = (t: Tiles): Record<string, 'f32' | 'vec4f'> => (t.rotary ? { angles: elementOf(t) } : {});
/** The gradient of a rotated vector, rotated back. */
const back = (t: Tiles, value: string, row: string, d: string) =>
  t.rotary ? `turned(${value}, ${row}, ${d}, -1.0)` : value;

export const forward = program({
  name: 'Attention: tiles',
  params: PARAMS,
  flops: flopsOf(2),
  shader(t: Tiles): Shader {
    const { scores } = sizesOf(t);
    const { query, key, value } = reads(t);
    return {
      lanes: lanesOf(t),
      inputs: { qkv: elementOf(t), ...anglesInput(t), ...maskInput(t) },
      outputs: { mixed: elementOf(t), stats: 'vec2f' },
      code: `
        ${common(t, ['qkv'], ['mixed'])}
        fn run(group: u32, lane: u32) {
          ${start(t)}
          ${accumulators(t, 'sum')}
          var top = vec4f(${LOWEST});
          var powers = vec4f(0.0);
          for (var block = 0u; block < p.length; block += ${t.others}u) {
            ${product(t, 's', query, key)}
            ${openness(t, false)}
            ${unrolled(scores, (c) => `s${c} = select(vec4f(${LOWEST}), s${c} * p.scale, open${c});`)}
            var next = s0;
            ${unrolled(scores, (c) => `next = max(next, s${c});`)}
            parts[lane] = next;
            workgroupBarrier();
            next = top;
            for (var i = 0u; i < ${t.across}u; i++) { next = max(next, parts[ty * ${t.across}u + i]); }
            let shrink = exp(top - next);
            top = next;
            powers *= shrink;
            ${unrolled(
              scores,
              (c) => `s${c} = select(vec4f(0.0), exp(s${c} - top), open${c});
                      powers += s${c};`,
            )}
            ${share(t, (c) => `s${c} * factor_at((seq * p.length + own) * p.length + vec4u(other${c}))`)}
            ${unrolled(sizesOf(t).held, (v) => unrolled(4, (r) => `sum${r}_${v} *= shrink[${r}];`))}
            ${weighted(t, 'sum', value)}
          }
          ${total(t, 'all', 'powers')}
          ${results(t, (r, v, d) => `store_mixed((rows + row${r}) * width + head, ${d}, sum${r}_${v} / all[${r}]);`)}
          if (tx == 0u) {
            ${unrolled(
              4,
              (r) =>
                `if (first_own + ty + ${DOWN * r}u < p.length) {
                   stats[seq * p.length + row${r}] = vec2f(top[${r}], all[${r}]);
                 }`,
            )}
          }
        }`,
    };
  },
});

/** The gradient of the queries; `inner` as in the kernel of narrow heads. */
export const toQueries = program({
  name: 'AttentionGradient: tiles to queries',
  params: PARAMS,
  flops: flopsOf(3),
  shader(t: Tiles): Shader {
    const { held } = sizesOf(t);
    const { query, key, value, dy, mixed } = reads(t);
    return {
      lanes: lanesOf(t),
      inputs: {
        dy: elementOf(t),
        qkv: elementOf(t),
        mixed: elementOf(t),
        stats: 'vec2f',
        ...anglesInput(t),
        ...maskInput(t),
      },
      outputs: { dqkv: elementOf(t), inner: 'f32' },
      code: `
        ${common(t, ['qkv', 'dy', 'mixed'], ['dqkv'])}
        fn run(group: u32, lane: u32) {
          ${start(t)}
          ${accumulators(t, 'sum')}
          ${unrolled(4, (r) => `let stat${r} = stats[seq * p.length + row${r}];`)}
          let top = vec4f(stat0.x, stat1.x, stat2.x, stat3.x);
          let powers = vec4f(stat0.y, stat1.y, stat2.y, stat3.y);
          var part = vec4f(0.0);
          ${unrolled(held, (v) => {
            const d = `4u * tx + ${4 * t.across * v}u`;
            return unrolled(4, (r) => `part[${r}] += dot(${dy(`row${r}`, d)}, ${mixed(`row${r}`, d)});`);
          })}
          ${total(t, 'all', 'part')}
          for (var block = 0u; block < p.length; block += ${t.others}u) {
            ${product(t, 's', query, key)}
            ${product(t, 'dw', dy, value)}
            ${openness(t, false)}
            ${share(
              t,
              (c) =>
                `select(vec4f(0.0), exp(s${c} * p.scale - top) / powers, open${c})
               * (dw${c} * factor_at((seq * p.length + own) * p.length + vec4u(other${c})) - all) * p.scale`,
            )}
            ${weighted(t, 'sum', key)}
          }
          ${results(t, (r, v, d) => {
            const gradient = back(t, `sum${r}_${v}`, `row${r}`, d);
            return `store_dqkv((rows + row${r}) * 3u * width + head, ${d}, ${gradient});`;
          })}
          if (tx == 0u) {
            ${unrolled(
              4,
              (r) =>
                `if (first_own + ty + ${DOWN * r}u < p.length) { inner[seq * p.length + row${r}] = all[${r}]; }`,
            )}
          }
        }`,
    };
  },
});

/** The gradients of keys and values. */
export const toKeys = program({
  name: 'AttentionGradient: tiles to keys',
  params: PARAMS,
  flops: flopsOf(4),
  shader(t: Tiles): Shader {
    const { scores } = sizesOf(t);
    const { query, key, value, dy } = reads(t);
    return {
      lanes: lanesOf(t),
      inputs: {
        dy: elementOf(t),
        qkv: elementOf(t),
        stats: 'vec2f',
        inner: 'f32',
        ...anglesInput(t),
        ...maskInput(t),
      },
      outputs: { dqkv: elementOf(t) },
      code: `
        ${common(t, ['qkv', 'dy'], ['dqkv'])}
        fn run(group: u32, lane: u32) {
          ${start(t)}
          ${accumulators(t, 'dk')}
          ${accumulators(t, 'dv')}
          for (var block = 0u; block < p.length; block += ${t.others}u) {
            ${product(t, 's', key, query)}
            ${product(t, 'dw', value, dy)}
            ${openness(t, true)}
            ${unrolled(
              scores,
              (c) => `let at${c} = seq * p.length + min(other${c}, last);
                      let factor${c} = factor_at(vec4u(at${c} * p.length) + own);
                      let w${c} = select(vec4f(0.0), exp(s${c} * p.scale - stats[at${c}].x) / stats[at${c}].y, open${c});`,
            )}
            ${share(t, (c) => `w${c} * factor${c}`)}
            ${weighted(t, 'dv', dy)}
            ${share(t, (c) => `w${c} * (dw${c} * factor${c} - inner[at${c}]) * p.scale`)}
            ${weighted(t, 'dk', query)}
          }
          ${results(t, (r, v, d) => {
            const gradient = back(t, `dk${r}_${v}`, `row${r}`, d);
            return `store_dqkv(((rows + row${r}) * 3u + 1u) * width + head, ${d}, ${gradient});
                    store_dqkv(((rows + row${r}) * 3u + 2u) * width + head, ${d}, dv${r}_${v});`;
          })}
        }`,
    };
  },
});
