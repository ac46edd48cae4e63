// Adds the SIMD versions of our kernels to the wasm backend of tfjs, working on its own memory without copies. Only the
// plain build qualifies: the threaded one has another memory.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { registerNatives } from './natives.ts';
import { simdBinary } from './simd.generated.ts';

/** What the module exports; see assembly/index.ts for the arguments. */
export type SimdExports = Record<
  | 'biasActivation'
  | 'activationGradient'
  | 'columnSum'
  | 'transpose'
  | 'layerNorm'
  | 'layerNormGradient'
  | 'attention'
  | 'attentionGradient'
  | 'adamw'
  | 'sumOfSquares'
  | 'embedNumeric'
  | 'embedNumericGradient'
  | 'embedCodes'
  | 'embedCodesGradient'
  | 'embedTasks'
  | 'embedTasksGradient',
  (...args: number[]) => number
>;

/** The parts of the Emscripten module that its types leave out. The package's version is pinned for this reason. */
export interface HostModule {
  asm: { memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

/** Called once, when the backend has started. Without SIMD the reference versions stay. */
export async function installWasmKernels(backend: BackendWasm): Promise<void> {
  const host = backend.wasm as unknown as HostModule;
  const bytes = decode(simdBinary);
  if (!WebAssembly.validate(bytes)) return;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: host.asm.memory } });
  registerNatives(backend, host, instance.exports as unknown as SimdExports);
}
