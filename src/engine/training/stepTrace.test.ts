import { describe, expect, it } from 'vitest';
import { StepTrace } from './stepTrace.ts';

describe('StepTrace', () => {
  it('hands over consecutive steps per role, row-major, and starts anew', () => {
    const trace = new StepTrace(['baseline', 'model']);
    trace.add('model', { step: 5, taskLosses: [1, 2], gradientNorm: 3 });
    trace.add('baseline', { step: 5, taskLosses: [4, 5], gradientNorm: 6 });
    trace.add('model', { step: 6, taskLosses: [7, 8], gradientNorm: 9 });
    expect(trace.take(true)).toEqual([
      {
        role: 'baseline',
        firstStep: 5,
        taskLosses: Float32Array.of(4, 5),
        gradientNorms: Float32Array.of(6),
      },
      {
        role: 'model',
        firstStep: 5,
        taskLosses: Float32Array.of(1, 2, 7, 8),
        gradientNorms: Float32Array.of(3, 9),
      },
    ]);
    expect(trace.take(true)).toEqual([]);
    trace.add('model', { step: 7, taskLosses: [1, 1], gradientNorm: 1 });
    expect(trace.take(false)).toEqual([]);
    expect(trace.take(true)[0]?.firstStep).toBe(7);
  });
});
