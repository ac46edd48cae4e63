// Adds the fast versions of our kernels to the WebGPU backend. Called once, when that backend has started.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerNative } from '../defineKernel.ts';
import { registerPreparer } from '../preparing.ts';
import { registerRecorder } from '../recording.ts';
import { registerStepTimer } from '../stepTimer.ts';
import { registerNativeUpdater } from '../updateParameters.ts';
import { attention, attentionGradient } from './attention.ts';
import { batchNorm, batchNormGradient } from './batchNorm.ts';
import { dropout } from './dropout.ts';
import { embedTokens, embedTokensGradient } from './embedTokens.ts';
import { layerNorm, layerNormGradient } from './layerNorm.ts';
import { linear, linearGradient } from './linear.ts';
import { mixExperts, mixExpertsGradient } from './mixExperts.ts';
import { PassTimer } from './passTimer.ts';
import { WebgpuContext } from './program.ts';
import { rotary } from './rotary.ts';
import { takeRows } from './takeRows.ts';
import { takeSlots, takeSlotsGradient } from './takeSlots.ts';
import { taskLoss, taskLossGradient } from './taskLoss.ts';
import { updateParameters } from './updateParameters.ts';

export function installWebgpuKernels(backend: WebGPUBackend): void {
  const c = new WebgpuContext(backend);
  registerNative('webgpu', 'Linear', linear(c));
  registerNative('webgpu', 'LinearGradient', linearGradient(c));
  registerNative('webgpu', 'Attention', attention(c));
  registerNative('webgpu', 'AttentionGradient', attentionGradient(c));
  registerNative('webgpu', 'Rotary', rotary(c));
  registerNative('webgpu', 'LayerNorm', layerNorm(c));
  registerNative('webgpu', 'LayerNormGradient', layerNormGradient(c));
  registerNative('webgpu', 'EmbedTokens', embedTokens(c));
  registerNative('webgpu', 'EmbedTokensGradient', embedTokensGradient(c));
  registerNative('webgpu', 'Dropout', dropout(c));
  registerNative('webgpu', 'TakeRows', takeRows(c));
  registerNative('webgpu', 'TakeSlots', takeSlots(c));
  registerNative('webgpu', 'TakeSlotsGradient', takeSlotsGradient(c));
  registerNative('webgpu', 'BatchNorm', batchNorm(c));
  registerNative('webgpu', 'BatchNormGradient', batchNormGradient(c));
  registerNative('webgpu', 'MixExperts', mixExperts(c));
  registerNative('webgpu', 'MixExpertsGradient', mixExpertsGradient(c));
  registerNative('webgpu', 'TaskLoss', taskLoss(c));
  registerNative('webgpu', 'TaskLossGradient', taskLossGradient(c));
  registerNativeUpdater('webgpu', updateParameters(c));
  registerRecorder('webgpu', c);
  registerPreparer('webgpu', c);
  registerStepTimer('webgpu', () => new PassTimer(backend, c));
}
