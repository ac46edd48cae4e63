// Training steps that are recorded per batch size and replayed. The changing input of a step (the batch) comes from a table on
// the device, or from tensors that are overwritten. A recording is used after two identical recordings: anything that
// JavaScript computes anew per step, such as random numbers, would otherwise stay as in the first step.
import type * as tf from '@tensorflow/tfjs-core';
import type { Recording, StepRecorder, TwoParts } from '../kernels/runtime/recording.ts';
import type { ResidentTable } from './residentTable.ts';
import type { ProgramInTwo } from './step/stepProgram.ts';
import { disposeTensors, type StepTensors, type TensorBatch, tensorsOf } from './tensorBatch.ts';

/** All batches of an epoch but the last have the same size. */
const MAX_SIZES = 2;

export interface RecordedStepsOptions {
  recorder: StepRecorder;
  /** The table on the device; null if batches are uploaded. */
  table(): ResidentTable | null;
  /** Launches a step and reads nothing back. */
  launch(batch: StepTensors, step: number): void;
  /** The same in two parts, of steps that read numbers in the middle; null for the others. */
  inTwo: ProgramInTwo | null;
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

type Recorded = Recording | { refused: string };

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

  /**
   * @returns why the step cannot be replayed, or null; it is launched in either case. A promise of it for steps in two parts, which wait
   * for numbers
   */
  launch(batch: TensorBatch, step: number): string | null | Promise<string | null> {
    const { inTwo } = this.o;
    const { size } = batch;
    const plan = this.plans.get(size);
    if (plan?.trusted && plan.recording.isCurrent()) {
      plan.feed.bring(batch);
      if (inTwo)
        return plan.recording.replayInTwo(step, (read) => this.carry(inTwo, read, step)).then(() => null);
      plan.recording.replay(step);
      return null;
    }
    if (!plan && this.plans.size >= MAX_SIZES) {
      const refused = 'the batches have many sizes';
      if (inTwo) return this.launchInTwo(inTwo, batch, step).then(() => refused);
      this.o.launch(batch, step);
      return refused;
    }
    const feed = plan?.feed ?? this.feedOf(batch);
    const keep = (recording: Recorded) => this.keep(recording, feed, size);
    return inTwo
      ? this.recordInTwo(inTwo, feed, batch, step).then(keep)
      : keep(this.record(feed, batch, step));
  }

  /** Takes a recording among the plans. @returns why there is none, or null */
  private keep(recording: Recorded, feed: Feed, size: number): string | null {
    const plan = this.plans.get(size);
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

  private record(feed: Feed, batch: TensorBatch, step: number): Recorded {
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

  private async recordInTwo(
    inTwo: ProgramInTwo,
    feed: Feed,
    batch: TensorBatch,
    step: number,
  ): Promise<Recorded> {
    const { recorder, kept } = this.o;
    feed.bring(batch);
    const work: TwoParts = {
      first: () => {
        const { tensors, done } = feed.open();
        const read = inTwo.first(tensors, step);
        done();
        return read;
      },
      between: (read) => this.carry(inTwo, read, step),
      second: () => inTwo.second(step),
    };
    try {
      return await recorder.recordInTwo(work, [...feed.kept, ...kept()]);
    } catch (error) {
      if (!this.plans.has(batch.size)) feed.dispose();
      throw error;
    }
  }

  /** A step in two parts without a recording. */
  private async launchInTwo(inTwo: ProgramInTwo, batch: TensorBatch, step: number): Promise<void> {
    const made = inTwo.first(batch, step);
    const read = await made.data<'float32'>().finally(() => made.dispose());
    this.carry(inTwo, read, step);
    inTwo.second(step);
  }

  private carry(inTwo: ProgramInTwo, read: Float32Array, step: number): void {
    this.o.recorder.write(inTwo.into, inTwo.between(read, step));
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
