// Adds the fast versions of our kernels to the wasm backend. Called once, when that backend has started.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { registerWasmNatives } from './ops/natives.ts';
import { registerRoutedNatives } from './ops/routed.ts';
import { WasmContext } from './runtime/wasm/context.ts';
import { shareClones } from './runtime/wasm/sharedIdentity.ts';

/**
 * Without SIMD (see the adapter in the backend report) nothing is added, and kernels run as plain operations.
 * @throws WorkbenchError (backend) for a build of the backend whose memory we cannot share
 */
export async function installWasmKernels(backend: BackendWasm): Promise<void> {
  const context = await WasmContext.create(backend);
  if (!context) return;
  shareClones();
  registerWasmNatives(context);
  registerRoutedNatives(context);
}
