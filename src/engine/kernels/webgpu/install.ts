// Adds the fast versions of our kernels to the WebGPU backend. Called once, when that backend has started.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerNativeAdamw } from '../adamw.ts';
import { registerNative } from '../defineKernel.ts';
import { adamw } from './adamw.ts';
import { attention, attentionGradient } from './attention.ts';
import { batchNorm, batchNormGradient } from './batchNorm.ts';
import { layerNorm, layerNormGradient } from './layerNorm.ts';
import { linear, linearGradient } from './linear.ts';
import { WebgpuContext } from './program.ts';

export function installWebgpuKernels(backend: WebGPUBackend): void {
  const c = new WebgpuContext(backend);
  registerNative('webgpu', 'Attention', attention(c));
  registerNative('webgpu', 'AttentionGradient', attentionGradient(c));
  registerNative('webgpu', 'Linear', linear(c));
  registerNative('webgpu', 'LinearGradient', linearGradient(c));
  registerNative('webgpu', 'LayerNorm', layerNorm(c));
  registerNative('webgpu', 'LayerNormGradient', layerNormGradient(c));
  registerNative('webgpu', 'BatchNorm', batchNorm(c));
  registerNative('webgpu', 'BatchNormGradient', batchNormGradient(c));
  registerNativeAdamw('webgpu', adamw(c));
}
