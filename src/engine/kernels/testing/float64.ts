// Every kernel once more in float64 and in the plainest loops, as the measure for all backends. No tensors, nothing
// shared with the kernels.

export interface Matrix {
  shape: readonly number[];
  /** Row-major. */
  data: Float64Array;
}

/** Of the standard normal, by the continued fraction of Mills' ratio in the tail and its power series near 0. */
function normalCdf(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) > 5) {
    let fraction = 0;
    for (let k = 60; k >= 1; k--) fraction = k / (Math.abs(x) + fraction);
    const tail = density / (Math.abs(x) + fraction);
    return x > 0 ? 1 - tail : tail;
  }
  let term = x;
  let sum = x;
  for (let k = 1; k < 120; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + density * sum;
}

export const activations = {
  none: (z: number) => z,
  relu: (z: number) => Math.max(0, z),
  gelu: (z: number) => z * normalCdf(z),
};

/** activation(x W^T + b): x [N, in], weight [out, in], bias [out]. */
export function linear(
  x: Matrix,
  weight: Matrix,
  bias: Matrix,
  activation: keyof typeof activations,
): Float64Array {
  const [outputs, inputs] = weight.shape as [number, number];
  const rows = x.data.length / inputs;
  return Float64Array.from({ length: rows * outputs }, (_, index) => {
    const [n, o] = [Math.floor(index / outputs), index % outputs];
    let z = bias.data[o] as number;
    for (let i = 0; i < inputs; i++) {
      z += (x.data[n * inputs + i] as number) * (weight.data[o * inputs + i] as number);
    }
    return activations[activation](z);
  });
}

/**
 * Packed qkv [G, L, 3D] -> [G, L, D]; blocked [L * L] or [heads * L * L], 1 = may not be read.
 * @param factors - of the softmax weights, [G, heads, L, L]
 */
export function attention(
  raw: Matrix,
  heads: number,
  blocked: Uint8Array | null,
  { rotary = false, factors = null }: { rotary?: boolean; factors?: Float32Array | null } = {},
): Float64Array {
  const qkv = rotary ? { ...raw, data: turned(raw, heads) } : raw;
  const [groups, length, packed] = qkv.shape as [number, number, number];
  const width = packed / 3;
  const size = width / heads;
  const perHead = (blocked?.length ?? 0) > length ** 2 ? length ** 2 : 0;
  const out = new Float64Array(groups * length * width);
  const at = (g: number, l: number, column: number) => qkv.data[(g * length + l) * packed + column] as number;
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < length; i++) {
        const scores = Array.from({ length }, (_, j) => {
          if (blocked?.[h * perHead + i * length + j]) return Number.NEGATIVE_INFINITY;
          let dot = 0;
          for (let d = h * size; d < (h + 1) * size; d++) dot += at(g, i, d) * at(g, j, width + d);
          return dot / Math.sqrt(size);
        });
        const top = Math.max(...scores);
        const powers = scores.map((s) => Math.exp(s - top));
        const sum = powers.reduce((a, b) => a + b, 0);
        for (let d = h * size; d < (h + 1) * size; d++) {
          let mixed = 0;
          powers.forEach((p, j) => {
            const factor = factors?.[((g * heads + h) * length + i) * length + j] ?? 1;
            mixed += factor * (p / sum) * at(g, j, 2 * width + d);
          });
          out[(g * length + i) * width + d] = mixed;
        }
      }
    }
  }
  return out;
}

/** Turns neighbouring pairs of q and k by position * 10000^(-2j / hd). */
function turned(qkv: Matrix, heads: number): Float64Array {
  const [groups, length, packed] = qkv.shape as [number, number, number];
  const width = packed / 3;
  const size = width / heads;
  const out = qkv.data.slice();
  for (let row = 0; row < groups * length; row++) {
    for (let column = 0; column < 2 * width; column += 2) {
      const j = ((column % width) % size) / 2;
      const angle = (row % length) * 10000 ** ((-2 * j) / size);
      const place = row * packed + column;
      const [a, b] = [qkv.data[place] as number, qkv.data[place + 1] as number];
      out[place] = a * Math.cos(angle) - b * Math.sin(angle);
      out[place + 1] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
  return out;
}

/** Over the last axis, biased variance. */
export function layerNorm(x: Matrix, scale: Matrix, offset: Matrix, epsilon: number): Float64Array {
  const width = scale.data.length;
  const out = new Float64Array(x.data.length);
  for (let start = 0; start < x.data.length; start += width) {
    const row = x.data.subarray(start, start + width);
    const mean = row.reduce((a, b) => a + b, 0) / width;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
    row.forEach((value, i) => {
      const normed = (value - mean) / Math.sqrt(variance + epsilon);
      out[start + i] = normed * (scale.data[i] as number) + (offset.data[i] as number);
    });
  }
  return out;
}

export interface TokenInputs {
  taskWeight?: Matrix;
  taskBias?: Matrix;
  table?: Matrix;
  codes?: Matrix;
  numericWeight?: Matrix;
  numericBias?: Matrix;
  numeric?: Matrix;
}

export function embedTokens(inputs: TokenInputs, rows: number, width: number): Float64Array {
  const { taskWeight, taskBias, table, codes, numericWeight, numericBias, numeric } = inputs;
  const out: number[] = [];
  for (let r = 0; r < rows; r++) {
    taskWeight?.data.forEach((w, i) => {
      out.push(w + (taskBias?.data[i] as number));
    });
    const columns = codes?.shape[1] ?? 0;
    for (let c = 0; c < columns; c++) {
      const code = codes?.data[r * columns + c] as number;
      for (let e = 0; e < width; e++) out.push(table?.data[code * width + e] as number);
    }
    const values = numeric?.shape[1] ?? 0;
    for (let n = 0; n < values; n++) {
      const value = numeric?.data[r * values + n] as number;
      for (let e = 0; e < width; e++) {
        const i = n * width + e;
        out.push(value * (numericWeight?.data[i] as number) + (numericBias?.data[i] as number));
      }
    }
  }
  return Float64Array.from(out);
}

export interface AdamState {
  p: Float64Array;
  m: Float64Array;
  v: Float64Array;
}

/** One AdamW step in the order of golden/README: decay first, then the update. */
export function adamw(
  state: AdamState,
  gradient: Float64Array,
  step: number,
  decay: number,
  rate: number,
  scale: number,
): void {
  gradient.forEach((raw, i) => {
    const g = raw * scale;
    const m = 0.9 * (state.m[i] as number) + 0.1 * g;
    const v = 0.999 * (state.v[i] as number) + 0.001 * g * g;
    const [mHat, vHat] = [m / (1 - 0.9 ** step), v / (1 - 0.999 ** step)];
    state.m[i] = m;
    state.v[i] = v;
    state.p[i] = (state.p[i] as number) * (1 - rate * decay) - (rate * mHat) / (Math.sqrt(vHat) + 1e-8);
  });
}

/** Groups of `linear`, side by side (`columns`) or one below the other (`rows`). */
export function groupedLinear(
  x: Matrix,
  weight: Matrix,
  bias: Matrix,
  {
    widths,
    layout,
    activation,
  }: { widths: readonly number[]; layout: 'columns' | 'rows'; activation: keyof typeof activations },
): Float64Array {
  const groups = widths.length;
  const [total, inputs] = weight.shape as [number, number];
  const [rows, columns] = x.shape as [number, number];
  const each = layout === 'rows' ? rows / groups : rows;
  const outColumns = layout === 'rows' ? total / groups : total;
  const out = new Float64Array(rows * outColumns);
  let first = 0;
  widths.forEach((width, g) => {
    for (let n = 0; n < each; n++) {
      for (let o = 0; o < width; o++) {
        let z = bias.data[first + o] as number;
        for (let i = 0; i < inputs; i++) {
          const at = layout === 'rows' ? (g * each + n) * columns + i : n * columns + g * inputs + i;
          z += (x.data[at] as number) * (weight.data[(first + o) * inputs + i] as number);
        }
        const to = layout === 'rows' ? (g * each + n) * outColumns + o : n * outColumns + first + o;
        out[to] = activations[activation](z);
      }
    }
    first += width;
  });
  return out;
}

/** Every column of x [N, C] normalised over the rows, with the biased variance. */
export function batchNorm(
  x: Matrix,
  scale: Matrix,
  offset: Matrix,
  epsilon: number,
  relu: boolean,
): Float64Array {
  const [rows, width] = x.shape as [number, number];
  const out = new Float64Array(rows * width);
  for (let c = 0; c < width; c++) {
    const column = Array.from({ length: rows }, (_, r) => x.data[r * width + c] as number);
    const mean = column.reduce((a, b) => a + b, 0) / rows;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / rows;
    column.forEach((value, r) => {
      const normalised = (value - mean) / Math.sqrt(variance + epsilon);
      const y = normalised * (scale.data[c] as number) + (offset.data[c] as number);
      out[r * width + c] = relu ? Math.max(0, y) : y;
    });
  }
  return out;
}

/** Softmax of each gate's logits, and the experts it weights added up. */
export function mixExperts(
  logits: Matrix,
  experts: Matrix,
  { gates, numExperts }: { gates: readonly { experts: readonly number[] }[]; numExperts: number },
): Float64Array {
  const [rows, total] = logits.shape as [number, number];
  const width = (experts.shape[1] as number) / numExperts;
  const out = new Float64Array(rows * gates.length * width);
  for (let r = 0; r < rows; r++) {
    let first = r * total;
    gates.forEach((gate, g) => {
      const own = Array.from(gate.experts, (_, k) => logits.data[first + k] as number);
      first += own.length;
      const highest = Math.max(...own);
      const exps = own.map((l) => Math.exp(l - highest));
      const sum = exps.reduce((a, b) => a + b, 0);
      gate.experts.forEach((expert, k) => {
        for (let j = 0; j < width; j++) {
          const value = experts.data[(r * numExperts + expert) * width + j] as number;
          out[(r * gates.length + g) * width + j] += (value * (exps[k] as number)) / sum;
        }
      });
    });
  }
  return out;
}

/** Mean loss of logits [N, outputs] for targets [N]. */
export function taskLoss(
  { shape, data }: Matrix,
  targets: Matrix,
  kind: 'squared-error' | 'binary' | 'multiclass',
): Float64Array {
  const [rows, outputs] = shape as [number, number];
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * outputs, (row + 1) * outputs);
    const [z, target] = [own[0] as number, targets.data[row] as number];
    if (kind === 'squared-error') sum += (z - target) ** 2;
    else if (kind === 'binary') sum += Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));
    else {
      const top = Math.max(...own);
      const powers = own.reduce((total, value) => total + Math.exp(value - top), 0);
      sum += Math.log(powers) - ((own[target] as number) - top);
    }
  }
  return Float64Array.of(sum / rows);
}

/** Logits of each gate below its `top` largest, ties to the first, become -Infinity. */
export function topLogits(
  { shape, data }: Matrix,
  gates: readonly { experts: readonly number[] }[],
  top: number,
): Float64Array {
  const [rows, total] = shape as [number, number];
  const out = data.slice();
  for (let r = 0; r < rows; r++) {
    let first = r * total;
    for (const { experts } of gates) {
      const places = experts.map((_, i) => first + i);
      const inOrder = [...places].sort((a, b) => (data[b] as number) - (data[a] as number) || a - b);
      for (const place of inOrder.slice(top)) out[place] = Number.NEGATIVE_INFINITY;
      first += experts.length;
    }
  }
  return out;
}

/**
 * Sparse gates over experts of one linear layer, a batch norm over the rows that any gate sends an expert, and ReLU.
 * @param x - [N, slots * in]
 * @param weight - [E * out, in]
 */
export function sparseExperts(
  [x, logits, weight, bias, scale, offset]: readonly [Matrix, Matrix, Matrix, Matrix, Matrix, Matrix],
  o: {
    gates: readonly { experts: readonly number[] }[];
    slotOf: readonly number[];
    slots: number;
    top: number;
  },
): Float64Array {
  const [rows, columns] = x.shape as [number, number];
  const [total, inputs] = weight.shape as [number, number];
  const numExperts = o.slotOf.length;
  const width = total / numExperts;
  const kept: Matrix = { shape: logits.shape, data: topLogits(logits, o.gates, o.top) };
  const outputs = new Float64Array(rows * total);
  const gateLogits = logits.shape[1] as number;
  for (let e = 0; e < numExperts; e++) {
    const own = Array.from({ length: rows }, (_, r) => r).filter((r) => {
      let first = r * gateLogits;
      return o.gates.some(({ experts }) => {
        const open = experts.some((x, i) => x === e && kept.data[first + i] !== Number.NEGATIVE_INFINITY);
        first += experts.length;
        return open;
      });
    });
    if (own.length === 0) continue;
    const pick = (m: Matrix, size: number): Matrix => ({
      shape: [size],
      data: m.data.slice(e * size, (e + 1) * size),
    });
    const input = own.flatMap((r) => {
      const from = r * columns + (o.slotOf[e] as number) * inputs;
      return Array.from(x.data.subarray(from, from + inputs));
    });
    const z = linear(
      { shape: [own.length, inputs], data: Float64Array.from(input) },
      { shape: [width, inputs], data: weight.data.slice(e * width * inputs, (e + 1) * width * inputs) },
      pick(bias, width),
      'none',
    );
    const y = batchNorm(
      { shape: [own.length, width], data: z },
      pick(scale, width),
      pick(offset, width),
      1e-5,
      true,
    );
    own.forEach((r, m) => {
      outputs.set(y.subarray(m * width, (m + 1) * width), r * total + e * width);
    });
  }
  return mixExperts(kept, { shape: [rows, total], data: outputs }, { gates: o.gates, numExperts });
}
