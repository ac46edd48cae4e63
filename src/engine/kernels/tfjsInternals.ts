// The only file that uses private or untyped parts of TensorFlow.js: lists as inputs of kernels, the memory of its wasm
// backend, buffers, encoder and pipelines of its WebGPU backend. Valid for the pinned version only.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../core/errors.ts';
import type { Tensors } from './runtime/kernel.ts';

/** The version of all packages of TensorFlow.js. */
export const TFJS_VERSION = '4.22.0';

/** @throws WorkbenchError (backend) for another version, whose private parts may differ */
export function requirePinnedVersion(version = tf.version_core): void {
  if (version === TFJS_VERSION) return;
  throw WorkbenchError.of('backend', {
    path: '@tensorflow/tfjs-core',
    expected: `version ${TFJS_VERSION}, whose private parts our kernels use`,
    got: version,
    remedy: `Install the pinned version, or check kernels/tfjsInternals.ts against ${version} and pin that one.`,
  });
}

/** Registers one of our kernels for one backend. */
export function registerListKernel<A extends object>(
  kernelName: string,
  backendName: string,
  run: (inputs: Tensors, attributes: A) => tf.Tensor[],
): void {
  requirePinnedVersion();
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => run(inputs as unknown as Tensors, attrs as unknown as A),
  });
}

/**
 * Registers the gradient of one of our kernels.
 * @param gradient - returns one gradient per input, in order; null for inputs without one. `saved`: all inputs, then the saved
 *   outputs
 */
export function registerListGradient<A extends object>(
  kernelName: string,
  outputsToSave: readonly boolean[],
  gradient: (dys: Tensors, saved: Tensors, attributes: A) => (tf.Tensor | null)[],
): void {
  tf.registerGradient({
    kernelName,
    saveAllInputs: true,
    outputsToSave: [...outputsToSave],
    gradFunc: (dy, saved, attrs) => {
      // Computed at once: each thunk below runs in its own tidy, so they could not share results.
      const gradients = gradient(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as A);
      return Object.fromEntries(gradients.flatMap((g, i) => (g ? [[String(i), () => g]] : [])));
    },
  });
}

/** @returns the array of outputs recorded on the tape */
export function runListKernel<A extends object>(
  kernelName: string,
  inputs: Tensors,
  attributes: A,
): tf.Tensor[] {
  // An array of inputs makes tfjs save all of them; its types only allow the named form.
  const named = inputs as unknown as tf.NamedTensorMap;
  const result = tf.engine().runKernel(kernelName, named, attributes as unknown as tf.NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}

/**
 * Wraps every kernel of the active backend.
 * @param around - must run the kernel
 * @returns a function that ends it
 */
export function aroundTfjsKernels(
  around: (kernelName: string, inputs: readonly tf.TensorInfo[], run: () => tf.TensorInfo[]) => void,
): () => void {
  const configs = tf.getKernelsForBackend(tf.getBackend());
  const own = configs.map(({ kernelFunc }) => kernelFunc);
  configs.forEach((config, i) => {
    const kernelFunc = own[i] as tf.KernelFunc;
    config.kernelFunc = (params) => {
      let outputs: ReturnType<tf.KernelFunc> = [];
      const inputs = Object.values(params.inputs).filter((t) => t !== undefined && t !== null);
      around(config.kernelName, inputs as tf.TensorInfo[], () => {
        outputs = kernelFunc(params);
        return [outputs].flat();
      });
      return outputs;
    };
  });
  return () =>
    configs.forEach((config, i) => {
      config.kernelFunc = own[i] as tf.KernelFunc;
    });
}

/** Untyped members of the wasm backend's Emscripten module. */
interface EmscriptenModule {
  asm?: { memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** The memory of the wasm backend, and the addresses of its tensors. */
export class WasmInternals {
  readonly memory: WebAssembly.Memory;
  private readonly backend: BackendWasm;
  private readonly emscripten: EmscriptenModule;

  /** @throws WorkbenchError (backend) if the backend keeps its memory elsewhere, as its threaded build does */
  constructor(backend: BackendWasm) {
    requirePinnedVersion();
    this.backend = backend;
    this.emscripten = backend.wasm as unknown as EmscriptenModule;
    const memory = this.emscripten.asm?.memory;
    if (!memory || !(memory.buffer instanceof ArrayBuffer)) {
      throw WorkbenchError.of('backend', {
        path: 'wasm backend',
        expected: 'the single-threaded build of tfjs-backend-wasm 4.22 with its memory at wasm.asm.memory',
        got: memory ? 'shared memory' : 'no memory there',
        remedy: 'Set the tfjs flag WASM_HAS_MULTITHREAD_SUPPORT to false before the backend starts.',
      });
    }
    this.memory = memory;
  }

  allocate(bytes: number): number {
    return this.emscripten._malloc(bytes) >>> 0;
  }

  free(address: number): void {
    this.emscripten._free(address);
  }

  /** First byte of a tensor's values; valid until the tensor is disposed. */
  addressOf(tensor: tf.Tensor): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset as number;
  }

  /** A new float32 tensor with undefined values. */
  output(shape: readonly number[]): tf.Tensor {
    const made = this.backend.makeOutput([...shape], 'float32');
    return tf.engine().makeTensorFromTensorInfo(made, this.backend);
  }

  /** Whether no other tensor shares the values, so that they may be changed in place. */
  isSoleOwner(tensor: tf.Tensor): boolean {
    return this.backend.refCount(tensor.dataId) === 1;
  }

  /**
   * Must be called after values were changed in place: the backend keeps packed copies of tensors that were operands of
   * products, by tensor id.
   */
  forgetCopies(tensor: tf.Tensor): void {
    const { id, memoryOffset } = this.backend.dataIdMap.get(tensor.dataId);
    this.backend.wasm.tfjs.disposeData(id);
    this.backend.wasm.tfjs.registerTensor(id, tensor.size, memoryOffset as number);
  }

  /**
   * Makes a clone share memory, as on every other tfjs backend; originally wasm copies, and each tensor kept for a gradient is
   * a clone. Only optimizers write in place, and they refuse shared memory.
   */
  shareClones(): void {
    tf.unregisterKernel(tf.Identity, 'wasm');
    tf.registerKernel({
      kernelName: tf.Identity,
      backendName: 'wasm',
      kernelFunc: ({ inputs, backend }) => {
        const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
        (backend as BackendWasm).incRef(dataId);
        return { dataId, shape, dtype };
      },
    });
  }
}

/** Private members of the WebGPU backend, and members with incomplete types. */
interface WebgpuMembers {
  tensorMap: {
    get(dataId: object): {
      resource: GPUBuffer;
      values?: ArrayBufferView | null;
      shape: number[];
      dtype: tf.DataType;
    };
  };
  commandQueueOwnedIds: WeakSet<object>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
  /** By shader key; a promise while it is compiled. */
  pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  bufferManager: {
    acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
    releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
    numBytesUsed: number;
    numBytesAllocated: number;
  };
}

/** A tensor, identified by its values. */
export type Values = Pick<tf.Tensor, 'dataId'>;

/** Hooks into the backend's buffer handling, for recording steps. */
export interface BufferHooks {
  /** @returns null to let the backend acquire it */
  acquire(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer | null;
  /** @returns whether the buffer was taken back, so that the backend's own pool must not get it */
  release(buffer: GPUBuffer): boolean;
  /** @returns how many bytes of the buffer are used; null for all */
  usedBytes(buffer: GPUBuffer): number | null;
  /** Called with values before they are uploaded. */
  uploading(values: ArrayBufferView): void;
  /** @returns the encoder that the backend is to use next; null for its own */
  encoder(): GPUCommandEncoder | null;
}

/** Buffers, command encoder and pipelines of the WebGPU backend. */
export class WebgpuInternals {
  readonly backend: WebGPUBackend;
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  private readonly members: WebgpuMembers;

  constructor(backend: WebGPUBackend) {
    requirePinnedVersion();
    this.backend = backend;
    this.members = backend as unknown as WebgpuMembers;
    this.device = backend.device;
    this.queue = backend.queue;
  }

  /** A new tensor with undefined values. */
  output(shape: readonly number[], dtype: tf.DataType): tf.Tensor {
    const made = this.backend.makeTensorInfo([...shape], dtype);
    return tf.engine().makeTensorFromTensorInfo(made, this.backend);
  }

  infoOf(dataId: object): tf.TensorInfo {
    const { shape, dtype } = this.members.tensorMap.get(dataId);
    return { dataId, shape, dtype };
  }

  /** Undefined while the values are not on the device. */
  bufferOf({ dataId }: Values): GPUBuffer {
    return this.members.tensorMap.get(dataId).resource;
  }

  /** The buffer of values for a launch: uploaded if needed, and kept until all commands so far have run. */
  bind({ dataId }: Values): GPUBuffer {
    this.backend.uploadToGPU(dataId);
    this.members.commandQueueOwnedIds.add(dataId);
    return this.bufferOf({ dataId });
  }

  /** Makes the buffer of these values by `make` at its first use, until `settleBuffer`. */
  deferBuffer({ dataId }: Values, make: () => GPUBuffer): void {
    const data = this.members.tensorMap.get(dataId);
    Object.defineProperty(data, 'resource', { configurable: true, get: make });
  }

  settleBuffer({ dataId }: Values): void {
    Reflect.deleteProperty(this.members.tensorMap.get(dataId), 'resource');
  }

  /** The backend caches values that it reads back; this disables the cache for these values. */
  keepNoReadCopies({ dataId }: Values): void {
    this.backend.uploadToGPU(dataId);
    Object.defineProperty(this.members.tensorMap.get(dataId), 'values', { get: () => null, set: () => {} });
  }

  /** @param hook - called before values are disposed, or lose one of the tensors that share them */
  beforeDispose(hook: (dataId: object, force: boolean) => void): void {
    const { backend } = this;
    const dispose = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      hook(dataId, force ?? false);
      return dispose(dataId, force);
    };
  }

  /** A uniform buffer that the backend reclaims when all commands so far have run. */
  uniform(content: ArrayBuffer): GPUBuffer {
    const { bufferManager, uniformPendingDisposal } = this.members;
    const buffer = bufferManager.acquireBuffer(
      content.byteLength,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
    this.queue.writeBuffer(buffer, 0, content);
    uniformPendingDisposal.push(buffer);
    return buffer;
  }

  /** Encodes one launch after those of the backend. */
  dispatch(pipeline: GPUComputePipeline, bindGroup: GPUBindGroup, x: number, y: number): void {
    const { backend, members } = this;
    backend.ensureCommandEncoderReady();
    members.computePassEncoder ??= (members.commandEncoder as GPUCommandEncoder).beginComputePass();
    const pass = members.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y);
    members.dispatchCountInPass++;
    if (members.dispatchCountInPass < tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  }

  /** Submits the collected commands, so that later writes come after them. */
  submit(): void {
    if (!this.members.commandEncoder) return;
    this.backend.endComputePassEncoder();
    this.backend.submitQueue();
  }

  /** Reports memory that was not allocated by the backend. */
  account(bytes: number): void {
    this.members.bufferManager.numBytesUsed += bytes;
    this.members.bufferManager.numBytesAllocated += bytes;
  }

  hookBuffers(hooks: BufferHooks): void {
    const { backend, members } = this;
    const { bufferManager } = members;
    const { acquireBuffer, releaseBuffer } = bufferManager;
    bufferManager.acquireBuffer = (size, usage, mapped = false, reuse = true) =>
      hooks.acquire(size, usage, mapped) ?? acquireBuffer.call(bufferManager, size, usage, mapped, reuse);
    bufferManager.releaseBuffer = (buffer, reuse = true) => {
      if (!hooks.release(buffer)) releaseBuffer.call(bufferManager, buffer, reuse);
    };
    const getBufferData = backend.getBufferData.bind(backend);
    backend.getBufferData = async (buffer) => {
      const data = await getBufferData(buffer);
      const size = hooks.usedBytes(buffer);
      return size === null || size === data.byteLength ? data : data.slice(0, size);
    };
    const uploadToGPU = backend.uploadToGPU.bind(backend);
    backend.uploadToGPU = (dataId) => {
      const data = members.tensorMap.get(dataId);
      // In this order, because reading a deferred buffer makes it.
      if (data?.values && !data.resource) hooks.uploading(data.values);
      uploadToGPU(dataId);
    };
    const ready = backend.ensureCommandEncoderReady.bind(backend);
    backend.ensureCommandEncoderReady = () => {
      members.commandEncoder ??= hooks.encoder();
      ready();
    };
  }

  /**
   * Runs work whose tfjs launches are compiled without being launched.
   * @param work - must not throw: tfjs cannot use a pipeline that is a promise, so started compilations must end
   */
  compileOnly(work: () => void): { name: string; done: Promise<void> }[] {
    const flag = 'WEBGPU_ENGINE_COMPILE_ONLY';
    const { pipelineCache } = this.members;
    tf.env().set(flag, true);
    work();
    tf.env().set(flag, false);
    return Object.entries(pipelineCache).flatMap(([key, pipeline]) => {
      if (!(pipeline instanceof Promise)) return [];
      const done = pipeline.then(
        (compiled) => {
          pipelineCache[key] = compiled;
        },
        (error: unknown) => {
          delete pipelineCache[key];
          throw error;
        },
      );
      return [{ name: `${key.split(/[_;]/)[0]} of TensorFlow.js`, done }];
    });
  }

  /**
   * Wraps every launch of tfjs.
   * @param around - must run it
   * @returns a function that ends it
   */
  aroundPrograms(
    around: (inputs: readonly tf.TensorInfo[], output: tf.TensorInfo, run: () => void) => void,
  ): () => void {
    const { backend } = this;
    const launch: WebGPUBackend['runWebGPUProgram'] = Object.getPrototypeOf(backend).runWebGPUProgram;
    backend.runWebGPUProgram = (program, inputs, dtype, uniforms, output) => {
      let done = output as tf.TensorInfo;
      around(inputs, { dataId: {}, shape: program.outputShape, dtype }, () => {
        done = launch.call(backend, program, inputs, dtype, uniforms, output);
      });
      return done;
    };
    return () => void Reflect.deleteProperty(backend, 'runWebGPUProgram');
  }
}
