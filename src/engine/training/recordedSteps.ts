// Training steps that are noted per batch size and replayed. What a step reads that changes (the batch) stands in tensors of
// its own, which are overwritten. A recording is trusted when two steps have given the same: what the page computes anew for
// every step, random numbers for instance, would be those of the first one for ever.
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

interface Plan {
  batch: TensorBatch;
  recording: Recording;
  /** Two steps have given it. */
  trusted: boolean;
}

export class RecordedSteps {
  private readonly o: RecordedStepsOptions;
  private readonly plans = new Map<number, Plan>();

  constructor(options: RecordedStepsOptions) {
    this.o = options;
  }

  /** Memory that the recordings hold. */
  get bytes(): number {
    return [...this.plans.values()].reduce((sum, { recording }) => sum + recording.bytes, 0);
  }

  /** @returns why the step cannot be replayed, or null; it is launched in either case */
  launch({ values, targets }: TensorBatch, step: number): string | null {
    const { launch, copyOf } = this.o;
    const rows = targets.shape[1];
    const plan = this.plans.get(rows);
    if (plan?.trusted && plan.recording.isCurrent()) {
      this.write(plan.batch, values);
      plan.recording.replay(step);
      return null;
    }
    const batch = copyOf(values, rows);
    if (!plan && this.plans.size >= MAX_SIZES) {
      launch(batch, step);
      disposeBatch(batch);
      return 'the batches have many sizes';
    }
    const recording = this.record(batch, step);
    if ('refused' in recording) {
      disposeBatch(batch);
      return recording.refused;
    }
    const trusted = plan?.recording.signature === recording.signature;
    this.forget(rows);
    this.plans.set(rows, { batch, recording, trusted });
    return plan && !trusted ? 'what the page prepares for a step differs from step to step' : null;
  }

  dispose(): void {
    for (const rows of [...this.plans.keys()]) this.forget(rows);
  }

  private record(batch: TensorBatch, step: number): Recording | { refused: string } {
    const { recorder, launch, kept } = this.o;
    const inputs = [batch.categorical, batch.numeric, batch.targets].filter((t) => t.size > 0);
    try {
      return recorder.record(() => launch(batch, step), [...inputs, ...kept()]);
    } catch (error) {
      disposeBatch(batch);
      throw error;
    }
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
