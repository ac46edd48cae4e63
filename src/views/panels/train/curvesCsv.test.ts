import { describe, expect, it } from 'vitest';
import { lossCsv, metricCsv } from './curvesCsv.ts';

const lines = (text: string) => text.trimEnd().split('\r\n');

describe('curves as CSV', () => {
  it('has a line per task, network and step, and leaves a metric without a value empty', () => {
    const model = {
      steps: [8, 16],
      values: [
        [0.25, 0.5],
        [Number.NaN, 1 / 3],
      ],
    };
    const baseline = { steps: [8], values: [[0.125], [0.75]] };
    const text = metricCsv(
      ['a', 'b'],
      new Map([
        ['model', model],
        ['baseline', baseline],
      ]),
    );
    expect(lines(text)).toEqual([
      'task,network,step,metric',
      'a,model,8,0.25',
      'a,model,16,0.5',
      'b,model,8,',
      'b,model,16,0.3333333333333333',
      'a,baseline,8,0.125',
      'b,baseline,8,0.75',
    ]);
  });

  it('has the steps, their average and the validation split of every loss', () => {
    const text = lossCsv([
      {
        label: 'Task 1',
        task: 0,
        raw: { steps: [1, 2], values: [4, 2] },
        training: { steps: [1, 2], values: [4, 3] },
        validation: { steps: [2], values: [2.5] },
      },
    ]);
    expect(lines(text).slice(1)).toEqual([
      'Task 1,training,1,4',
      'Task 1,training,2,2',
      'Task 1,training average,1,4',
      'Task 1,training average,2,3',
      'Task 1,validation,2,2.5',
    ]);
  });
});
