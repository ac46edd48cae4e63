// How our WGSL reaches the device: pipelines, bindings and the tfjs backend's own command encoder, so that our launches
// and tfjs's keep their order. With its neighbours recorder, passTimer and compileAhead it touches private parts of tfjs-backend-webgpu 4.22. Its own
// `runWebGPUProgram` has one output per program, and a shader key that leaves shapes and baked numbers out.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Recording } from '../recording.ts';
import { type Compiling, compileAhead } from './compileAhead.ts';
import { Recorder } from './recorder.ts';
import { ENOUGH_GROUPS } from './splits.ts';

/** WGSL element type of a binding. */
type Element = 'f32' | 'i32' | 'u32' | 'vec2f' | 'vec4f';

/** A compute shader as a function of everything that is baked into it, which is therefore its whole key. */
export interface Program<B> {
  name: string;
  shader(baked: B): Shader;
}

export interface Shader {
  /** Invocations of a workgroup. */
  lanes: number;
  /** Read only, by name. */
  inputs: Readonly<Record<string, Element>>;
  /** Written, or changed in place. */
  outputs: Readonly<Record<string, Element>>;
  /** Fields of the uniform `p`, which has `p.groups` besides. */
  params: Readonly<Record<string, 'u32' | 'f32'>>;
  /** WGSL with `fn run(group: u32, lane: u32)`, called for every workgroup from 0 to p.groups - 1. */
  code: string;
}

/** A tensor by its values. */
type Values = Pick<tf.Tensor, 'dataId'>;

export interface Launch {
  /** In the order of the shader's inputs. */
  inputs: readonly (Values | GPUBuffer)[];
  outputs: readonly Values[];
  /** By name; every parameter of the shader. */
  params: Readonly<Record<string, number>>;
  /** Those parameters that depend on the training step, at another one. */
  paramsAt?: (step: number) => Readonly<Record<string, number>>;
  /** Workgroups; none of them is nothing to do. */
  groups: number;
}

/** What the backend has besides its typed members. */
interface BackendInternals {
  device: GPUDevice;
  queue: GPUQueue;
  tensorMap: { get(dataId: object): { resource: GPUBuffer } };
  commandQueueOwnedIds: WeakSet<object>;
  commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
  bufferManager: { acquireBuffer(size: number, usage: number): GPUBuffer };
}

/** Sums over the rows of parts [splits, total] that are yet to be added up: `size` columns from `start`. */
export interface Unsummed {
  parts: tf.Tensor;
  splits: number;
  total: number;
  start: number;
  size: number;
}

interface Compiled {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  params: [string, 'u32' | 'f32'][];
}

/** Constants by content; a step needs a few per kernel and shape. */
const MAX_CONSTANTS = 256;

const SUM_LANES = 64;

/** Always in the same order, so that results repeat. */
const sumOfSplits: Program<null> = {
  name: 'SumOfSplits',
  shader: (): Shader => ({
    lanes: SUM_LANES,
    inputs: { parts: 'f32' },
    outputs: { sums: 'f32' },
    params: { splits: 'u32', total: 'u32', start: 'u32', size: 'u32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${SUM_LANES}u + lane;
        if (i >= p.size) { return; }
        var sum = 0.0;
        for (var s = 0u; s < p.splits; s++) { sum += parts[s * p.total + p.start + i]; }
        sums[i] = sum;
      }`,
  }),
};

export class WebgpuContext {
  private readonly backend: WebGPUBackend;
  private readonly software: boolean;
  private readonly internals: BackendInternals;
  private readonly pipelines = new Map<string, Compiled>();
  private readonly constants = new Map<string, GPUBuffer>();
  private readonly changedInPlace = new WeakSet<object>();
  private readonly constantsOf = new WeakMap<object, GPUBuffer>();
  private readonly unsummed = new Map<object, Unsummed>();
  private readonly partsInUse = new Map<tf.Tensor, number>();
  private readonly constantBuffers = new WeakSet<GPUBuffer>();
  private readonly recorder: Recorder;
  /** While programs are only called for: those that are not compiled yet, by key. */
  private calledFor: Map<string, Compiling> | null = null;

  /** @param software - the adapter is a CPU, which wants other loops than a GPU */
  constructor(backend: WebGPUBackend, software: boolean) {
    this.backend = backend;
    this.software = software;
    this.internals = backend as unknown as BackendInternals;
    this.recorder = new Recorder(backend);
    const dispose = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      if (this.unsummed.has(dataId) && (force || backend.refCount(dataId) <= 1)) {
        Reflect.deleteProperty(this.internals.tensorMap.get(dataId), 'resource');
        this.forget(dataId);
      }
      return dispose(dataId, force);
    };
  }

  /** The adapter is a CPU whose invocations can be read from one another. */
  get onCpu(): boolean {
    return this.software && this.internals.device.features.has('subgroups');
  }

  /** Workgroups that fill the adapter. */
  get enoughGroups(): number {
    return this.software ? ENOUGH_GROUPS.cpu : ENOUGH_GROUPS.gpu;
  }

  /** Storage buffers that one program may bind. */
  get maxBuffers(): number {
    return this.internals.device.limits.maxStorageBuffersPerShaderStage;
  }

  /** A new tensor with undefined values. */
  output(shape: readonly number[], dtype: tf.DataType = 'float32'): tf.Tensor {
    const { dataId } = this.backend.makeTensorInfo([...shape], dtype);
    return tf.engine().makeTensorFromDataId(dataId, [...shape], dtype, this.backend);
  }

  /**
   * Tensors that hold the sums over the rows of parts [splits, total], column after column. They are added up by the first
   * who reads them, so that an optimizer which takes the parts instead spares the launches.
   */
  sumsOf(parts: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
    const [splits, total] = parts.shape as [number, number];
    this.partsInUse.set(tf.keep(parts), shapes.length);
    let start = 0;
    return shapes.map((shape) => {
      const sums = this.output(shape);
      const { dataId, size } = sums;
      this.unsummed.set(dataId, { parts, splits, total, start, size });
      start += size;
      Object.defineProperty(this.internals.tensorMap.get(dataId), 'resource', {
        configurable: true,
        get: () => this.addUp(dataId),
      });
      return sums;
    });
  }

  /** What is yet to be added up to give these values; null when they are there. */
  unsummedOf({ dataId }: Values): Unsummed | null {
    return this.unsummed.get(dataId) ?? null;
  }

  private addUp(dataId: object): GPUBuffer {
    const { parts, splits, total, start, size } = this.unsummed.get(dataId) as Unsummed;
    // Before the launch, which asks for the buffer itself.
    const data = this.internals.tensorMap.get(dataId);
    Reflect.deleteProperty(data, 'resource');
    this.run(sumOfSplits, null, {
      inputs: [parts],
      outputs: [{ dataId }],
      params: { splits, total, start, size },
      groups: Math.ceil(size / SUM_LANES),
    });
    this.forget(dataId);
    return data.resource;
  }

  private forget(dataId: object): void {
    const { parts } = this.unsummed.get(dataId) as Unsummed;
    this.unsummed.delete(dataId);
    const users = (this.partsInUse.get(parts) ?? 1) - 1;
    if (users > 0) {
      this.partsInUse.set(parts, users);
      return;
    }
    this.partsInUse.delete(parts);
    parts.dispose();
  }

  /** True when no other tensor shares the values, so that they may be changed in place. */
  isSoleOwner(tensor: tf.Tensor): boolean {
    return this.backend.refCount(tensor.dataId) === 1;
  }

  /** Gives the variable values of its own, to be changed in place. */
  makeSoleOwner(variable: tf.Variable): void {
    if (this.isSoleOwner(variable)) return;
    tf.tidy(() => variable.assign(tf.add(variable, 0)));
  }

  /**
   * To be called when values are changed in place. The backend keeps what it reads back, and a read that was under way
   * would leave the old values behind, so from now on it keeps nothing of this tensor.
   */
  keepNoCopies(tensor: tf.Tensor): void {
    if (this.changedInPlace.has(tensor.dataId)) return;
    this.changedInPlace.add(tensor.dataId);
    this.backend.uploadToGPU(tensor.dataId);
    const data = this.internals.tensorMap.get(tensor.dataId);
    Object.defineProperty(data, 'values', { get: () => null, set: () => {} });
  }

  /**
   * Integers or floats that stay on the device.
   * @param key - their content as text, or an object that is never changed
   */
  constant(key: string | object, values: () => Uint32Array | Float32Array): GPUBuffer {
    const cache: Pick<Map<unknown, GPUBuffer>, 'get' | 'set'> = typeof key === 'string'
      ? this.constants
      : (this.constantsOf as never);
    const known = cache.get(key);
    if (known) return known;
    if (this.constants.size >= MAX_CONSTANTS)
      this.constants.delete(this.constants.keys().next().value as string);
    const data = values();
    const buffer = this.internals.device.createBuffer({
      size: Math.max(4, data.byteLength),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.internals.queue.writeBuffer(buffer, 0, data as Uint32Array<ArrayBuffer>);
    cache.set(key, buffer);
    this.constantBuffers.add(buffer);
    return buffer;
  }

  get maxBytes(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.internals.device.limits;
    return Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  record(work: () => void, kept: readonly tf.Tensor[]): Recording | { refused: string } {
    return this.recorder.record(work, kept, this.constantBuffers);
  }

  write(tensor: tf.Tensor, values: Float32Array | Int32Array): void {
    this.keepNoCopies(tensor);
    this.recorder.submit();
    const { resource } = this.internals.tensorMap.get(tensor.dataId);
    this.internals.queue.writeBuffer(resource, 0, values as Float32Array<ArrayBuffer>);
  }

  upload(tensors: readonly tf.Tensor[]): void {
    for (const { dataId, size } of tensors) if (size > 0) this.backend.uploadToGPU(dataId);
  }

  prepare(work: () => void, onProgress: (done: number, total: number) => void): Promise<void> {
    const calledFor = new Map<string, Compiling>();
    const called = () => {
      this.calledFor = calledFor;
      try {
        work();
      } finally {
        this.calledFor = null;
      }
    };
    return compileAhead(this.backend, called, () => [...calledFor.values()], onProgress);
  }

  /** Puts one launch behind those of the backend. */
  run<B>(program: Program<B>, baked: B, { inputs, outputs, params, paramsAt, groups }: Launch): void {
    const { internals, backend } = this;
    if (this.calledFor) {
      this.callFor(program, baked, this.calledFor);
      // What is not on the device tfjs would compute in JavaScript, and sums are launched by who first binds them.
      for (const bound of [...inputs, ...outputs]) if ('dataId' in bound) backend.uploadToGPU(bound.dataId);
      return;
    }
    const { pipeline, layout, params: fields } = this.compiled(program, baked);
    const buffers = [...inputs, ...outputs].map((bound) => {
      if (!('dataId' in bound)) return bound;
      backend.uploadToGPU(bound.dataId);
      internals.commandQueueOwnedIds.add(bound.dataId);
      return internals.tensorMap.get(bound.dataId).resource;
    });
    const uniform = this.uniform(fields, { ...params, groups }, paramsAt);
    const bindGroup = internals.device.createBindGroup({
      layout,
      entries: [...buffers.map((buffer) => ({ buffer })), uniform].map((resource, binding) => ({
        binding,
        resource,
      })),
    });
    // A dimension holds 65,535 workgroups; `entry` counts them through.
    const limit = internals.device.limits.maxComputeWorkgroupsPerDimension;
    const rows = Math.ceil(groups / limit);
    backend.ensureCommandEncoderReady();
    internals.computePassEncoder ??= internals.commandEncoder.beginComputePass();
    const pass = internals.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.ceil(groups / rows), rows);
    internals.dispatchCountInPass++;
    if (internals.dispatchCountInPass < tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  }

  private uniform(
    fields: Compiled['params'],
    values: Readonly<Record<string, number>>,
    valuesAt: Launch['paramsAt'],
  ): GPUBufferBinding {
    const { bufferManager, queue, uniformPendingDisposal } = this.internals;
    const content = new ArrayBuffer(16 * Math.ceil(fields.length / 4));
    writeFields(new DataView(content), fields, values);
    const ofStep =
      valuesAt &&
      this.recorder.stepUniform(content, (into, step) =>
        writeFields(into, fields, { ...values, ...valuesAt(step) }),
      );
    if (ofStep) return ofStep;
    const buffer = bufferManager.acquireBuffer(
      content.byteLength,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
    queue.writeBuffer(buffer, 0, content);
    uniformPendingDisposal.push(buffer);
    return { buffer };
  }

  private compiled<B>(program: Program<B>, baked: B): Compiled {
    const key = keyOf(program, baked);
    const known = this.pipelines.get(key);
    if (known) return known;
    const { layout, params, descriptor } = this.source(program, baked);
    const compiled = { pipeline: this.internals.device.createComputePipeline(descriptor), layout, params };
    this.pipelines.set(key, compiled);
    return compiled;
  }

  /** Has the program compiled beside the thread. */
  private callFor<B>(program: Program<B>, baked: B, calledFor: Map<string, Compiling>): void {
    const key = keyOf(program, baked);
    if (this.pipelines.has(key) || calledFor.has(key)) return;
    const { layout, params, descriptor } = this.source(program, baked);
    const done = this.internals.device.createComputePipelineAsync(descriptor).then((pipeline) => {
      this.pipelines.set(key, { pipeline, layout, params });
    });
    calledFor.set(key, { name: program.name, module: descriptor.compute.module, done });
  }

  private source<B>({ name, shader }: Program<B>, baked: B) {
    const { device } = this.internals;
    const { lanes, inputs, outputs, params: own, code } = shader(baked);
    const params: Compiled['params'] = [['groups', 'u32'], ...Object.entries(own)];
    const bindings = [
      ...Object.entries(inputs).map(([n, type]) => ({ n, type, access: 'read' as const })),
      ...Object.entries(outputs).map(([n, type]) => ({ n, type, access: 'read_write' as const })),
    ];
    const source = [
      device.features.has('subgroups') ? 'enable subgroups;' : '',
      `struct Params { ${params.map(([n, type]) => `${n}: ${type},`).join(' ')} }`,
      ...bindings.map(
        ({ n, type, access }, i) => `@group(0) @binding(${i}) var<storage, ${access}> ${n}: array<${type}>;`,
      ),
      `@group(0) @binding(${bindings.length}) var<uniform> p: Params;`,
      code,
      `@compute @workgroup_size(${lanes})
       fn entry(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u,
                @builtin(local_invocation_index) lane: u32) {
         let group = id.y * count.x + id.x;
         if (group < p.groups) { run(group, lane); }
       }`,
    ].join('\n');
    const buffer = (type: GPUBufferBindingType, binding: number): GPUBindGroupLayoutEntry => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    });
    // An explicit layout: the automatic one leaves out what the code does not use.
    const layout = device.createBindGroupLayout({
      entries: [
        ...bindings.map(({ access }, i) => buffer(access === 'read' ? 'read-only-storage' : 'storage', i)),
        buffer('uniform', bindings.length),
      ],
    });
    const descriptor = {
      label: name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label: name, code: source }), entryPoint: 'entry' },
    };
    return { layout, params, descriptor };
  }
}

const keyOf = <B>({ name }: Program<B>, baked: B) => `${name}/${JSON.stringify(baked)}`;

function writeFields(
  into: DataView,
  fields: Compiled['params'],
  values: Readonly<Record<string, number>>,
): void {
  fields.forEach(([name, type], i) => {
    const value = values[name];
    if (value === undefined) throw new Error(`webgpu kernel: no value for the parameter ${name}`);
    if (type === 'f32') into.setFloat32(4 * i, value, true);
    else into.setUint32(4 * i, value, true);
  });
}

/** Whether there is nothing to compute; the device binds no empty buffer. */
export const isEmpty = (...tensors: readonly tf.Tensor[]) => tensors.some((t) => t.size === 0);

/** Lines of code for 0 to count - 1. */
export const unrolled = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
