// Notes what a step launches, tfjs's launches and ours, and launches it again: pipelines and bind groups are those of the
// first time, so a replay costs the page one command buffer. Buffers that the step takes come from a pool that tfjs does not
// use, in which they may serve several times as they do in the step; uniforms and uploads are never reused, so they keep
// what was written. What depends on the step is written anew before a replay.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Recording } from '../recording.ts';

/** What the backend has besides its typed members. */
export interface RecordableBackend {
  device: GPUDevice;
  queue: GPUQueue;
  tensorMap: { get(dataId: object): { resource: GPUBuffer; values?: ArrayBufferView | null } };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  bufferManager: BufferManager;
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
}

interface BufferManager {
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  numBytesUsed: number;
  numBytesAllocated: number;
}

interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: [number, number, number];
}

/** Bytes at which a uniform may begin in a buffer it shares, on every device. */
const UNIFORM_ALIGNMENT = 256;
/** Uniforms of a step that depend on it; a step of any of our networks has a dozen. */
const MAX_STEP_UNIFORMS = 256;

/** How much larger than asked for a buffer of the pool may be. */
const MAX_WASTE = 2;

/** Writes the content of a uniform as it is at a step. */
type WriteAt = (into: DataView, step: number) => void;

/**
 * Buffers of what a step computes on its way. Nothing of it is needed when the step is over, so all recordings take theirs
 * from here: those of the networks that train side by side, and of the smaller last batch.
 */
class Pool {
  bytes = 0;
  private readonly device: GPUDevice;
  private readonly all = new Set<GPUBuffer>();
  private free: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** All of them are free when a step begins. */
  beginStep(): void {
    this.free = [...this.all];
  }

  /** The smallest free one that is large enough and not wasted on it. */
  acquire(size: number, usage: number): GPUBuffer {
    let best = -1;
    this.free.forEach((buffer, i) => {
      const fits = buffer.usage === usage && buffer.size >= size && buffer.size <= MAX_WASTE * size;
      if (fits && (best < 0 || buffer.size < (this.free[best] as GPUBuffer).size)) best = i;
    });
    if (best >= 0) return this.free.splice(best, 1)[0] as GPUBuffer;
    const buffer = this.device.createBuffer({ size, usage });
    this.all.add(buffer);
    this.bytes += size;
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    if (this.all.has(buffer)) this.free.push(buffer);
  }

  /** Takes out what a tensor has kept. */
  forgetUsed(): void {
    const free = new Set(this.free);
    for (const buffer of this.all) {
      if (free.has(buffer)) continue;
      this.all.delete(buffer);
      this.bytes -= buffer.size;
    }
  }

  dispose(): void {
    for (const buffer of this.all) buffer.destroy();
    this.all.clear();
    this.free = [];
    this.bytes = 0;
  }
}

/** What a recording noted, and the buffers that are its alone: uniforms and uploads. */
class Tape {
  readonly dispatches: Dispatch[] = [];
  /** Of the uniforms that depend on the step, which share a buffer and so one write. */
  readonly stepUniforms: { into: DataView; writeAt: WriteAt }[] = [];
  readonly stepContent = new ArrayBuffer(UNIFORM_ALIGNMENT * MAX_STEP_UNIFORMS);
  readonly stepBuffer: GPUBuffer;
  /** All that were handed out, its own and those of the pool, and the bytes that were asked for. */
  readonly used = new Map<GPUBuffer, number>();
  readonly bound = new Set<GPUBuffer>();
  /** The first thing that a replay could not repeat. */
  obstacle: string | null = null;
  /** Of what the page wrote for the step, but for what is known to depend on it. */
  readonly contents: number[] = [];
  ownBytes = 0;
  private readonly own = new Set<GPUBuffer>();
  private readonly device: GPUDevice;
  private readonly pool: Pool;

  constructor(device: GPUDevice, pool: Pool) {
    this.device = device;
    this.pool = pool;
    this.stepBuffer = this.acquire(
      this.stepContent.byteLength,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      false,
    );
  }

  /** Memory that the step needs. */
  get bytes(): number {
    return [...this.used.keys()].reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** Where a uniform that depends on the step stands; null when there is no room for it. */
  addStepUniform(size: number, writeAt: WriteAt): GPUBufferBinding | null {
    const offset = UNIFORM_ALIGNMENT * this.stepUniforms.length;
    if (this.stepUniforms.length === MAX_STEP_UNIFORMS || size > UNIFORM_ALIGNMENT) {
      this.obstacle ??= `more than ${MAX_STEP_UNIFORMS} of its parts depend on its number`;
      return null;
    }
    this.stepUniforms.push({ into: new DataView(this.stepContent, offset, size), writeAt });
    return { buffer: this.stepBuffer, offset, size };
  }

  /** The content of all of them at a step. */
  contentAt(step: number): ArrayBuffer {
    for (const { into, writeAt } of this.stepUniforms) writeAt(into, step);
    return this.stepContent.slice(0, UNIFORM_ALIGNMENT * this.stepUniforms.length);
  }

  acquire(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    // What is uploaded must still be there when the step is replayed, like a uniform.
    const isOwn = mappedAtCreation || !isReusable(usage);
    const buffer = isOwn
      ? this.device.createBuffer({ size, usage, mappedAtCreation })
      : this.pool.acquire(size, usage);
    if (isOwn) {
      this.own.add(buffer);
      this.ownBytes += size;
    }
    this.used.set(buffer, size);
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    if (!this.own.has(buffer)) this.pool.release(buffer);
  }

  /** To be told what is written into a buffer. */
  noteContent(content: ArrayBufferLike | ArrayBufferView, into?: GPUBuffer): void {
    if (into && (!this.used.has(into) || into === this.stepBuffer)) return;
    this.contents.push(hashOf(content));
  }

  dispose(): void {
    for (const buffer of this.own) buffer.destroy();
  }
}

const isReusable = (usage: number) => (usage & GPUBufferUsage.UNIFORM) === 0;

/** FNV-1a. */
function hashOf(content: ArrayBufferLike | ArrayBufferView): number {
  const bytes = ArrayBuffer.isView(content)
    ? new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
    : new Uint8Array(content);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

export class Recorder {
  private readonly backend: WebGPUBackend;
  private readonly internals: RecordableBackend;
  private readonly owners = new WeakMap<GPUBuffer, Tape>();
  private readonly pool: Pool;
  private readonly pipelineIds = new Map<GPUComputePipeline, number>();
  private tape: Tape | null = null;
  private recordings = 0;
  private ownBytes = 0;
  /** Memory that tfjs has been told of. */
  private accounted = 0;

  constructor(backend: WebGPUBackend) {
    this.backend = backend;
    this.internals = backend as unknown as RecordableBackend;
    const { bufferManager, device } = this.internals;
    this.pool = new Pool(device);
    const { acquireBuffer, releaseBuffer } = bufferManager;
    bufferManager.acquireBuffer = (size, usage, mapped = false, reuse = true) => {
      const { tape } = this;
      if (!tape) return acquireBuffer.call(bufferManager, size, usage, mapped, reuse);
      const buffer = tape.acquire(size, usage, mapped);
      this.owners.set(buffer, tape);
      return buffer;
    };
    bufferManager.releaseBuffer = (buffer, reuse = true) => {
      const owner = this.owners.get(buffer);
      if (owner) owner.release(buffer);
      else releaseBuffer.call(bufferManager, buffer, reuse);
    };
    const getBufferData = this.internals.getBufferData.bind(backend);
    this.internals.getBufferData = async (buffer) => {
      const data = await getBufferData(buffer);
      // What a tensor has kept of a step that was refused may be larger than the tensor.
      const size = this.owners.get(buffer)?.used.get(buffer);
      return size === undefined || size === data.byteLength ? data : data.slice(0, size);
    };
    const uploadToGPU = backend.uploadToGPU.bind(backend);
    backend.uploadToGPU = (dataId) => {
      const { tape } = this;
      const data = tape && this.internals.tensorMap.get(dataId);
      if (tape && data?.values && !data.resource) tape.noteContent(data.values);
      uploadToGPU(dataId);
    };
    const { queue } = this.internals;
    const writeBuffer = queue.writeBuffer.bind(queue);
    queue.writeBuffer = (buffer, offset, data, ...range) => {
      this.tape?.noteContent(data as ArrayBuffer, buffer);
      writeBuffer(buffer, offset, data, ...range);
    };
    const ready = backend.ensureCommandEncoderReady.bind(backend);
    backend.ensureCommandEncoderReady = () => {
      if (this.tape && !this.internals.commandEncoder)
        this.internals.commandEncoder = noting(device.createCommandEncoder(), this.tape);
      ready();
    };
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      for (const { resource } of descriptor.entries)
        if ('buffer' in resource) this.tape?.bound.add(resource.buffer);
      return createBindGroup(descriptor);
    };
  }

  /** Where a uniform that depends on the step stands while a step is recorded; otherwise null. */
  stepUniform(content: ArrayBuffer, writeAt: WriteAt): GPUBufferBinding | null {
    if (!this.tape) return null;
    const binding = this.tape.addStepUniform(content.byteLength, writeAt);
    if (!binding) return null;
    this.internals.queue.writeBuffer(binding.buffer, binding.offset ?? 0, content);
    return binding;
  }

  /** @param constants - buffers that are never changed */
  record(
    work: () => void,
    kept: readonly tf.Tensor[],
    constants: { has(buffer: GPUBuffer): boolean },
  ): Recording | { refused: string } {
    const { internals, backend } = this;
    for (const t of kept) backend.uploadToGPU(t.dataId);
    this.submit();
    const buffersOf = () => kept.map((t) => internals.tensorMap.get(t.dataId).resource);
    const before = buffersOf();
    const tensors = tf.memory().numTensors;
    this.pool.beginStep();
    const tape = new Tape(internals.device, this.pool);
    this.tape = tape;
    try {
      work();
      this.submit();
    } catch (error) {
      this.discard();
      throw error;
    } finally {
      this.tape = null;
    }
    const after = buffersOf();
    const known = new Set(before);
    const stray = [...tape.bound].some((b) => !tape.used.has(b) && !known.has(b) && !constants.has(b));
    const left = tf.memory().numTensors - tensors;
    const refused =
      tape.obstacle ??
      (left !== 0 ? `the step leaves ${left} tensors behind` : null) ??
      (before.some((buffer, i) => buffer !== after[i])
        ? 'the step replaces values instead of changing them in place'
        : null) ??
      (stray ? 'the step reads values that it may not find again' : null);
    if (refused) {
      this.discard();
      return { refused };
    }
    this.recordings++;
    this.account(tape.ownBytes);
    const ids = kept.map((t) => t.dataId);
    return {
      launches: tape.dispatches.length,
      bytes: tape.bytes,
      signature: this.signatureOf(tape),
      // New values may have got the very buffer of those before, and would then be read from copies.
      isCurrent: () =>
        kept.every((t, i) => t.dataId === ids[i] && internals.tensorMap.get(t.dataId).resource === after[i]),
      replay: (step) => this.replay(tape, step),
      dispose: () => {
        tape.dispose();
        this.recordings--;
        if (this.recordings === 0) this.pool.dispose();
        this.account(-tape.ownBytes);
      },
    };
  }

  /** Ends a recording that is not to be replayed. */
  private discard(): void {
    this.submit();
    // A tensor may have kept a buffer, so that nobody else may have it.
    this.pool.forgetUsed();
    if (this.recordings === 0) this.pool.dispose();
    this.account(0);
  }

  private signatureOf({ dispatches, contents }: Tape): string {
    const { pipelineIds } = this;
    const launches = dispatches.map(({ pipeline, workgroups }) => {
      if (!pipelineIds.has(pipeline)) pipelineIds.set(pipeline, pipelineIds.size);
      return `${pipelineIds.get(pipeline)}:${workgroups}`;
    });
    return `${launches.join(' ')} / ${contents.join(' ')}`;
  }

  /** Sends what has gathered, so that what is written from now on comes after it. */
  submit(): void {
    if (!this.internals.commandEncoder) return;
    this.backend.endComputePassEncoder();
    this.backend.submitQueue();
  }

  /** Tells tfjs what the pool holds now, and what recordings hold more or less than before. */
  private account(ownBytes: number): void {
    const { bufferManager } = this.internals;
    this.ownBytes += ownBytes;
    const change = this.pool.bytes + this.ownBytes - this.accounted;
    this.accounted += change;
    bufferManager.numBytesUsed += change;
    bufferManager.numBytesAllocated += change;
  }

  private replay(tape: Tape, step: number): void {
    const { device, queue } = this.internals;
    this.submit();
    if (tape.stepUniforms.length > 0) queue.writeBuffer(tape.stepBuffer, 0, tape.contentAt(step));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, workgroups } of tape.dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
    pass.end();
    queue.submit([encoder.finish()]);
  }
}

/** The part of an encoder that tfjs and we use; what it is told goes to the device and to the tape. */
function noting(encoder: GPUCommandEncoder, tape: Tape): GPUCommandEncoder {
  const noted: Pick<GPUCommandEncoder, 'beginComputePass' | 'finish'> & { copyBufferToBuffer: unknown } = {
    beginComputePass(descriptor) {
      const pass = encoder.beginComputePass(descriptor);
      let pipeline: GPUComputePipeline | null = null;
      let bindGroup: GPUBindGroup | null = null;
      const own: Pick<GPUComputePassEncoder, 'setPipeline' | 'dispatchWorkgroups' | 'end'> & {
        setBindGroup: unknown;
      } = {
        setPipeline(next) {
          pipeline = next;
          pass.setPipeline(next);
        },
        setBindGroup(index: number, next: GPUBindGroup) {
          bindGroup = next;
          pass.setBindGroup(index, next);
        },
        dispatchWorkgroups(x, y = 1, z = 1) {
          pass.dispatchWorkgroups(x, y, z);
          if (pipeline && bindGroup) tape.dispatches.push({ pipeline, bindGroup, workgroups: [x, y, z] });
        },
        end: () => pass.end(),
      };
      return own as GPUComputePassEncoder;
    },
    copyBufferToBuffer(
      source: GPUBuffer,
      sourceOffset: number,
      target: GPUBuffer,
      targetOffset: number,
      size: number,
    ) {
      encoder.copyBufferToBuffer(source, sourceOffset, target, targetOffset, size);
      tape.obstacle ??= 'the step copies between buffers';
    },
    finish: (descriptor) => encoder.finish(descriptor),
  };
  return noted as GPUCommandEncoder;
}
