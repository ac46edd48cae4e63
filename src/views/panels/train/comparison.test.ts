import { describe, expect, it } from 'vitest';
import type { Role } from '../../../engine/core/roles.ts';
import type { ComparedModel, TaskScore } from '../../../engine/protocol/result.ts';
import { compareModels, type Tested } from '../../../engine/training/comparison.ts';
import { gainReport } from '../../../engine/training/gain.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import {
  comparisonCsv,
  comparisonRows,
  gainCells,
  pairRows,
  pairsCsv,
  queueOf,
  rateText,
  trialText,
} from './comparison.ts';

/** @param values - per task, seed by seed */
function result(role: Role, label: string, values: number[][], primary: string): Tested[] {
  return (values[0] ?? []).map((_, seed): Tested => {
    const test = values.map((perSeed, task): TaskScore => {
      const value = perSeed[seed] ?? Number.NaN;
      return { task: `task${task + 1}`, primary, metrics: { [primary]: { value } } };
    });
    const plan = { id: label.toLowerCase(), label, singleTask: false, boosted: false, stage: 0 };
    const lengths = { stepsPerEpoch: 1, epochs: [], bestEpochs: [], bestSteps: [], selection: [], steps: 1 };
    const times = { trainMs: 1000, evaluationMs: 0, trainedWith: null };
    const result = { role, ...plan, ...lengths, ...times, parameters: 10, validation: test, test };
    return { result, gain: null, decomposition: null };
  });
}

/** Networks with values per task and seed; the first is the baseline, the second the model. */
function networks(columns: Record<string, number[][]>, primary = 'auroc'): ComparedModel[] {
  const roles: Role[] = ['baseline', 'model', 'model-2', 'model-3'];
  const all = Object.entries(columns).map(([label, values], i) =>
    result(roles[i] ?? 'model-9', label, values, primary),
  );
  const seeds = (all[0] ?? []).map((base, seed) =>
    all.map((column, i): Tested => {
      const own = column[seed] as Tested;
      return i === 0 ? own : { ...own, gain: gainReport(own.result.test, base.result.test) };
    }),
  );
  return compareModels(seeds);
}

const best = (models: ComparedModel[]) => comparisonRows(models).map((r) => r.cells.map((c) => c.isBest));

describe('the comparison of networks', () => {
  it('marks the best per task where the seeds agree on it, the baseline among them', () => {
    const models = networks({
      A: [
        [0.9, 0.8, 0.7],
        [0.5, 0.6, 0.7],
      ],
      B: [
        [0.88, 0.79, 0.68],
        [0.6, 0.5, 0.8],
      ],
      C: [
        [0.5, 0.4, 0.3],
        [0.5, 0.5, 0.5],
      ],
    });
    expect(best(models)).toEqual([
      [true, false, false],
      [false, false, false],
    ]);
  });

  it('follows the direction of the metric', () => {
    const models = networks({ A: [[0.9, 0.8]], B: [[0.5, 0.41]] }, 'mse');
    expect(best(models)).toEqual([[false, true]]);
    expect(pairRows(models)[0]?.perTask[0]?.mean).toBeCloseTo(0.395, 12);
  });

  it('shows the difference where a percentage of the baseline means nothing in some seed, and no gain of an undefined metric', () => {
    const models = networks({
      A: [
        [0.5, 0.5],
        [-0.1, 0.2],
        [Number.NaN, 0.5],
      ],
      B: [
        [0.6, 0.6],
        [0.3, 0.2],
        [0.5, 0.5],
      ],
    });
    expect(comparisonRows(models).map((row) => row.cells.map((cell) => cell.beside))).toEqual([
      ['', '+20.0\u00a0%'],
      ['', 'absolute difference +0.200'],
      ['', ''],
    ]);
  });

  it('calls nothing best with one seed, without a rival, or in a tie', () => {
    expect(best(networks({ A: [[0.9]], B: [[0.1]] }))).toEqual([[false, false]]);
    expect(best(networks({ A: [[0.9, 0.8]] }))).toEqual([[false]]);
    expect(best(networks({ A: [[0.9, 0.8]], B: [[0.9, 0.8]] }))).toEqual([[false, false]]);
    expect(gainCells(networks({ A: [[0.5, 0.5]], B: [[0.8, 0.9]] })).map((c) => c.isBest)).toEqual([
      false,
      false,
    ]);
  });

  it('marks the best gain among networks that have one', () => {
    const models = networks({ A: [[0.5, 0.4, 0.6]], B: [[0.6, 0.5, 0.7]], C: [[0.8, 0.71, 0.9]] });
    expect(gainCells(models).map((c) => c.isBest)).toEqual([false, false, true]);
  });

  it('compares every two networks once, on the same seeds', () => {
    const models = networks({ A: [[0.9, 0.5]], B: [[0.95, 0.56]], C: [[0.8, 0.4]] });
    expect(pairRows(models).map((r) => r.label)).toEqual([
      'B over A (baseline)',
      'B over C',
      'C over A (baseline)',
    ]);
    const [first] = pairRows(models);
    expect(first?.perTask[0]?.mean).toBeCloseTo(0.055, 12);
    expect(first?.gain).toBeNull();
    const lines = pairsCsv(models, [{ positive: 'yes' }])
      .trim()
      .split('\r\n');
    // Three pairs for the one task, and the gain of the pair that has one.
    expect(lines).toHaveLength(1 + 3 + 1);
    expect(lines[0]).toMatch(/,per_seed,positive_class$/);
    // A difference for a binary task names its class; a mean gain has none.
    expect(lines[1]).toMatch(/,yes$/);
    expect(lines[3]).toMatch(/,$/);
    expect(lines[3]).toMatch(/^B over C,mean gain,percentage points,/);
  });

  it('compares a model with its own twin, and no twin with anything', () => {
    const roles: Role[] = ['model', 'model:twin', 'model-2', 'model-2:twin'];
    const columns = roles.map((role, i) => result(role, `N${i}`, [[0.5 + i / 10, 0.6 + i / 10]], 'auroc'));
    const models = compareModels([0, 1].map((seed) => columns.map((c) => c[seed] as Tested)));
    expect(pairRows(models).map((r) => r.label)).toEqual(['N0 over N1', 'N0 over N2', 'N2 over N3']);
  });

  it('tells how far each network of the queue has come', () => {
    const part = (role: ComparedModel['role'], label: string, stage: number) => ({
      role,
      id: label,
      label,
      parameters: 1,
      singleTask: false,
      stage,
      stepsPerEpoch: 5,
      epochs: 4,
    });
    const run = {
      comparison: networks({ A: [[1]], B: [[1]] }),
      seedStates: [
        {
          seed: 3,
          parts: [
            part('baseline', 'A', 0),
            part('model', 'B', 0),
            part('model-2', 'C', 1),
            part('model-3', 'D', 2),
          ],
          records: { 'model-2': [{ epoch: 1 }, { epoch: 2 }] },
          liveMeans: { 'model-2': 3.25 },
        },
      ],
    } as unknown as RunRecord;
    expect(queueOf(run, { seed: 3, stage: 1 })).toEqual([
      { label: 'A (baseline)', state: 'tested', done: 1, text: 'tested' },
      { label: 'B', state: 'tested', done: 1, text: 'tested' },
      {
        label: 'C',
        state: 'training',
        done: 0.5,
        text: expect.stringMatching(/^epoch 2 of 4, gain \+3\.[23]/),
      },
      { label: 'D', state: 'waiting', done: 0, text: 'waiting' },
    ]);
  });

  it('has one line of CSV per network, task and seed', () => {
    const trainedWith = { initialValues: 'Scaled', learningRate: 0.002, rates: [] };
    const [first, second] = networks({ A: [[0.25]], B: [[0.5]] }) as [ComparedModel, ComparedModel];
    const text = comparisonCsv([first, { ...second, trainedWith }], [{ positive: 'fraud' }]);
    expect(text.trim().split('\r\n')).toEqual([
      'network,architecture,task,metric,seed_index,value,gain_percent,architecture_percent,sharing_percent,mean_value,interval_low,interval_high,parameters,mean_train_seconds,initial_values,learning_rate,positive_class',
      'A (baseline),a,task1,auroc,0,0.25,,,,0.25,,,10,1,,,fraud',
      'B,b,task1,auroc,0,0.5,100,,,0.5,,,10,1,Scaled,0.002,fraud',
    ]);
  });

  it('tells the rate that was kept from those that were tried', () => {
    const kept = { initialValues: 'Scaled', learningRate: 0.003, rates: [] };
    const trial = { learningRate: 0.003, score: 0.75, loss: 1, failure: null };
    expect(trialText(trial, kept)).toBe('0.003: 0.7500, kept');
    expect(trialText({ ...trial, learningRate: 0.001 / 3 }, kept)).toBe('0.000333: 0.7500');
    expect(trialText({ ...trial, learningRate: 1, failure: 'step 3' }, kept)).toBe('1: failed');
    expect(rateText(0.1 + 0.2)).toBe('0.3');
  });
});
