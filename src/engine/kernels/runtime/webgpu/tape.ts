// What is noted while a step is recorded: its launches, what depends on the step number, and the buffers that belong to the
// recording alone.
import type { BufferPool } from './bufferPool.ts';

interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: [number, number, number];
}

/** A uniform that shares a buffer may begin at multiples of this many bytes, on every device. */
const UNIFORM_ALIGNMENT = 256;
/** At most this many uniforms of a step may depend on its number; a step of any of our networks has about a dozen. */
const MAX_STEP_UNIFORMS = 256;

/** What is read between two parts of the work. */
export interface Middle {
  /** Launches of the first part. */
  launches: number;
  /** What the first part made, and where it is copied to for the page. */
  from: GPUBuffer;
  staging: GPUBuffer;
}

/** Writes the content that a uniform has at a given step. */
export type WriteAt = (into: DataView, step: number) => void;

/** What a recording noted, and the buffers that belong to it alone: uniforms and uploads. */
export class Tape {
  readonly dispatches: Dispatch[] = [];
  /** Uniforms that depend on the step number. They share one buffer, so that a single write fills all of them. */
  readonly stepUniforms: { into: DataView; writeAt: WriteAt }[] = [];
  readonly stepContent = new ArrayBuffer(UNIFORM_ALIGNMENT * MAX_STEP_UNIFORMS);
  readonly stepBuffer: GPUBuffer;
  /**
   * All buffers that were handed out (the recording's own and those of the pool), with the number of bytes that was asked for.
   */
  readonly used = new Map<GPUBuffer, number>();
  readonly bound = new Set<GPUBuffer>();
  /** The first thing that a replay could not repeat. */
  obstacle: string | null = null;
  /** What the page wrote for the step, except what is known to depend on the step number. */
  readonly contents: number[] = [];
  ownBytes = 0;
  /** Where work in two parts is read in between; null for work in one. */
  middle: Middle | null = null;
  private readonly own = new Set<GPUBuffer>();
  private readonly device: GPUDevice;
  private readonly pool: BufferPool;

  constructor(device: GPUDevice, pool: BufferPool) {
    this.device = device;
    this.pool = pool;
    this.stepBuffer = this.acquire(
      this.stepContent.byteLength,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      false,
    );
  }

  /** Bytes of memory that the step needs. */
  get bytes(): number {
    return [...this.used.keys()].reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** Where a uniform that depends on the step number is placed; null when there is no room for it. */
  addStepUniform(size: number, writeAt: WriteAt): GPUBufferBinding | null {
    const offset = UNIFORM_ALIGNMENT * this.stepUniforms.length;
    if (this.stepUniforms.length === MAX_STEP_UNIFORMS || size > UNIFORM_ALIGNMENT) {
      this.obstacle ??= `more than ${MAX_STEP_UNIFORMS} of its parts depend on its number`;
      return null;
    }
    this.stepUniforms.push({ into: new DataView(this.stepContent, offset, size), writeAt });
    return { buffer: this.stepBuffer, offset, size };
  }

  /** The content of all of them at a given step. */
  contentAt(step: number): ArrayBuffer {
    for (const { into, writeAt } of this.stepUniforms) writeAt(into, step);
    return this.stepContent.slice(0, UNIFORM_ALIGNMENT * this.stepUniforms.length);
  }

  acquire(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    // Like a uniform, an upload must still be there when the step is replayed.
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

  /** Must be called for everything that is written into a buffer. */
  noteContent(content: ArrayBufferLike | ArrayBufferView, into?: GPUBuffer): void {
    if (into && (!this.used.has(into) || into === this.stepBuffer)) return;
    this.contents.push(hashOf(content));
  }

  /**
   * Ends the first part of work in two.
   * @param from - holds what is to be read, in its first bytes
   */
  readBetween(from: GPUBuffer, bytes: number): void {
    const staging = this.device.createBuffer({
      size: bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.own.add(staging);
    this.ownBytes += bytes;
    this.middle = { launches: this.dispatches.length, from, staging };
  }

  dispose(): void {
    for (const buffer of this.own) buffer.destroy();
  }
}

const isReusable = (usage: number) => (usage & GPUBufferUsage.UNIFORM) === 0;

/** The FNV-1a hash. */
function hashOf(content: ArrayBufferLike | ArrayBufferView): number {
  const bytes = ArrayBuffer.isView(content)
    ? new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
    : new Uint8Array(content);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The part of an encoder that tfjs and we use. Every call goes both to the device and to the tape. */
export function notingEncoder(encoder: GPUCommandEncoder, tape: Tape): GPUCommandEncoder {
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
