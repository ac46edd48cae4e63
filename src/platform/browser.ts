// The backends of a browser, best first: WebGPU on real hardware, then wasm, then plain JavaScript. Runs in the worker.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasmPlainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { installWasmKernels } from '../engine/kernels/installWasm.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import { type Candidate, requireSingleThread, startBackend } from './backends.ts';
import { requestDevice } from './device.ts';

/** Called with faults of the GPU after it has started. */
export type DeviceFault = (message: string, lost: boolean) => void;

const withoutGpu = () =>
  isSecureContext
    ? 'this browser has no WebGPU.'
    : 'browsers give no WebGPU to a page that came over plain http from another machine. Open it by https.';

const webgpu = (onFault: DeviceFault): Candidate => ({
  id: 'webgpu',
  async start({ allowSoftwareAdapter }) {
    if (!navigator.gpu) return { refused: withoutGpu() };
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { refused: 'no GPU found.' };
    const { info } = adapter;
    const software =
      info.isFallbackAdapter ||
      /swiftshader|llvmpipe|software/i.test(`${info.vendor} ${info.architecture} ${info.description}`);
    if (software && !allowSoftwareAdapter) {
      return { refused: 'only a software adapter, which is slower than wasm.' };
    }
    // Loaded only when used, because most visitors without a GPU never need it.
    const [device, { WebGPUBackend }, { installWebgpuKernels }] = await Promise.all([
      requestDevice(adapter),
      import('@tensorflow/tfjs-backend-webgpu'),
      import('../engine/kernels/installWebgpu.ts'),
    ]);
    device.addEventListener('uncapturederror', (event) => onFault(event.error.message, false));
    void device.lost.then((lost) => {
      if (lost.reason !== 'destroyed') onFault(lost.message || 'the GPU stopped answering', true);
    });
    tf.removeBackend('webgpu');
    const backend = new WebGPUBackend(device, info);
    tf.registerBackend('webgpu', () => backend, 3);
    installWebgpuKernels(backend, software);
    const name =
      info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'unnamed GPU';
    return { adapter: name, software };
  },
});

const wasm: Candidate = {
  id: 'wasm',
  async start() {
    if (typeof WebAssembly === 'undefined') return { refused: 'this browser has no WebAssembly.' };
    requireSingleThread();
    setWasmPaths({
      'tfjs-backend-wasm.wasm': wasmPlainUrl,
      'tfjs-backend-wasm-simd.wasm': wasmSimdUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': wasmThreadedUrl,
    });
    if (!(await tf.setBackend('wasm'))) return { refused: 'did not initialise.' };
    return { adapter: await installWasmKernels(tf.backend() as BackendWasm), software: false };
  },
};

const cpu: Candidate = {
  id: 'cpu',
  async start() {
    await import('@tensorflow/tfjs-backend-cpu');
    return { adapter: 'JavaScript', software: false };
  },
};

export function startBrowserBackend(request: BackendRequest, onFault: DeviceFault): Promise<BackendReport> {
  tf.enableProdMode();
  return startBackend(request, [webgpu(onFault), wasm, cpu]);
}
