// Sums over the rows of split parts that are computed only at their first use. An optimizer reads the parts themselves, so a
// step saves the launches.
import * as tf from '@tensorflow/tfjs-core';
import type { Values, WebgpuInternals } from '../../tfjsInternals.ts';
import { type Launcher, program, type Shader } from './program.ts';

/** Sums over the rows of parts [splits, total]: `size` columns from `start`. */
export interface Unsummed {
  parts: tf.Tensor;
  splits: number;
  total: number;
  start: number;
  size: number;
}

const LANES = 64;

/** Always in the same order, so that results are deterministic. */
const sumOfSplits = program({
  name: 'SumOfSplits',
  params: { splits: 'u32', total: 'u32', start: 'u32', size: 'u32' },
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { parts: 'f32' },
    outputs: { sums: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        var sum = 0.0;
        for (var s = 0u; s < p.splits; s++) { sum += parts[s * p.total + p.start + i]; }
        sums[i] = sum;
      }`,
  }),
});

export class LazySums {
  private readonly internals: WebgpuInternals;
  private readonly c: Launcher;
  private readonly unsummed = new Map<object, Unsummed>();
  private readonly partsInUse = new Map<tf.Tensor, number>();

  constructor(internals: WebgpuInternals, c: Launcher) {
    this.internals = internals;
    this.c = c;
    internals.beforeDispose((dataId, force) => {
      if (!this.unsummed.has(dataId) || !(force || internals.backend.refCount(dataId) <= 1)) return;
      internals.settleBuffer({ dataId });
      this.forget(dataId);
    });
  }

  /** @returns tensors of these shapes that hold the sums of parts [splits, total], column after column */
  sumsOf(parts: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
    const [splits, total] = parts.shape as [number, number];
    this.partsInUse.set(tf.keep(parts), shapes.length);
    let start = 0;
    return shapes.map((shape) => {
      const sums = this.c.output(shape);
      const { dataId, size } = sums;
      this.unsummed.set(dataId, { parts, splits, total, start, size });
      start += size;
      this.internals.deferBuffer(sums, () => this.addUp(dataId));
      return sums;
    });
  }

  /** The pending sum of these values; null if they are computed. */
  unsummedOf({ dataId }: Values): Unsummed | null {
    return this.unsummed.get(dataId) ?? null;
  }

  private addUp(dataId: object): GPUBuffer {
    const { parts, splits, total, start, size } = this.unsummed.get(dataId) as Unsummed;
    // Before the launch, which asks for the buffer itself.
    this.internals.settleBuffer({ dataId });
    this.c.run(sumOfSplits, null, {
      inputs: [parts],
      outputs: [{ dataId }],
      params: { splits, total, start, size },
      groups: Math.ceil(size / LANES),
    });
    this.forget(dataId);
    return this.internals.bufferOf({ dataId });
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
}
