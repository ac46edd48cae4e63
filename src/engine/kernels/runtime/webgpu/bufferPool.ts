// Buffers for recorded steps, separate from those of tfjs.

/** Maximum ratio of a buffer's size to the requested one. */
const MAX_WASTE = 2;

/**
 * Buffers of a step's intermediate results. They are free when the step is over, so all recordings share them: those of
 * networks that train side by side, and of the smaller last batch.
 */
export class BufferPool {
  bytes = 0;
  private readonly device: GPUDevice;
  private readonly all = new Set<GPUBuffer>();
  private free: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** All buffers are free when a step begins. */
  beginStep(): void {
    this.free = [...this.all];
  }

  /** The smallest free buffer that is large enough without much waste. */
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

  /** Removes buffers that tensors still use. */
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
