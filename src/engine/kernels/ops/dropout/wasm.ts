// Dropout on the wasm backend.
import { type NativeEntry, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { dropoutKernel } from './index.ts';

export const dropoutNatives = (c: WasmContext): NativeEntry[] => [
  native(dropoutKernel, ([x], { key, threshold, kept }) => {
    const y = c.output(x.shape);
    c.simd.dropout({ x: c.address(x), y: c.address(y), size: x.size, key, threshold, kept });
    return [y];
  }),
];
