// Adds our kernels to the WebGPU backend. Called once, when that backend has started. A kernel with WGSL has its line here.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { attentionNatives } from './ops/attention/webgpu.ts';
import { batchNormNatives } from './ops/batchNorm/webgpu.ts';
import { dropoutNatives } from './ops/dropout/webgpu.ts';
import { embedTokensNatives } from './ops/embedTokens/webgpu.ts';
import { layerNormNatives } from './ops/layerNorm/webgpu.ts';
import { linearNatives } from './ops/linear/webgpu.ts';
import { mixExpertsNatives } from './ops/mixExperts/webgpu.ts';
import { routedLinearNatives } from './ops/routedLinear/webgpu.ts';
import { routedNormNatives } from './ops/routedNorm/webgpu.ts';
import { routeRowsNatives } from './ops/routeRows/webgpu.ts';
import { takeRowsNatives } from './ops/takeRows/webgpu.ts';
import { takeSlotsNatives } from './ops/takeSlots/webgpu.ts';
import { taskLossNatives } from './ops/taskLoss/webgpu.ts';
import { topGatesNatives } from './ops/topGates/webgpu.ts';
import { updateParameters } from './ops/updateParameters/webgpu.ts';
import { installRuntime } from './runtime/backendRuntime.ts';
import { NativeKernels } from './runtime/kernel.ts';
import { WebgpuContext } from './runtime/webgpu/context.ts';
import { PassTimer } from './runtime/webgpu/passTimer.ts';

const ops = [
  attentionNatives,
  batchNormNatives,
  dropoutNatives,
  embedTokensNatives,
  layerNormNatives,
  linearNatives,
  mixExpertsNatives,
  routedLinearNatives,
  routedNormNatives,
  routeRowsNatives,
  takeRowsNatives,
  takeSlotsNatives,
  taskLossNatives,
  topGatesNatives,
];

/** @param software - the adapter is a CPU */
export function installWebgpuKernels(backend: WebGPUBackend, software: boolean): WebgpuContext {
  const c = new WebgpuContext(backend, software);
  installRuntime('webgpu', {
    natives: new NativeKernels(ops.flatMap((nativesOf) => nativesOf(c))),
    recorder: c,
    preparer: c,
    timer: () => new PassTimer(c),
    updater: updateParameters(c),
  });
  return c;
}
