import { describe, expect, it } from 'vitest';
import type { ComparedModel } from '../../../engine/protocol.ts';
import type { RunState } from '../../../store/runState.ts';
import {
  comparedLabels,
  comparisonCsv,
  comparisonRows,
  gainCells,
  queueOf,
  rateText,
  trialText,
} from './comparison.ts';

function network(role: ComparedModel['role'], label: string, values: number[], higher = true): ComparedModel {
  const gain = {
    perTask: values.map((v) => ({
      task: 't',
      metric: 'm',
      higherIsBetter: higher,
      mean: 100 * v,
      sd: Number.NaN,
      perSeed: [100 * v],
      flag: null,
    })),
    mean: 100 * (values[0] ?? 0),
    sd: Number.NaN,
    perSeed: [0],
  };
  return {
    role,
    id: label.toLowerCase(),
    label,
    parameters: 10,
    perTask: values.map((mean, i) => ({
      task: `task${i + 1}`,
      metric: 'm',
      higherIsBetter: higher,
      mean,
      sd: Number.NaN,
      perSeed: [mean],
    })),
    gain: role === 'baseline' ? null : gain,
    trainSeconds: 1,
    trainedWith: null,
  };
}

const best = (models: ComparedModel[]) => comparisonRows(models).map((r) => r.cells.map((c) => c.isBest));

describe('the comparison of networks', () => {
  it('marks the best per task, the baseline among them, ties all', () => {
    const models = [
      network('baseline', 'A', [0.9, 0.1]),
      network('model', 'B', [0.5, 0.1]),
      network('model-2', 'C', [0.8, Number.NaN]),
    ];
    expect(best(models)).toEqual([
      [true, false, false],
      [true, true, false],
    ]);
  });

  it('follows the direction of the metric', () => {
    expect(best([network('baseline', 'A', [0.9], false), network('model', 'B', [0.5], false)])).toEqual([
      [false, true],
    ]);
  });

  it('calls nothing best without a rival', () => {
    expect(best([network('model', 'A', [0.9])])).toEqual([[false]]);
    expect(
      gainCells([network('baseline', 'A', [1]), network('model', 'B', [1])]).map((c) => c.isBest),
    ).toEqual([false, false]);
  });

  it('names twins apart', () => {
    const models = [network('baseline', 'A', [1]), network('model', 'B', [1]), network('model-2', 'B', [1])];
    expect(comparedLabels(models)).toEqual(['A (baseline)', 'B 1', 'B 2']);
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
      comparison: [network('baseline', 'A', [1]), network('model', 'B', [1])],
      progress: { seed: 3, stage: 1 },
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
    } as unknown as RunState;
    expect(queueOf(run)).toEqual([
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
    const text = comparisonCsv([
      network('baseline', 'A', [0.25]),
      { ...network('model', 'B', [0.5]), trainedWith },
    ]);
    expect(text.trim().split('\r\n')).toEqual([
      'network,architecture,task,metric,seed_index,value,gain_percent,parameters,mean_train_seconds,initial_values,learning_rate',
      'A (baseline),a,task1,m,0,0.25,,10,1,,',
      'B,b,task1,m,0,0.5,50,10,1,Scaled,0.002',
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
