// The backends of Node, best first. WebGPU only on request: it needs the optional package `webgpu` (Dawn).
import { setFlagsFromString } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import './nodeGradients.ts';
import '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-wasm';
import { installWasmKernels } from '../engine/kernels/installWasm.ts';
import { installWebgpuKernels } from '../engine/kernels/installWebgpu.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import { type Candidate, requireSingleThread, startBackend } from './backends.ts';
import { requestDevice } from './device.ts';

/**
 * Node 20 (V8 11.3) has relaxed SIMD behind a flag; Chromium, and Node from 21 on (V8 11.4), have it without. With it kernels are
 * faster by a fifth, and numbers those of the page there. A later Node is left alone, as it may not know the flag.
 */
function allowRelaxedSimd(): void {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

const wasm: Candidate = {
  id: 'wasm',
  async start() {
    requireSingleThread();
    allowRelaxedSimd();
    if (!(await tf.setBackend('wasm'))) return { refused: 'did not initialise.' };
    return { adapter: await installWasmKernels(tf.backend() as BackendWasm), software: false };
  },
};

const cpu: Candidate = {
  id: 'cpu',
  start: async () => ({ adapter: 'JavaScript', software: false }),
};

const webgpu: Candidate = {
  id: 'webgpu',
  async start({ allowSoftwareAdapter }) {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    // As Node defines it from version 21 on; libraries test it for browser quirks.
    const userAgent = `Node.js/${process.versions.node.split('.')[0]}`;
    // Browsers round GPU timestamps to 65 us as a protection against timing attacks; Node need not.
    const gpu = create(['disable-dawn-features=timestamp_quantization']);
    const value = { gpu, userAgent };
    Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { refused: 'no GPU found.' };
    const { info } = adapter;
    if (info.isFallbackAdapter && !allowSoftwareAdapter) {
      return { refused: 'only a software adapter, which is slower than wasm.' };
    }
    // Imported late, because the module looks for navigator.gpu when it is loaded.
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    const device = await requestDevice(adapter);
    device.addEventListener('uncapturederror', (event) =>
      process.emitWarning(`WebGPU: ${event.error.message}`),
    );
    tf.removeBackend('webgpu');
    const backend = new WebGPUBackend(device, info);
    tf.registerBackend('webgpu', () => backend, 3);
    installWebgpuKernels(backend, info.isFallbackAdapter);
    return { adapter: info.description || info.device || 'unnamed GPU', software: info.isFallbackAdapter };
  },
};

/** `auto` means wasm, then cpu. */
export function startNodeBackend(request: BackendRequest): Promise<BackendReport> {
  const candidates = request.backend === 'webgpu' ? [webgpu] : [wasm, cpu];
  return startBackend(request, candidates);
}
