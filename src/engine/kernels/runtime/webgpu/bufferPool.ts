// Buffers that recorded steps take from and give back, apart from those of tfjs.

/** How much larger than asked for a buffer may be. */
const MAX_WASTE = 2;

/**
 * Buffers of what a step computes on its way. Nothing of it is needed when the step is over, so all recordings take theirs
 * from here: those of the networks that train side by side, and of the smaller last batch.
 */
export class BufferPool {
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
