// Runs our WGSL on the device: outputs, constants, and launches in order with those of tfjs. `runWebGPUProgram` of tfjs allows
// one output per program, and its shader key omits shapes and baked numbers.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Values, WebgpuInternals } from '../../tfjsInternals.ts';
import type { Preparer } from '../preparing.ts';
import type { Recording, StepRecorder, TwoParts } from '../recording.ts';
import { type Compiling, compileAhead } from './compileAhead.ts';
import { LazySums, type Unsummed } from './lazySums.ts';
import { Pipelines } from './pipelines.ts';
import {
  type Fields,
  type Launch,
  type Launcher,
  type ParamTypes,
  type Program,
  writeFields,
} from './program.ts';
import { Recorder } from './recorder.ts';
import { type Tuning, tuningOf } from './tuning.ts';

/** Inputs and outputs of a launch, for its observer. */
export interface LaunchTraffic {
  kernel: string;
  inputs: readonly (Values | GPUBuffer)[];
  outputs: readonly Values[];
  /** Operations of products; null if the program does not state them. */
  flops: number | null;
}

/** Cached constants by content; a step needs a few per kernel and shape. */
const MAX_CONSTANTS = 256;

export class WebgpuContext implements Launcher, StepRecorder, Preparer {
  readonly internals: WebgpuInternals;
  /** A bench may try another. */
  tuning: Tuning;
  /** Called for every launch, which it must run; null without an observer. */
  aroundLaunch: ((traffic: LaunchTraffic, launch: () => void) => void) | null = null;
  private readonly software: boolean;
  private readonly pipelines: Pipelines;
  private readonly sums: LazySums;
  private readonly recorder: Recorder;
  private readonly constants = new Map<string, GPUBuffer>();
  private readonly constantsOf = new WeakMap<object, GPUBuffer>();
  private readonly constantBuffers = new WeakSet<GPUBuffer>();
  private readonly changedInPlace = new WeakSet<object>();
  /** While programs are only compiled: those in progress, by key. */
  private calledFor: Map<string, Compiling> | null = null;

  /** @param software - the adapter is a CPU, which needs other loops than a GPU */
  constructor(backend: WebGPUBackend, software: boolean) {
    this.internals = new WebgpuInternals(backend);
    this.software = software;
    this.tuning = tuningOf(software, this.internals.device.features.has('subgroups'));
    this.pipelines = new Pipelines(backend.device);
    this.recorder = new Recorder(this.internals);
    this.sums = new LazySums(this.internals, this);
  }

  /** The adapter is a CPU whose invocations can read from one another. */
  get onCpu(): boolean {
    return this.software && this.internals.device.features.has('subgroups');
  }

  /** Storage buffers that one program may bind. */
  get maxBuffers(): number {
    return this.internals.device.limits.maxStorageBuffersPerShaderStage;
  }

  get maxBytes(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.internals.device.limits;
    return Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  /** A new tensor with undefined values. */
  output(shape: readonly number[], dtype: tf.DataType = 'float32'): tf.Tensor {
    return this.internals.output(shape, dtype);
  }

  /**
   * Tensors that hold the sums over the rows of parts [splits, total], column after column. They are summed at their first use.
   */
  sumsOf(parts: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
    return this.sums.sumsOf(parts, shapes);
  }

  /** The pending sum of these values; null if they are computed. */
  unsummedOf(values: Values): Unsummed | null {
    return this.sums.unsummedOf(values);
  }

  /** True when no other tensor shares the values, so that they may be changed in place. */
  isSoleOwner(tensor: tf.Tensor): boolean {
    return this.internals.backend.refCount(tensor.dataId) === 1;
  }

  /** Gives the variable values of its own, so that they can be changed in place. */
  makeSoleOwner(variable: tf.Variable): void {
    if (this.isSoleOwner(variable)) return;
    tf.tidy(() => variable.assign(tf.add(variable, 0)));
  }

  /**
   * Must be called when values are changed in place. A pending read would cache the old values, so the cache is disabled for
   * this tensor.
   */
  keepNoCopies(tensor: tf.Tensor): void {
    if (this.changedInPlace.has(tensor.dataId)) return;
    this.changedInPlace.add(tensor.dataId);
    this.internals.keepNoReadCopies(tensor);
  }

  /**
   * Integers or floats that stay on the device.
   * @param key - their content as text, or an immutable object
   */
  constant(key: string | object, values: () => Uint32Array | Float32Array): GPUBuffer {
    const known = typeof key === 'string' ? this.constants.get(key) : this.constantsOf.get(key);
    if (known) return known;
    if (this.constants.size >= MAX_CONSTANTS)
      this.constants.delete(this.constants.keys().next().value as string);
    const data = values();
    const buffer = this.internals.device.createBuffer({
      size: Math.max(4, data.byteLength),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.internals.queue.writeBuffer(buffer, 0, data as Uint32Array<ArrayBuffer>);
    if (typeof key === 'string') this.constants.set(key, buffer);
    else this.constantsOf.set(key, buffer);
    this.constantBuffers.add(buffer);
    return buffer;
  }

  record(work: () => void, kept: readonly tf.Tensor[]): Recording | { refused: string } {
    return this.recorder.record(work, kept, this.constantBuffers);
  }

  recordInTwo(work: TwoParts, kept: readonly tf.Tensor[]): Promise<Recording | { refused: string }> {
    return this.recorder.recordInTwo(work, kept, this.constantBuffers);
  }

  write(tensor: tf.Tensor, values: Float32Array | Int32Array): void {
    this.keepNoCopies(tensor);
    this.internals.submit();
    const buffer = this.internals.bufferOf(tensor);
    this.internals.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  }

  upload(tensors: readonly tf.Tensor[]): void {
    for (const { dataId, size } of tensors) if (size > 0) this.internals.backend.uploadToGPU(dataId);
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
    return compileAhead(this.internals, called, () => [...calledFor.values()], onProgress);
  }

  /** Encodes one launch after those of the backend. */
  run<B, P extends ParamTypes>(program: Program<B, P>, baked: B, launch: Launch<P>): void {
    const { aroundLaunch } = this;
    const { inputs, outputs, params, groups } = launch;
    if (aroundLaunch) {
      const flops = program.flops?.(baked, params, groups) ?? null;
      const traffic = { kernel: program.name, inputs, outputs, flops };
      aroundLaunch(traffic, () => this.launch(program, baked, launch));
    } else this.launch(program, baked, launch);
  }

  private launch<B, P extends ParamTypes>(program: Program<B, P>, baked: B, launch: Launch<P>): void {
    const { inputs, outputs, params, paramsAt, groups } = launch;
    const { internals } = this;
    if (this.calledFor) {
      this.pipelines.callFor(program, baked, this.calledFor);
      // Uploads first: otherwise tfjs would compute in JavaScript. Deferred sums are launched at their first binding.
      for (const bound of [...inputs, ...outputs])
        if ('dataId' in bound) internals.backend.uploadToGPU(bound.dataId);
      return;
    }
    const { pipeline, layout, fields } = this.pipelines.get(program, baked);
    const buffers = [...inputs, ...outputs].map((bound) =>
      'dataId' in bound ? internals.bind(bound) : bound,
    );
    const uniform = this.uniform(fields, { ...params, groups }, paramsAt);
    const bindGroup = internals.device.createBindGroup({
      layout,
      entries: [...buffers.map((buffer) => ({ buffer })), uniform].map((resource, binding) => ({
        binding,
        resource,
      })),
    });
    // A dimension holds at most 65,535 workgroups; `entry` computes the linear index.
    const limit = internals.device.limits.maxComputeWorkgroupsPerDimension;
    const rows = Math.ceil(groups / limit);
    internals.dispatch(pipeline, bindGroup, Math.ceil(groups / rows), rows);
  }

  private uniform(
    fields: Fields,
    values: Readonly<Record<string, number>>,
    valuesAt: ((step: number) => Readonly<Record<string, number | undefined>>) | undefined,
  ): GPUBufferBinding {
    const content = new ArrayBuffer(16 * Math.ceil(fields.length / 4));
    writeFields(new DataView(content), fields, values);
    const ofStep =
      valuesAt &&
      this.recorder.stepUniform(content, (into, step) =>
        writeFields(into, fields, { ...values, ...valuesAt(step) } as Record<string, number>),
      );
    return ofStep ?? { buffer: this.internals.uniform(content) };
  }
}

/** Whether there is nothing to compute; the device binds no empty buffer. */
export const isEmpty = (...tensors: readonly tf.Tensor[]) => tensors.some((t) => t.size === 0);
