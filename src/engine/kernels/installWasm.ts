// Adds our kernels to the wasm backend. Called once, when that backend has started. A kernel with a loop in the SIMD module has
// its line here.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { attentionNatives } from './ops/attention/wasm.ts';
import { batchNormNatives } from './ops/batchNorm/wasm.ts';
import { dropoutNatives } from './ops/dropout/wasm.ts';
import { embedTokensNatives } from './ops/embedTokens/wasm.ts';
import { gradientProductsNatives } from './ops/gradientProducts/wasm.ts';
import { gradientSquaresNatives } from './ops/gradientSquares/wasm.ts';
import { layerNormNatives } from './ops/layerNorm/wasm.ts';
import { linearNatives } from './ops/linear/wasm.ts';
import { mixExpertsNatives } from './ops/mixExperts/wasm.ts';
import { routedLinearNatives } from './ops/routedLinear/wasm.ts';
import { routedNormNatives } from './ops/routedNorm/wasm.ts';
import { routeRowsNatives } from './ops/routeRows/wasm.ts';
import { signDropNatives } from './ops/signDrop/wasm.ts';
import { takeSlotsNatives } from './ops/takeSlots/wasm.ts';
import { foldTokensNatives } from './ops/tokenLinear/wasm.ts';
import { topGatesNatives } from './ops/topGates/wasm.ts';
import { updateParameters } from './ops/updateParameters/wasm.ts';
import { installRuntime } from './runtime/backendRuntime.ts';
import { NativeKernels } from './runtime/kernel.ts';
import { type Instructions, WasmContext } from './runtime/wasm/context.ts';

const ops = [
  attentionNatives,
  batchNormNatives,
  dropoutNatives,
  embedTokensNatives,
  gradientProductsNatives,
  gradientSquaresNatives,
  layerNormNatives,
  linearNatives,
  mixExpertsNatives,
  routedLinearNatives,
  routedNormNatives,
  routeRowsNatives,
  signDropNatives,
  takeSlotsNatives,
  foldTokensNatives,
  topGatesNatives,
];

/**
 * Without SIMD nothing is added, and kernels run as plain operations.
 * @param allowed - instruction sets that may be used; tests choose one
 * @returns the instruction set of the kernels, shown as adapter in the backend report
 * @throws WorkbenchError (backend) for a build of the backend whose memory we cannot share
 */
export async function installWasmKernels(
  backend: BackendWasm,
  allowed: readonly Instructions[] = ['relaxed SIMD', 'SIMD'],
): Promise<Instructions | 'without SIMD'> {
  const c = await WasmContext.create(backend, allowed);
  if (!c) return 'without SIMD';
  installRuntime('wasm', {
    natives: new NativeKernels(ops.flatMap((nativesOf) => nativesOf(c))),
    updater: updateParameters(c),
  });
  return c.instructions;
}
