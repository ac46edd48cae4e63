// Experts that get some of the rows, on the wasm backend: rows are moved here, the loops are those of whole products and
// norms, over the rows of one expert at a time.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeKernel, registerNative } from '../runtime/defineKernel.ts';
import type { WasmContext } from '../runtime/wasm/context.ts';
import type { BatchNormAttributes } from './batchNorm/index.ts';
import { moveRoutedRunning } from './routedNorm/index.ts';
import type { RouteAttributes } from './routeRows/index.ts';
import { CLOSED_LOGIT, OPEN_FROM, type TopAttributes } from './topGates/index.ts';

type Native<A> = (context: WasmContext) => NativeKernel<A>;

/** The values of tensors; valid until the next allocation. */
const viewsOf = (c: WasmContext, ...tensors: tf.Tensor[]) =>
  tensors.map((t) => c.view(c.address(t), t.size)) as [Float32Array, Float32Array, Float32Array];

interface Routes {
  count: (expert: number) => number;
  /** Row of the position among those of an expert. */
  row: (expert: number, position: number) => number;
}

function routesOf(table: Float32Array, rows: number): Routes {
  const stride = 1 + 2 * rows;
  return {
    count: (expert) => table[expert * stride] as number,
    row: (expert, position) => table[expert * stride + 1 + position] as number,
  };
}

/** Keeps the `top` largest of from[first..end), the first of equal ones, and whatever is NaN, so that it shows. */
function keepLargest(from: Float32Array, to: Float32Array, first: number, end: number, top: number): void {
  for (let i = first; i < end; i++) to[i] = Number.isNaN(from[i]) ? Number.NaN : CLOSED_LOGIT;
  for (let kept = 0; kept < Math.min(top, end - first); kept++) {
    let best = -1;
    for (let i = first; i < end; i++) {
      if (to[i] === CLOSED_LOGIT && (best < 0 || (from[i] as number) > (from[best] as number))) best = i;
    }
    if (best >= 0) to[best] = from[best] as number;
  }
}

const topGates: Native<TopAttributes> =
  (c) =>
  ([logits], { gates, top }) => {
    const kept = c.output(logits.shape);
    const [from, to] = viewsOf(c, logits, kept);
    let first = 0;
    for (let row = 0; row < (logits.shape[0] as number); row++) {
      for (const { experts } of gates) {
        keepLargest(from, to, first, first + experts.length, top);
        first += experts.length;
      }
    }
    return [kept];
  };

const routes: Native<TopAttributes> =
  (c) =>
  ([kept], { gates, numExperts }) => {
    const [rows, total] = kept.shape as [number, number];
    const stride = 1 + 2 * rows;
    const table = c.output([numExperts, stride]);
    const [from, to] = viewsOf(c, kept, table);
    const places = to.fill(-1);
    const counts = new Int32Array(numExperts);
    const expertOf = Int32Array.from(gates.flatMap((g) => g.experts));
    for (let row = 0; row < rows; row++) {
      for (let logit = 0; logit < total; logit++) {
        const e = expertOf[logit] as number;
        const place = e * stride + 1 + rows + row;
        if ((from[row * total + logit] as number) <= OPEN_FROM || (places[place] as number) >= 0) continue;
        places[place] = counts[e] as number;
        to[e * stride + 1 + (counts[e] as number)] = row;
        counts[e] = (counts[e] as number) + 1;
      }
    }
    for (let e = 0; e < numExperts; e++) {
      const own = to.subarray(e * stride, (e + 1) * stride);
      let next = counts[e] as number;
      own[0] = next;
      for (let row = 0; row < rows; row++) if ((own[1 + rows + row] as number) < 0) own[1 + next++] = row;
    }
    return [table];
  };

const gatherRows: Native<RouteAttributes> =
  (c) =>
  ([x, table], { slotOf, slots }) => {
    const [rows, columns] = x.shape as [number, number];
    const width = columns / slots;
    const y = c.output([rows, slotOf.length * width]);
    const [from, to, values] = viewsOf(c, x, y, table);
    const { count, row } = routesOf(values, rows);
    slotOf.forEach((slot, e) => {
      for (let m = 0; m < count(e); m++) {
        const start = row(e, m) * columns + slot * width;
        to.set(from.subarray(start, start + width), (m * slotOf.length + e) * width);
      }
    });
    return [y];
  };

const scatterRows: Native<RouteAttributes> =
  (c) =>
  ([y, table], { slotOf, slots }) => {
    const [rows, columns] = y.shape as [number, number];
    const width = columns / slotOf.length;
    const x = c.output([rows, slots * width]);
    const [from, to, values] = viewsOf(c, y, x, table);
    const { count, row } = routesOf(values, rows);
    to.fill(0);
    slotOf.forEach((slot, e) => {
      for (let m = 0; m < count(e); m++) {
        const start = (m * slotOf.length + e) * width;
        const target = (row(e, m) * slots + slot) * width;
        for (let i = 0; i < width; i++)
          to[target + i] = (to[target + i] as number) + (from[start + i] as number);
      }
    });
    return [x];
  };

const FLOAT = 4;

/** Sizes of a product, and its counts read before anything is allocated. */
function productOf(c: WasmContext, x: tf.Tensor, weight: tf.Tensor, table: tf.Tensor) {
  const [rows] = x.shape as [number, number];
  const experts = table.shape[0] as number;
  const [total, inputs] = weight.shape as [number, number];
  const [values] = viewsOf(c, table);
  const { count } = routesOf(values, rows);
  const counts = Array.from({ length: experts }, (_, e) => count(e));
  return { rows, experts, total, inputs, outputs: total / experts, counts };
}

const routedLinear: Native<Record<string, never>> =
  (c) =>
  ([x, weight, bias, table]) => {
    const { rows, total, experts, inputs, outputs, counts } = productOf(c, x, weight, table);
    const y = c.output([rows, total]);
    const scratch = c.scratch(c.simd.linearScratch(inputs, outputs));
    const [from, weights, biases, to] = [x, weight, bias, y].map((t) => c.address(t)) as [
      number,
      number,
      number,
      number,
    ];
    for (const [e, count] of counts.entries()) {
      if (count === 0) continue;
      c.simd.linearForward(
        from + FLOAT * e * inputs,
        FLOAT * experts * inputs,
        weights + FLOAT * e * outputs * inputs,
        biases + FLOAT * e * outputs,
        to + FLOAT * e * outputs,
        0,
        FLOAT * total,
        count,
        inputs,
        outputs,
        0,
        scratch,
      );
    }
    return [y];
  };

const routedLinearGradient: Native<Record<string, never>> =
  (c) =>
  ([dy, x, weight, table]) => {
    const { total, experts, inputs, outputs, counts } = productOf(c, x, weight, table);
    const results = [c.output(x.shape), c.output(weight.shape)];
    const bytes = c.simd.linearScratch(inputs, outputs);
    const scratch = c.scratch(bytes + FLOAT * (outputs + 4));
    const [dyFrom, from, weights, dx, dw] = [dy, x, weight, ...results].map((t) => c.address(t)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    for (const [e, count] of counts.entries()) {
      const [input, output] = [FLOAT * e * inputs, FLOAT * e * outputs];
      c.simd.linearBackward(
        dyFrom + output,
        0,
        FLOAT * total,
        from + input,
        FLOAT * experts * inputs,
        weights + output * inputs,
        dx + input,
        dw + output * inputs,
        scratch + bytes,
        count,
        inputs,
        outputs,
        0,
        scratch,
      );
    }
    return results;
  };

/** Copies `count` rows of `width` between places with other strides, in floats. */
function copyRows(
  from: Float32Array,
  fromStride: number,
  to: Float32Array,
  toStride: number,
  count: number,
  width: number,
): void {
  for (let m = 0; m < count; m++) to.set(from.subarray(m * fromStride, m * fromStride + width), m * toStride);
}

const routedNorm: Native<BatchNormAttributes> =
  (c) =>
  ([x, scale, offset, table], { epsilon, relu, running }) => {
    const [rows, columns] = x.shape as [number, number];
    const experts = table.shape[0] as number;
    const width = columns / experts;
    const [y, statistics] = [c.output(x.shape), c.output([2, columns])];
    const block = rows * width + 4;
    const scratch = c.scratch(FLOAT * (2 * block + width));
    const [from, to, values] = viewsOf(c, x, y, table);
    const { count } = routesOf(values, rows);
    const [input, output] = [c.view(scratch, block), c.view(scratch + FLOAT * block, block)];
    const [scales, offsets, means] = [scale, offset, statistics].map((t) => c.address(t)) as [
      number,
      number,
      number,
    ];
    c.view(means, 2 * columns).fill(0);
    for (let e = 0; e < experts; e++) {
      const own = count(e);
      if (own === 0) continue;
      const at = FLOAT * e * width;
      copyRows(from.subarray(e * width), columns, input, width, own, width);
      c.simd.batchNormForward(
        scratch,
        scales + at,
        offsets + at,
        scratch + FLOAT * block,
        means + at,
        means + FLOAT * columns + at,
        own,
        width,
        epsilon,
        Number(relu),
        scratch + FLOAT * 2 * block,
      );
      copyRows(output, width, to.subarray(e * width), columns, own, width);
    }
    moveRoutedRunning(running, statistics, table);
    return [y, statistics];
  };

const routedNormGradient: Native<BatchNormAttributes> =
  (c) =>
  ([dy, x, scale, y, statistics, table], { epsilon, relu }) => {
    const [rows, columns] = x.shape as [number, number];
    const experts = table.shape[0] as number;
    const width = columns / experts;
    const [dx, dscale, doffset] = [c.output(x.shape), c.output([columns]), c.output([columns])];
    const block = rows * width + 4;
    const scratch = c.scratch(FLOAT * (4 * block + 3 * width));
    const { count } = routesOf(viewsOf(c, table)[0], rows);
    const places = [0, 1, 2, 3].map((i) => scratch + FLOAT * i * block) as [number, number, number, number];
    const blocks = places.map((at) => c.view(at, block)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const inputs = viewsOf(c, dy, x, y);
    const [result] = viewsOf(c, dx);
    for (const sums of viewsOf(c, dscale, doffset)) sums.fill(0);
    const [scales, means, toScale, toOffset] = [scale, statistics, dscale, doffset].map((t) =>
      c.address(t),
    ) as [number, number, number, number];
    for (let e = 0; e < experts; e++) {
      const own = count(e);
      if (own === 0) continue;
      const at = FLOAT * e * width;
      inputs.forEach((values, i) => {
        copyRows(values.subarray(e * width), columns, blocks[i] as Float32Array, width, own, width);
      });
      c.simd.batchNormBackward(
        places[0],
        places[1],
        scales + at,
        places[2],
        means + at,
        means + FLOAT * columns + at,
        places[3],
        toScale + at,
        toOffset + at,
        own,
        width,
        epsilon,
        Number(relu),
        scratch + FLOAT * 4 * block,
      );
      copyRows(blocks[3], width, result.subarray(e * width), columns, own, width);
    }
    return [dx, dscale, doffset];
  };

export function registerRoutedNatives(c: WasmContext): void {
  registerNative('wasm', 'TopGates', topGates(c));
  registerNative('wasm', 'Routes', routes(c));
  registerNative('wasm', 'GatherRows', gatherRows(c));
  registerNative('wasm', 'ScatterRows', scatterRows(c));
  registerNative('wasm', 'RoutedLinear', routedLinear(c));
  registerNative('wasm', 'RoutedLinearGradient', routedLinearGradient(c));
  registerNative('wasm', 'RoutedNorm', routedNorm(c));
  registerNative('wasm', 'RoutedNormGradient', routedNormGradient(c));
}
