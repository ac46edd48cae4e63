// Groups of columns on the wasm backend, taken and put back.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { type SlotAttributes, takeSlotsGradientKernel, takeSlotsKernel } from './index.ts';

const takeSlots =
  (c: WasmContext): NativeKernel<SlotAttributes> =>
  ([x], { slots, total }) => {
    const [rows, columns] = x.shape as [number, number];
    const width = columns / total;
    const y = c.output([rows, slots.length * width]);
    c.simd.takeSlots({
      x: c.address(x),
      y: c.address(y),
      slots: c.integers(slots),
      rows,
      count: slots.length,
      total,
      width,
    });
    return [y];
  };

const takeSlotsGradient =
  (c: WasmContext): NativeKernel<SlotAttributes> =>
  ([dy], { slots, total }) => {
    const [rows, columns] = dy.shape as [number, number];
    const width = columns / slots.length;
    const dx = c.output([rows, total * width]);
    c.simd.putSlots({
      dy: c.address(dy),
      dx: c.address(dx),
      slots: c.integers(slots),
      rows,
      count: slots.length,
      total,
      width,
    });
    return [dx];
  };

export const takeSlotsNatives = (c: WasmContext): NativeEntry[] => [
  native(takeSlotsKernel, takeSlots(c)),
  native(takeSlotsGradientKernel, takeSlotsGradient(c)),
];
