// Adds the fast versions of our kernels to the WebGPU backend. Called once, when that backend has started.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerNative } from '../defineKernel.ts';
import { attention, attentionGradient } from './attention.ts';
import { linear, linearGradient } from './linear.ts';
import { WebgpuContext } from './program.ts';

export function installWebgpuKernels(backend: WebGPUBackend): void {
  const c = new WebgpuContext(backend);
  registerNative('webgpu', 'Attention', attention(c));
  registerNative('webgpu', 'AttentionGradient', attentionGradient(c));
  registerNative('webgpu', 'Linear', linear(c));
  registerNative('webgpu', 'LinearGradient', linearGradient(c));
}
