// Training steps that are noted once per batch size and replayed. What a step reads that changes (the batch) stands in
// tensors of its own, which are overwritten.
import type * as tf from '@tensorflow/tfjs-core';
import type { GatheredBatch } from '../data/batches.ts';
import type { Recording, StepRecorder } from '../kernels/recording.ts';
import { disposeBatch, type TensorBatch } from './tensorBatch.ts';

/** Every batch but the last of an epoch has the same size. */
const MAX_SIZES = 2;

export interface RecordedStepsOptions {
  recorder: StepRecorder;
  /** Launches a step and reads nothing back. */
  launch(batch: TensorBatch, step: number): void;
  /** A copy of a batch that this owns. */
  copyOf(values: GatheredBatch, rows: number): TensorBatch;
  /** What a step reads and changes besides the batch. */
  kept(): readonly tf.Tensor[];
}

export class RecordedSteps {
  private readonly o: RecordedStepsOptions;
  private readonly plans = new Map<number, { batch: TensorBatch; recording: Recording }>();

  constructor(options: RecordedStepsOptions) {
    this.o = options;
  }

  /** Memory that the recordings hold. */
  get bytes(): number {
    return [...this.plans.values()].reduce((sum, { recording }) => sum + recording.bytes, 0);
  }

  /** @returns why the step cannot be replayed, or null; it is launched in either case */
  launch({ values, targets }: TensorBatch, step: number): string | null {
    const { recorder, launch, copyOf, kept } = this.o;
    const rows = targets.shape[1];
    const plan = this.plans.get(rows);
    if (plan?.recording.isCurrent()) {
      this.write(plan.batch, values);
      plan.recording.replay(step);
      return null;
    }
    if (plan) this.forget(rows);
    const batch = copyOf(values, rows);
    if (this.plans.size >= MAX_SIZES) {
      launch(batch, step);
      disposeBatch(batch);
      return 'the batches have many sizes';
    }
    const inputs = [batch.categorical, batch.numeric, batch.targets].filter((t) => t.size > 0);
    const recording = recorder.record(() => launch(batch, step), [...inputs, ...kept()]);
    if ('refused' in recording) {
      disposeBatch(batch);
      return recording.refused;
    }
    this.plans.set(rows, { batch, recording });
    return null;
  }

  dispose(): void {
    for (const rows of [...this.plans.keys()]) this.forget(rows);
  }

  private forget(rows: number): void {
    const plan = this.plans.get(rows);
    if (!plan) return;
    this.plans.delete(rows);
    plan.recording.dispose();
    disposeBatch(plan.batch);
  }

  private write({ categorical, numeric, targets }: TensorBatch, values: GatheredBatch): void {
    const { recorder } = this.o;
    if (categorical.size > 0) recorder.write(categorical, values.categorical);
    if (numeric.size > 0) recorder.write(numeric, values.numeric);
    recorder.write(targets, values.targets);
  }
}
