// Inner products on the wasm backend: all pairs of gradients meet block by block in the cache, and sums are float64.
import { type NativeEntry, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { bytesBehind } from '../../runtime/wasm/simdModule.ts';
import { gradientProductsKernel } from './index.ts';

export const gradientProductsNatives = (c: WasmContext): NativeEntry[] => [
  native(gradientProductsKernel, (gradients, { runs }) => {
    const count = gradients.length;
    const products = c.output([count, count]);
    const addresses = gradients.map((g) => c.address(g));
    // The sums come first, because float64 values lie on multiples of eight bytes.
    const sums = c.scratch(8 * count * count + 4 * count);
    const rows = bytesBehind(sums, 8 * count * count);
    c.write(sums, new Float32Array(2 * count * count));
    c.write(rows, Int32Array.from(addresses));
    for (const { start, size } of runs) c.simd.innerProducts({ rows, count, start, size, sums });
    const lower = new Float64Array(c.view(sums, 2 * count * count).buffer, sums, count * count);
    const values = c.valuesOf(products);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        const value = lower[i * count + j] as number;
        values[i * count + j] = value;
        values[j * count + i] = value;
      }
    }
    return [products];
  }),
];
