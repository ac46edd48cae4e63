// Adds the fast versions of our kernels to the WebGPU backend. Called once, when that backend has started.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { attention, attentionGradient } from './ops/attention/webgpu.ts';
import { batchNorm, batchNormGradient } from './ops/batchNorm/webgpu.ts';
import { dropout } from './ops/dropout/webgpu.ts';
import { embedTokens, embedTokensGradient } from './ops/embedTokens/webgpu.ts';
import { layerNorm, layerNormGradient } from './ops/layerNorm/webgpu.ts';
import { linear, linearGradient } from './ops/linear/webgpu.ts';
import { mixExperts, mixExpertsGradient } from './ops/mixExperts/webgpu.ts';
import { routedLinear, routedLinearGradient } from './ops/routedLinear/webgpu.ts';
import { routedNorm, routedNormGradient } from './ops/routedNorm/webgpu.ts';
import { gatherRows, routes, scatterRows, topGates } from './ops/routeRows/webgpu.ts';
import { takeRows } from './ops/takeRows/webgpu.ts';
import { takeSlots, takeSlotsGradient } from './ops/takeSlots/webgpu.ts';
import { taskLoss, taskLossGradient } from './ops/taskLoss/webgpu.ts';
import { registerNativeUpdater } from './ops/updateParameters/index.ts';
import { updateParameters } from './ops/updateParameters/webgpu.ts';
import { registerNative } from './runtime/defineKernel.ts';
import { registerPreparer } from './runtime/preparing.ts';
import { registerRecorder } from './runtime/recording.ts';
import { registerStepTimer } from './runtime/stepTimer.ts';
import { PassTimer } from './runtime/webgpu/passTimer.ts';
import { WebgpuContext } from './runtime/webgpu/program.ts';

/** @param software - the adapter is a CPU */
export function installWebgpuKernels(backend: WebGPUBackend, software: boolean): void {
  const c = new WebgpuContext(backend, software);
  registerNative('webgpu', 'Linear', linear(c));
  registerNative('webgpu', 'LinearGradient', linearGradient(c));
  registerNative('webgpu', 'Attention', attention(c));
  registerNative('webgpu', 'AttentionGradient', attentionGradient(c));
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
  registerNative('webgpu', 'TopGates', topGates(c));
  registerNative('webgpu', 'Routes', routes(c));
  registerNative('webgpu', 'GatherRows', gatherRows(c));
  registerNative('webgpu', 'ScatterRows', scatterRows(c));
  registerNative('webgpu', 'RoutedLinear', routedLinear(c));
  registerNative('webgpu', 'RoutedLinearGradient', routedLinearGradient(c));
  registerNative('webgpu', 'RoutedNorm', routedNorm(c));
  registerNative('webgpu', 'RoutedNormGradient', routedNormGradient(c));
  registerNative('webgpu', 'TaskLoss', taskLoss(c));
  registerNative('webgpu', 'TaskLossGradient', taskLossGradient(c));
  registerNativeUpdater('webgpu', updateParameters(c));
  registerRecorder('webgpu', c);
  registerPreparer('webgpu', c);
  registerStepTimer('webgpu', () => new PassTimer(backend, c));
}
