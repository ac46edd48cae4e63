// A network for tests: it reads its predictions from a list, epoch by epoch.
import { defaultsOf } from '../config/params.ts';
import type { Note } from '../core/notes.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset, TaskMeta } from '../data/table.ts';
import { taskTypes } from '../tasks/registry.ts';
import { NetworkInTraining } from './networkInTraining.ts';
import { trainingParams, trainingSettings } from './params.ts';

export const noPause = async () => {};
const task = (name: string, type: TaskMeta['type']): TaskMeta => ({
  name,
  type,
  outputs: 1,
  description: '',
});

/** Rows 0 and 1 for training, 2 to 5 for validation, 6 to 9 for test; a binary and a regression task. */
export function table(changes: { validation?: number[]; numeric?: number[] } = {}): Dataset {
  const feature = { name: 'x', kind: 'numeric' as const, cardinality: 1 };
  const noise = randomDataset([feature], [task('sick', 'binary'), task('dose', 'regression')], 10);
  return {
    ...noise,
    numeric: [Float32Array.from(changes.numeric ?? Array(10).fill(0))],
    targets: [
      Float32Array.from([0, 1, ...(changes.validation ?? [0, 0, 1, 1]), 0, 1, 0, 1]),
      Float32Array.from([0, 1, 0, 1, 2, 3, 1, 2, 3, 4]),
    ],
    split: {
      train: Uint32Array.of(0, 1),
      validation: Uint32Array.of(2, 3, 4, 5),
      test: Uint32Array.of(6, 7, 8, 9),
    },
  };
}

/** Per epoch and task, the outputs for all ten rows. */
export type Script = [number[], number[]][];

export class ScriptedNetwork extends NetworkInTraining {
  readonly model = null;
  /** Per group, the epoch that its values come from. */
  private values: number[];
  private readonly best: number[];
  private readonly script: Script;

  constructor(
    script: Script,
    options: {
      dataset?: Dataset;
      singleTask?: boolean;
      patience?: number;
      boosted?: boolean;
      notes?: Note[];
    } = {},
  ) {
    const { dataset = table(), singleTask = false, boosted = false, patience = 0, notes } = options;
    super({
      info: {
        role: 'model',
        id: 'scripted',
        label: 'Scripted',
        parameters: 0,
        singleTask,
        boosted,
        stage: 0,
        stepsPerEpoch: 1,
        epochs: script.length,
        trainedWith: null,
      },
      dataset,
      taskTypes: dataset.tasks.map((t) => taskTypes[t.type]),
      settings: { ...trainingSettings(defaultsOf(trainingParams)), patience },
      seed: 3,
      onNote: (note) => notes?.push(note),
    });
    this.script = script;
    this.values = this.groups.map(() => 0);
    this.best = this.groups.map(() => 0);
  }

  async trainStep() {
    this.values = this.values.map((v) => v + 1);
    return [];
  }

  /** Counts a batch without a fault. */
  batch(losses: number[], rows: number): void {
    this.batchOf(
      losses,
      losses.map(() => rows),
    );
  }

  /** The same with the labelled rows of each task. */
  batchOf(losses: number[], rows: number[]): void {
    this.count(losses, 1, rows);
  }

  protected async predict(rows: Uint32Array): Promise<Float32Array[]> {
    return this.o.dataset.tasks.map((_, t) => {
      const group = this.groups.findIndex((g) => g.includes(t));
      const outputs = this.script[(this.values[group] as number) - 1]?.[t] ?? [];
      return Float32Array.from(rows, (row) => outputs[row] as number);
    });
  }

  protected async keepBest(group: number): Promise<void> {
    this.best[group] = this.values[group] as number;
  }

  protected async restoreBest(): Promise<void> {
    this.values = [...this.best];
  }

  protected async saveTensors() {
    return { values: Float32Array.from(this.values), best: Float32Array.from(this.best) };
  }

  protected loadTensors(tensors: Record<string, Float32Array>): void {
    this.values = Array.from(tensors.values ?? []);
    this.best.splice(0, this.best.length, ...(tensors.best ?? []));
  }

  release(): void {}
  dispose(): void {}
}

/** Outputs that rank `right` of the four validation and test rows correctly, `size` apart. */
export const ranked = (right: boolean, size: number): number[] => {
  const [low, high] = right ? [-size, size] : [size, -size];
  return [0, 0, low, low, high, high, low, high, low, high];
};
/** The labels of the second task plus and minus `offset` in turn. */
export const near = (offset: number): number[] =>
  [0, 1, 0, 1, 2, 3, 1, 2, 3, 4].map((y, i) => y + (i % 2 === 0 ? offset : -offset));

export async function train(network: ScriptedNetwork, epochs: number, from = 1) {
  const records = [];
  for (let epoch = from; epoch < from + epochs; epoch++) {
    await network.trainStep();
    network.batch([1, 1], 2);
    records.push(await network.finishEpoch(epoch, noPause));
  }
  return records;
}
