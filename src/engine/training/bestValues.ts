// The best values of a network so far: those of each group of tasks that stops and is restored on its own.
import { type ParameterSlice, readSlices, writeSlices } from './parameterSlices.ts';
import { requireCount } from './storedValues.ts';

export class BestValues {
  /** Values of each group, in parameters and buffers. */
  private readonly slices: readonly (readonly ParameterSlice[])[];
  /** In the order of `slices`; null before the first epoch. */
  private best: (Float32Array[] | null)[];

  constructor(slices: readonly (readonly ParameterSlice[])[]) {
    this.slices = slices;
    this.best = slices.map(() => null);
  }

  /** Keeps the current values of a group. */
  async keep(group: number): Promise<void> {
    this.best[group] = await readSlices(this.slicesOf(group));
  }

  /** Writes the kept values back; a group without any keeps its current ones. */
  async restore(): Promise<void> {
    for (const [group, best] of this.best.entries()) if (best) await writeSlices(this.slicesOf(group), best);
  }

  forget(): void {
    this.best = this.slices.map(() => null);
  }

  /** For a checkpoint, by name. */
  save(): Record<string, Float32Array> {
    return Object.fromEntries(
      this.best.flatMap((values, group) =>
        (values ?? []).map((v, i) => [placeOf(group, i), v.slice()] as const),
      ),
    );
  }

  /**
   * The inverse of `save`.
   * @param tensors - of a checkpoint, which may hold others too
   * @param owner - whose they are, for messages
   * @throws WorkbenchError (file) if those of a group are not as many as it has
   */
  load(tensors: Record<string, Float32Array>, owner: string): void {
    this.best = this.slices.map((slices, group) => {
      if (!slices.some((_s, i) => tensors[placeOf(group, i)])) return null;
      return slices.map(({ size }, i) => {
        const place = placeOf(group, i);
        return requireCount(`${owner}/${place}`, tensors[place], size).slice();
      });
    });
  }

  private slicesOf(group: number): readonly ParameterSlice[] {
    return this.slices[group] ?? [];
  }
}

const placeOf = (group: number, i: number): string => `best${group}/${i}`;
