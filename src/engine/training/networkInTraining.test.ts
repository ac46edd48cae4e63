// What all networks have in common, however they learn: how epochs are measured, chosen, restored and stored. The network here
// reads its predictions from a list, epoch by epoch.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import type { Note } from '../core/notes.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset, TaskMeta } from '../data/table.ts';
import { taskTypes } from '../tasks/registry.ts';
import { NetworkInTraining, type NetworkState } from './networkInTraining.ts';
import { trainingParams, trainingSettings } from './params.ts';

const noPause = async () => {};
const task = (name: string, type: TaskMeta['type']): TaskMeta => ({
  name,
  type,
  outputs: 1,
  description: '',
});

/** Rows 0 and 1 for training, 2 to 5 for validation, 6 to 9 for test; a binary and a regression task. */
function table(changes: { validation?: number[]; numeric?: number[] } = {}): Dataset {
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
type Script = [number[], number[]][];

class ScriptedNetwork extends NetworkInTraining {
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
const ranked = (right: boolean, size: number): number[] => {
  const [low, high] = right ? [-size, size] : [size, -size];
  return [0, 0, low, low, high, high, low, high, low, high];
};
/** The labels of the second task plus and minus `offset` in turn. */
const near = (offset: number): number[] =>
  [0, 1, 0, 1, 2, 3, 1, 2, 3, 4].map((y, i) => y + (i % 2 === 0 ? offset : -offset));

async function train(network: ScriptedNetwork, epochs: number, from = 1) {
  const records = [];
  for (let epoch = from; epoch < from + epochs; epoch++) {
    await network.trainStep();
    network.batch([1, 1], 2);
    records.push(await network.finishEpoch(epoch, noPause));
  }
  return records;
}

beforeAll(() => tf.setBackend('cpu'));

describe('an epoch', () => {
  it('has training losses that weigh batches by their rows', async () => {
    const network = new ScriptedNetwork([
      [ranked(true, 1), near(0)],
      [ranked(true, 1), near(0)],
    ]);
    await network.trainStep();
    network.batch([1, 10], 230);
    network.batch([4, 40], 3);
    const first = await network.finishEpoch(1, noPause);
    expect(first.trainLosses[0]).toBeCloseTo((230 + 12) / 233, 12);
    expect(first.trainLosses[1]).toBeCloseTo((2300 + 120) / 233, 12);
    expect(first.step).toBe(2);
    // The next epoch starts from zero.
    await network.trainStep();
    network.batch([5, 6], 9);
    expect((await network.finishEpoch(2, noPause)).trainLosses).toEqual([5, 6]);
  });

  it('leaves batches without a label of a task out of its loss, which is not a number there', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    await network.trainStep();
    network.batchOf([1, Number.NaN], [4, 0]);
    network.batchOf([3, 6], [12, 2]);
    expect((await network.finishEpoch(1, noPause)).trainLosses).toEqual([2.5, 6]);
  });

  it('has no training loss where nothing was trained', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    await network.trainStep();
    expect((await network.finishEpoch(0, noPause)).trainLosses).toEqual([Number.NaN, Number.NaN]);
  });

  it('is measured on the validation split', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0.5)]]);
    const [record] = await train(network, 1);
    expect(record?.validation.map((s) => s.task)).toEqual(['sick', 'dose']);
    expect(record?.validation[0]?.metrics.auroc).toEqual({ value: 1 });
    expect(record?.validationLosses[0]).toBeCloseTo(Math.log1p(Math.exp(-1)), 6);
    expect(record?.validationLosses[1]).toBeCloseTo(0.25, 6);
    // Errors of ±0.5 against labels 0 to 3, whose variance is 1.25.
    expect(record?.validation[1]?.metrics['explained-variance']?.value).toBeCloseTo(0.8, 6);
    expect(record?.score).toBeCloseTo(0.9, 6);
    expect(network.step).toBe(1);
    expect(network.records).toEqual([record]);
  });
});

describe('the epoch that is kept', () => {
  const script: Script = [
    [ranked(true, 1), near(0.5)],
    [ranked(true, 2), near(0.2)],
    [ranked(false, 1), near(0.1)],
    [ranked(true, 3), near(0.4)],
  ];

  it('is one for all tasks that share a network, and is what is tested', async () => {
    const network = new ScriptedNetwork(script);
    const records = await train(network, 4);
    expect(records.map((r) => r.isBest)).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ]);
    expect(network.bestScores()).toEqual(records[1]?.validation);
    const result = await network.finish(noPause);
    expect(result.bestEpochs).toEqual([2, 2]);
    expect(result.bestSteps).toEqual([2, 2]);
    expect(result.selection).toEqual(['metric-then-loss', 'metric-then-loss']);
    expect(result.validation).toEqual(records[1]?.validation);
    expect(result.epochs).toEqual(records);
    expect(result.steps).toBe(4);
    // Errors of ±0.2 on the four test rows.
    expect(result.test[1]?.metrics.mae?.value).toBeCloseTo(0.2, 6);
    expect(result.test[0]?.metrics['log-loss']?.value).toBeCloseTo(Math.log1p(Math.exp(-2)), 6);
  });

  it('is one per task of single-task networks', async () => {
    const network = new ScriptedNetwork(script, { singleTask: true });
    const records = await train(network, 4);
    // AUROC is 1 in epochs 1, 2 and 4, with a lower loss each time.
    expect(records.map((r) => r.isBest)).toEqual([
      [true, true],
      [true, true],
      [false, true],
      [true, false],
    ]);
    const result = await network.finish(noPause);
    expect(result.bestEpochs).toEqual([4, 3]);
    expect(network.bestScores()).toEqual([records[3]?.validation[0], records[2]?.validation[1]]);
    expect(result.test[1]?.metrics.mae?.value).toBeCloseTo(0.1, 6);
    expect(result.test[0]?.metrics['log-loss']?.value).toBeCloseTo(Math.log1p(Math.exp(-3)), 6);
  });

  it('has no scores before the first epoch', () => {
    expect(new ScriptedNetwork(script).bestScores()).toBeNull();
  });

  it('is chosen by the loss where a primary metric is undefined, which is said once', async () => {
    const oneClass: Script = [
      [ranked(true, 1), near(0.3)],
      [ranked(true, 0.1), near(0.1)],
      [ranked(true, 1), near(0.5)],
    ];
    const notes: Note[] = [];
    const dataset = table({ validation: [0, 0, 0, 0] });
    const network = new ScriptedNetwork(oneClass, { dataset, notes });
    const records = await train(network, 3);
    const losses = records.map((r) => (r.validationLosses[0] ?? 0) + (r.validationLosses[1] ?? 0));
    expect(losses.indexOf(Math.min(...losses))).toBe(1);
    const result = await network.finish(noPause);
    expect(result.bestEpochs).toEqual([2, 2]);
    expect(result.selection).toEqual(['loss', 'loss']);
    expect(records.map((r) => r.score)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(notes).toEqual([
      {
        code: 'best-epoch-by-loss',
        text: 'Scripted: on the validation split there is no AUROC of sick (only one class is present in this split), so the epoch with the lowest validation loss is kept.',
      },
    ]);
  });

  it('is chosen by the loss for the tasks that are concerned alone, and rounds are named so', async () => {
    const notes: Note[] = [];
    const dataset = table({ validation: [1, 1, 1, 1] });
    const network = new ScriptedNetwork(script, { dataset, notes, singleTask: true, boosted: true });
    const [first] = await train(network, 4);
    expect(first?.score).toBeCloseTo(0.8, 6);
    expect((await network.finish(noPause)).selection).toEqual(['loss', 'metric-then-loss']);
    expect(notes.map((n) => n.text)).toEqual([expect.stringContaining('the round with the lowest')]);
  });

  it('does not change any more when its patience has run out', async () => {
    const better: Script = [
      [ranked(true, 1), near(0.1)],
      [ranked(true, 1), near(0.3)],
      [ranked(true, 1), near(0.2)],
      [ranked(true, 3), near(0)],
    ];
    const network = new ScriptedNetwork(better, { patience: 2, singleTask: true });
    const records = await train(network, 3);
    expect(network.stopped).toBe(true);
    records.push(...(await train(network, 1, 4)));
    expect(records.map((r) => r.isBest[1])).toEqual([true, false, false, false]);
    expect((await network.finish(noPause)).bestEpochs).toEqual([1, 1]);
  });

  it('stops when every group has run out of patience, not one of them', async () => {
    const network = new ScriptedNetwork(script, { patience: 1, singleTask: true });
    await train(network, 3);
    // In epoch 3 the first task got worse, the second better.
    expect(network.stopped).toBe(false);
    await train(network, 1, 4);
    expect(network.stopped).toBe(true);
  });
});

describe('a network that was saved', () => {
  const script: Script = [
    [ranked(true, 2), near(0.1)],
    [ranked(true, 1), near(0.3)],
    [ranked(true, 1), near(0.2)],
  ];

  it('goes on as if nothing had been, in the middle of an epoch too', async () => {
    const run = async (interrupted: boolean) => {
      const network = new ScriptedNetwork(script, { patience: 2 });
      await train(network, 2);
      network.batch([1, 2], 5);
      let current = network;
      if (interrupted) {
        const saved = structuredClone(await network.save());
        expect(Object.keys(saved.tensors)).toEqual(['model/values', 'model/best']);
        current = new ScriptedNetwork(script, { patience: 2 });
        current.load({ ...saved.tensors, 'baseline/values': Float32Array.of(9) }, saved.state);
        // What is loaded is a copy.
        (saved.state as NetworkState).records.length = 0;
        // What was saved is a copy too.
        network.batch([100, 100], 1);
      }
      await train(current, 1, 3);
      const { trainMs: _t, evaluationMs: _e, ...result } = await current.finish(noPause);
      return { result, stopped: current.stopped };
    };
    const whole = await run(false);
    expect(await run(true)).toEqual(whole);
    expect(whole.stopped).toBe(true);
    expect(whole.result.bestEpochs).toEqual([1, 1]);
    expect(whole.result.epochs[2]?.trainLosses).toEqual([1, (2 * 5 + 1 * 2) / 7]);
  });
});

describe('a network that was saved before labels could be missing', () => {
  it('has one number of rows for all tasks', async () => {
    const script: Script = [[ranked(true, 2), near(0.1)]];
    const network = new ScriptedNetwork(script);
    await network.trainStep();
    network.batch([1, 2], 6);
    const { tensors, state } = structuredClone(await network.save());
    const resumed = new ScriptedNetwork(script);
    resumed.load(tensors, { ...state, epochRows: 6 });
    resumed.batch([4, 8], 3);
    expect((await resumed.finishEpoch(1, noPause)).trainLosses).toEqual([2, 4]);
  });
});

describe('a network that was not trained', () => {
  it('is tested as of epoch 0', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    // The values it began with have no script: no prediction is a number.
    await expect(network.finish(noPause)).rejects.toMatchObject({
      fault: { epoch: 0, step: 0, evaluation: { split: 'test', row: 1 } },
    });
  });

  it('says that its values are from a file when they are', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    network.measureGiven({ fileName: 'w.pt', tensor: 'head', largest: 3e38 });
    await expect(network.finish(noPause)).rejects.toMatchObject({
      message: expect.stringContaining('Run stopped with the weights of w.pt'),
      fault: { weightsFile: 'w.pt' },
    });
  });
});

describe('a prediction that is not finite', () => {
  it('ends the run with split, row, task, network and step', async () => {
    const outputs = near(0.1);
    outputs[4] = Number.NaN;
    const network = new ScriptedNetwork([
      [ranked(true, 1), near(0)],
      [ranked(true, 1), outputs],
    ]);
    await train(network, 1);
    await expect(train(network, 1, 2)).rejects.toMatchObject({
      kind: 'numeric',
      message:
        'Run stopped after step 2: the prediction of dose for row 3 of the validation split (row 5 of 10 in the table) is not a finite number. Lower the learning rate, standardise features and targets, or clip the gradient norm, and run again.',
      fault: {
        role: 'model',
        seed: 3,
        epoch: 2,
        step: 2,
        task: 'dose',
        kind: 'logits',
        shape: [4, 1],
        nonFinite: 1,
        evaluation: { split: 'validation', row: 3 },
      },
    });
    // Earlier measurements stay.
    expect(network.records).toHaveLength(1);
    expect(network.bestScores()).toEqual(network.records[0]?.validation);
  });

  it('ends it in the test, and names the column that lies far out', async () => {
    const outputs = ranked(true, 1);
    outputs[9] = Number.POSITIVE_INFINITY;
    const numeric = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1e30];
    const network = new ScriptedNetwork([[outputs, near(0)]], { dataset: table({ numeric }) });
    await train(network, 1);
    await expect(network.finish(noPause)).rejects.toThrow(
      'the prediction of sick for row 4 of the test split (row 10 of 10 in the table) is not a finite number. In this row x is 1.00e+30 standard deviations from the mean',
    );
  });

  it('does not end it where the test loss alone is beyond float32, for no metric is', async () => {
    const outputs = near(0.1);
    outputs[7] = -1e30;
    const network = new ScriptedNetwork([[ranked(true, 1), outputs]]);
    await train(network, 1);
    const { test, evaluationMs } = await network.finish(noPause);
    expect(test[1]?.metrics['explained-variance']?.value).toBeLessThan(-1e50);
    expect(evaluationMs).toBeGreaterThanOrEqual(0);
  });

  it('ends it where the validation loss alone is beyond float32', async () => {
    const outputs = near(0.1);
    outputs[3] = -1e30;
    const network = new ScriptedNetwork([[ranked(true, 1), outputs]]);
    await expect(train(network, 1)).rejects.toMatchObject({
      message: expect.stringContaining(
        'the validation loss of dose is not a finite number; the largest prediction is that of row 2 of the validation split',
      ),
      fault: { kind: 'loss', tensor: 'validation loss of dose', shape: [], nonFinite: 1 },
    });
  });
});
