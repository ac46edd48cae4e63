// Adds the fast versions of our kernels to the wasm backend. Called once, when that backend has started.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

export async function installWasmKernels(_backend: BackendWasm): Promise<void> {}
