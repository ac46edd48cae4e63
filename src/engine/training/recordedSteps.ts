// Training steps that are recorded per batch size and replayed. The changing input of a step (the batch) comes from a table on
// the device, or from tensors that are overwritten. A recording is used after two identical recordings: anything that
// JavaScript computes anew per step, such as random numbers, would otherwise stay as in the first step.
import type * as tf from '@tensorflow/tfjs-core';
import type { Recording, StepRecorder } from '../kernels/runtime/recording.ts';
import type { ResidentTable } from './residentTable.ts';
import { disposeTensors, type StepTensors, type TensorBatch, tensorsOf } from './tensorBatch.ts';

/** All batches of an epoch but the last have the same size. */
const MAX_SIZES = 2;

export interface RecordedStepsOptions {
  recorder: StepRecorder;
  /** The table on the device; null if batches are uploaded. */
  table(): ResidentTable | null;
  /** Launches a step and reads nothing back. */
  launch(batch: StepTensors, step: number): void;
  /** Tensors that a step reads and changes besides the batch. */
  kept(): readonly tf.Tensor[];
}

/** How batches of one size reach a recorded step. */
interface Feed {
  kept: readonly tf.Tensor[];
  /** Called before a step. */
  bring(batch: TensorBatch): void;
  /** The tensors of a step, valid until `done` is called. */
  open(): { tensors: StepTensors; done(): void };
  dispose(): void;
}

interface Plan {
  feed: Feed;
  recording: Recording;
  /** Two recordings were identical. */
  trusted: boolean;
}

export class RecordedSteps {
  private readonly o: RecordedStepsOptions;
  private readonly plans = new Map<number, Plan>();

  constructor(options: RecordedStepsOptions) {
    this.o = options;
  }

  /** Memory of the recordings, in bytes. */
  get bytes(): number {
    return [...this.plans.values()].reduce((sum, { recording }) => sum + recording.bytes, 0);
  }

  /** Launches a step, replayed or not. @returns why it cannot be replayed, or null */
  launch(batch: TensorBatch, step: number): string | null {
    const { size } = batch;
    const plan = this.plans.get(size);
    if (plan?.trusted && plan.recording.isCurrent()) {
      plan.feed.bring(batch);
      plan.recording.replay(step);
      return null;
    }
    if (!plan && this.plans.size >= MAX_SIZES) {
      this.o.launch(batch, step);
      return 'the batches have many sizes';
    }
    const feed = plan?.feed ?? this.feedOf(batch);
    const recording = this.record(feed, batch, step);
    if ('refused' in recording) {
      if (!plan) feed.dispose();
      return recording.refused;
    }
    const trusted = plan?.recording.signature === recording.signature;
    plan?.recording.dispose();
    this.plans.set(size, { feed, recording, trusted });
    return plan && !trusted ? 'what the page prepares for a step differs from step to step' : null;
  }

  dispose(): void {
    for (const { feed, recording } of this.plans.values()) {
      recording.dispose();
      feed.dispose();
    }
    this.plans.clear();
  }

  private record(feed: Feed, batch: TensorBatch, step: number): Recording | { refused: string } {
    const { recorder, launch, kept } = this.o;
    feed.bring(batch);
    const work = () => {
      const { tensors, done } = feed.open();
      launch(tensors, step);
      done();
    };
    try {
      return recorder.record(work, [...feed.kept, ...kept()]);
    } catch (error) {
      if (!this.plans.has(batch.size)) feed.dispose();
      throw error;
    }
  }

  private feedOf(batch: TensorBatch): Feed {
    const table = batch.range ? this.o.table() : null;
    return table?.dataset === batch.dataset
      ? tableFeed(table, batch.size)
      : uploadFeed(batch, this.o.recorder);
  }
}

const tableFeed = (table: ResidentTable, rows: number): Feed => ({
  kept: table.kept,
  bring: ({ dataset, range }) => {
    if (!range || dataset !== table.dataset) throw new Error('recordedSteps: expected rows of the table');
    table.choose(range);
  },
  open() {
    const tensors = table.take(rows);
    return { tensors, done: () => disposeTensors(tensors) };
  },
  dispose: () => {},
});

function uploadFeed({ dataset, values, size }: TensorBatch, recorder: StepRecorder): Feed {
  const tensors = tensorsOf(dataset, values, size);
  const { categorical, numeric, targets } = tensors;
  const kept = [categorical, numeric, targets].filter((t) => t.size > 0);
  return {
    kept,
    bring: (batch) => {
      if (categorical.size > 0) recorder.write(categorical, batch.values.categorical);
      if (numeric.size > 0) recorder.write(numeric, batch.values.numeric);
      recorder.write(targets, batch.values.targets);
    },
    open: () => ({ tensors, done: () => {} }),
    dispose: () => disposeTensors(tensors),
  };
}
