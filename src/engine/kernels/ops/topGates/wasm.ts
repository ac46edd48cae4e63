// Sparse gates and the routes to experts on the wasm backend, in loops over its memory.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { CLOSED_LOGIT, OPEN_FROM, routesKernel, type TopAttributes, topGatesKernel } from './index.ts';

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

const topGates =
  (c: WasmContext): NativeKernel<TopAttributes> =>
  ([logits], { gates, top }) => {
    const kept = c.output(logits.shape);
    const [from, to] = [c.valuesOf(logits), c.valuesOf(kept)];
    let first = 0;
    for (let row = 0; row < (logits.shape[0] as number); row++) {
      for (const { experts } of gates) {
        keepLargest(from, to, first, first + experts.length, top);
        first += experts.length;
      }
    }
    return [kept];
  };

const routes =
  (c: WasmContext): NativeKernel<TopAttributes> =>
  ([kept], { gates, numExperts }) => {
    const [rows, total] = kept.shape as [number, number];
    const stride = 1 + 2 * rows;
    const table = c.output([numExperts, stride]);
    const [from, to] = [c.valuesOf(kept), c.valuesOf(table)];
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

export const topGatesNatives = (c: WasmContext): NativeEntry[] => [
  native(topGatesKernel, topGates(c)),
  native(routesKernel, routes(c)),
];
