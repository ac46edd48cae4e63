// Sparse gates and the routes to experts on the wasm backend.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { CLOSED_LOGIT, OPEN_FROM, routesKernel, type TopAttributes, topGatesKernel } from './index.ts';

const topGates =
  (c: WasmContext): NativeKernel<TopAttributes> =>
  ([logits], { gates, top }) => {
    const kept = c.output(logits.shape);
    // Sizes of the gates, and behind them memory for the logits that a gate keeps.
    const sizes = c.integers([...gates.map((g) => g.experts.length), ...new Array<number>(top).fill(0)]);
    c.simd.topGates({
      logits: c.address(logits),
      kept: c.address(kept),
      sizes,
      rows: logits.shape[0] as number,
      numGates: gates.length,
      top,
      closed: CLOSED_LOGIT,
    });
    return [kept];
  };

const routes =
  (c: WasmContext): NativeKernel<TopAttributes> =>
  ([kept], { gates, numExperts }) => {
    const [rows, total] = kept.shape as [number, number];
    const table = c.output([numExperts, 1 + 2 * rows]);
    c.simd.makeRoutes({
      kept: c.address(kept),
      table: c.address(table),
      expertOf: c.integers(gates.flatMap((g) => g.experts)),
      rows,
      total,
      numExperts,
      openFrom: OPEN_FROM,
    });
    return [table];
  };

export const topGatesNatives = (c: WasmContext): NativeEntry[] => [
  native(topGatesKernel, topGates(c)),
  native(routesKernel, routes(c)),
];
