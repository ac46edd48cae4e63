// The encoded table on the device, uploaded once per session, and the row order, uploaded once per epoch. A recorded step takes
// its rows from there, so that the page writes only the position where they begin.
import * as tf from '@tensorflow/tfjs-core';
import { gatherBatch } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import { type Table, takeRows } from '../kernels/ops/takeRows/index.ts';
import { stepRecorder } from '../kernels/runtime/backendRuntime.ts';
import type { StepRecorder } from '../kernels/runtime/recording.ts';
import { type BatchRange, disposeTensors, type StepTensors, tensorsOf } from './tensorBatch.ts';

/** Share of the largest buffer that a table may take, because WebGPU does not report how much memory there is. */
const SHARE = 0.5;

const inMegabytes = (bytes: number) =>
  `${(bytes / 1e6).toLocaleString('en', { maximumSignificantDigits: 2 })} MB`;

export class ResidentTable {
  readonly dataset: Dataset;
  private readonly recorder: StepRecorder;
  private readonly table: Table;
  /** Current content of `table.order`. */
  private order: Uint32Array | null = null;
  private first = 0;

  private constructor(dataset: Dataset, recorder: StepRecorder) {
    const { rows } = dataset;
    const every = Uint32Array.from({ length: rows }, (_, row) => row);
    const order = tf.tensor1d(new Int32Array(rows), 'int32');
    this.dataset = dataset;
    this.recorder = recorder;
    this.table = { order, ...tensorsOf(dataset, gatherBatch(dataset, every, 0, rows), rows) };
  }

  /** @returns the table, or why it cannot be stored on the device */
  static create(dataset: Dataset, recorder: StepRecorder): ResidentTable | { refused: string } {
    const { rows, numeric, categorical, targets } = dataset;
    const bytes = [numeric, categorical, targets].map((columns) => 4 * rows * columns.length);
    const total = bytes.reduce((a, b) => a + b, 4 * rows);
    if (total <= SHARE * recorder.maxBytes) return new ResidentTable(dataset, recorder);
    return {
      refused: `the table takes ${inMegabytes(total)}, and ${inMegabytes(SHARE * recorder.maxBytes)} are set aside for it on this GPU`,
    };
  }

  /** Tensors that a recording must keep. */
  get kept(): tf.Tensor[] {
    return Object.values(this.table).filter((t: tf.Tensor) => t.size > 0);
  }

  /** Sets which rows the next step takes. */
  choose({ order, from }: BatchRange): void {
    if (order !== this.order) {
      this.recorder.write(this.table.order, new Int32Array(order.buffer, order.byteOffset, order.length));
      this.order = order;
    }
    this.first = from;
  }

  /** The chosen rows, also when a recording is replayed; the caller disposes them. */
  take(rows: number): StepTensors {
    return takeRows(this.table, rows, this.first, () => this.first);
  }

  /** Arbitrary rows, for a warm-up step; the caller disposes them. */
  warmUp(rows: number): StepTensors {
    return takeRows(this.table, rows, 0, () => 0);
  }

  dispose(): void {
    const { order, ...columns } = this.table;
    order.dispose();
    disposeTensors(columns);
  }
}

/** The table of several networks, uploaded when a recorded step of one of them first needs it. */
export class TableOnDemand {
  private readonly dataset: Dataset;
  private readonly onRefused: (reason: string) => void;
  private table: ResidentTable | null = null;
  private isRefused = false;

  /** @param onRefused - called once with the reason if the table cannot be stored on the device */
  constructor(dataset: Dataset, onRefused: (reason: string) => void = () => {}) {
    this.dataset = dataset;
    this.onRefused = onRefused;
  }

  /** Null if steps are not recorded, or the table cannot be stored on the device. */
  get(): ResidentTable | null {
    const recorder = stepRecorder();
    if (this.table || this.isRefused || !recorder) return this.table;
    const made = ResidentTable.create(this.dataset, recorder);
    if ('refused' in made) {
      this.isRefused = true;
      this.onRefused(made.refused);
      return null;
    }
    this.table = made;
    return made;
  }

  /** A later `get` uploads it again. */
  dispose(): void {
    this.table?.dispose();
    this.table = null;
  }
}
