// Adds the fast versions of our kernels to the wasm backend. Called once, when that backend has started.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { WasmContext } from './module.ts';
import { registerWasmNatives } from './natives.ts';
import { registerRoutedNatives } from './routed.ts';
import { shareClones } from './sharedIdentity.ts';

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
