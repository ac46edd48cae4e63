import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../engine/protocol/run.ts';
import { readRecording } from './replay.ts';
import type { RunState } from './runState.ts';
import { applyToRuns } from './runsSlice.ts';

describe('readRecording', () => {
  it('brings back numbers that are none, and leaves what is really null', () => {
    const text =
      '[{"sd":null,"metrics":{"auroc":{"value":null}},"perSeed":[1,null],"gain":null,"blocked":null}]';
    expect(readRecording(text)).toEqual([
      {
        sd: Number.NaN,
        metrics: { auroc: { value: Number.NaN } },
        perSeed: [1, Number.NaN],
        gain: null,
        blocked: null,
      },
    ]);
  });
});

it('the recorded example is a finished run in the language of today', () => {
  const events = readRecording(readFileSync('public/examples/first-run.json', 'utf8')) as RunEvent[];
  const runs = events.reduce<RunState[]>(applyToRuns, []);
  expect(runs).toHaveLength(1);
  const [run] = runs;
  expect(run?.status).toBe('finished');
  expect(run?.comparison.map((c) => c.role)).toEqual(['baseline', 'model']);
  expect(run?.seedStates[0]?.parts.map((p) => p.boosted)).toEqual([false, false]);
  expect(run?.seedStates[0]?.result?.model.stepsPerEpoch).toBeGreaterThan(0);
  expect(run?.answers.attention?.answer?.maps.length).toBeGreaterThan(0);
  expect(run?.answers.attention?.answer).toMatchObject({
    role: 'model',
    request: { rows: { kind: 'mean' } },
  });
  expect(run?.remembered.attention).toHaveLength(3);
});
