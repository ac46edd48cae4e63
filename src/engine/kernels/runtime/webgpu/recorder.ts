// Records what a step launches (tfjs's launches and ours) and launches it again. A replay reuses the pipelines and bind groups
// of the recorded step, so it costs the page one command buffer. Buffers that the step needs come from a pool that tfjs does
// not use; within it a buffer may serve several times, just as it does in the step. Uniforms and uploads are never reused, so
// they keep what was written to them. Whatever depends on the step number is written again before each replay.
import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuInternals } from '../../tfjsInternals.ts';
import type { Recording, TwoParts } from '../recording.ts';
import { BufferPool } from './bufferPool.ts';
import { type Middle, notingEncoder, Tape, type WriteAt } from './tape.ts';

/** Buffers that are never changed. */
interface Constants {
  has(buffer: GPUBuffer): boolean;
}

/** What was there when a recording began. */
interface Begun {
  kept: readonly tf.Tensor[];
  /** Where the kept tensors stood. */
  before: readonly GPUBuffer[];
  tensors: number;
  tape: Tape;
}

export class Recorder {
  private readonly internals: WebgpuInternals;
  private readonly owners = new WeakMap<GPUBuffer, Tape>();
  private readonly pool: BufferPool;
  private readonly pipelineIds = new Map<GPUComputePipeline, number>();
  private tape: Tape | null = null;
  /** A step is between its two parts: buffers of the pool hold what the second reads. */
  private isHalfDone = false;
  private recordings = 0;
  private ownBytes = 0;
  /** Bytes of memory that tfjs has been told about. */
  private accounted = 0;

  constructor(internals: WebgpuInternals) {
    this.internals = internals;
    const { device, queue } = internals;
    this.pool = new BufferPool(device);
    internals.hookBuffers({
      acquire: (size, usage, mappedAtCreation) => {
        const { tape } = this;
        if (!tape) return null;
        const buffer = tape.acquire(size, usage, mappedAtCreation);
        this.owners.set(buffer, tape);
        return buffer;
      },
      release: (buffer) => {
        const owner = this.owners.get(buffer);
        owner?.release(buffer);
        return owner !== undefined;
      },
      // A tensor may hold a buffer of a recording that was refused, and that buffer may be larger than the tensor needs.
      usedBytes: (buffer) => this.owners.get(buffer)?.used.get(buffer) ?? null,
      uploading: (values) => this.tape?.noteContent(values),
      encoder: () => (this.tape ? notingEncoder(device.createCommandEncoder(), this.tape) : null),
    });
    const writeBuffer = queue.writeBuffer.bind(queue);
    queue.writeBuffer = (buffer, offset, data, ...range) => {
      this.tape?.noteContent(data as ArrayBuffer, buffer);
      writeBuffer(buffer, offset, data, ...range);
    };
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      for (const { resource } of descriptor.entries)
        if ('buffer' in resource) this.tape?.bound.add(resource.buffer);
      return createBindGroup(descriptor);
    };
  }

  /** While a step is being recorded: where a uniform that depends on the step number is placed. Otherwise null. */
  stepUniform(content: ArrayBuffer, writeAt: WriteAt): GPUBufferBinding | null {
    if (!this.tape) return null;
    const binding = this.tape.addStepUniform(content.byteLength, writeAt);
    if (!binding) return null;
    this.internals.queue.writeBuffer(binding.buffer, binding.offset ?? 0, content);
    return binding;
  }

  /** @param constants - buffers that never change */
  record(
    work: () => void,
    kept: readonly tf.Tensor[],
    constants: Constants,
  ): Recording | { refused: string } {
    const begun = this.begin(kept);
    this.note(begun.tape, work);
    return this.end(begun, constants);
  }

  /** @param constants - as `record` has them */
  async recordInTwo(
    work: TwoParts,
    kept: readonly tf.Tensor[],
    constants: Constants,
  ): Promise<Recording | { refused: string }> {
    const { internals } = this;
    const begun = this.begin(kept);
    const { tape } = begun;
    const read = this.note(tape, work.first);
    tape.readBetween(internals.bufferOf(read), 4 * read.size);
    this.isHalfDone = true;
    try {
      const values = await read.data<'float32'>().finally(() => read.dispose());
      work.between(values);
    } catch (error) {
      this.discard();
      throw error;
    } finally {
      this.isHalfDone = false;
    }
    // Nothing of what was read may stand in the encoder of what follows.
    internals.submit();
    this.note(tape, work.second);
    return this.end(begun, constants);
  }

  private begin(kept: readonly tf.Tensor[]): Begun {
    this.requireWholeStep();
    const { internals } = this;
    for (const t of kept) internals.backend.uploadToGPU(t.dataId);
    internals.submit();
    this.pool.beginStep();
    return {
      kept,
      before: kept.map((t) => internals.bufferOf(t)),
      tensors: tf.memory().numTensors,
      tape: new Tape(internals.device, this.pool),
    };
  }

  /** Does a part of the work. */
  private note<R>(tape: Tape, work: () => R): R {
    this.tape = tape;
    try {
      const result = work();
      this.internals.submit();
      return result;
    } catch (error) {
      this.discard();
      throw error;
    } finally {
      this.tape = null;
    }
  }

  private end({ kept, before, tensors, tape }: Begun, constants: Constants): Recording | { refused: string } {
    const { internals } = this;
    const after = kept.map((t) => internals.bufferOf(t));
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
      // New values may lie in the buffer of the old ones; without this they would be read from copies.
      isCurrent: () => kept.every((t, i) => t.dataId === ids[i] && internals.bufferOf(t) === after[i]),
      replay: (step) => this.replay(tape, step),
      replayInTwo: (step, between) => this.replayInTwo(tape, step, between),
      dispose: () => {
        tape.dispose();
        this.recordings--;
        if (this.recordings === 0) this.pool.dispose();
        this.account(-tape.ownBytes);
      },
    };
  }

  /** Ends a recording that will not be replayed. */
  private discard(): void {
    this.internals.submit();
    // A buffer that a tensor still holds must not be reused.
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

  /** Tells tfjs how much memory the pool holds now, and by how much the recordings hold more or less than before. */
  private account(ownBytes: number): void {
    this.ownBytes += ownBytes;
    const change = this.pool.bytes + this.ownBytes - this.accounted;
    this.accounted += change;
    this.internals.account(change);
  }

  private replay(tape: Tape, step: number): void {
    this.writeStep(tape, step);
    this.launch(tape.dispatches);
  }

  private async replayInTwo(tape: Tape, step: number, between: TwoParts['between']): Promise<void> {
    const { middle } = tape;
    if (!middle) throw new Error('recorder: expected work in two parts, it was recorded in one');
    this.writeStep(tape, step);
    this.isHalfDone = true;
    try {
      this.launch(tape.dispatches.slice(0, middle.launches), middle);
      await middle.staging.mapAsync(GPUMapMode.READ);
      const values = new Float32Array(middle.staging.getMappedRange().slice(0));
      middle.staging.unmap();
      between(values);
    } finally {
      this.isHalfDone = false;
    }
    this.launch(tape.dispatches.slice(middle.launches));
  }

  private writeStep(tape: Tape, step: number): void {
    this.requireWholeStep();
    this.internals.submit();
    if (tape.stepUniforms.length > 0)
      this.internals.queue.writeBuffer(tape.stepBuffer, 0, tape.contentAt(step));
  }

  /** @param middle - is copied for the page when the launches are done */
  private launch(dispatches: Tape['dispatches'], middle?: Middle): void {
    const { device, queue } = this.internals;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, workgroups } of dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
    pass.end();
    if (middle) encoder.copyBufferToBuffer(middle.from, 0, middle.staging, 0, middle.staging.size);
    queue.submit([encoder.finish()]);
  }

  /** All recordings share a pool, so that between its two parts a step has it alone. */
  private requireWholeStep(): void {
    if (this.isHalfDone)
      throw new Error('recorder: expected no step between its two parts, another one began before its end');
  }
}
