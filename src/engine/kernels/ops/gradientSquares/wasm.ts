// Sums of squares on the wasm backend.
import { type NativeEntry, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { floatsBehind } from '../../runtime/wasm/simdModule.ts';
import { gradientSquaresKernel } from './index.ts';

export const gradientSquaresNatives = (c: WasmContext): NativeEntry[] => [
  native(gradientSquaresKernel, (gradients, { slices }) => {
    const values = gradients.flatMap((gradient, i) => {
      let x = c.address(gradient);
      return (slices[i] as readonly number[]).map((size) => {
        const sum = c.simd.sumOfSquares({ x, size });
        x = floatsBehind(x, size);
        return sum;
      });
    });
    const sums = c.output([values.length]);
    c.valuesOf(sums).set(values);
    return [sums];
  }),
];
