import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../engine/protocol/run.ts';
import { RECORDING_VERSION, readRecording } from './replay.ts';
import { NOTHING_LIVE } from './runLive.ts';
import { applyToRuns, NO_RUNS } from './runs.ts';

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

it('a recording of before names the answers of probes by events of their own', () => {
  const before = {
    runId: 'r',
    step: 4,
    role: 'model',
    seed: 0,
    epoch: 1,
    report: null,
    issue: null,
  };
  const [tests, rows] = readRecording(
    JSON.stringify([
      { type: 'proof', ...before },
      { type: 'neighbours', ...before, request: { row: 1 } },
    ]),
  );
  const answer = {
    type: 'probe-answer',
    step: 4,
    at: { role: 'model', seed: 0, epoch: 1 },
    state: 'answered',
  };
  expect(tests).toMatchObject({ ...answer, probe: 'mask-tests', answer: { report: null } });
  expect(rows).toMatchObject({ ...answer, probe: 'row-perturbation', request: { row: 1 } });
  const { version, events } = { version: RECORDING_VERSION, events: [tests, rows] };
  expect(readRecording(JSON.stringify({ version, events }))).toEqual([tests, rows]);
});

it('the recorded example is a finished run in the language of today', () => {
  const events = readRecording(readFileSync('public/examples/first-run.json', 'utf8')) as RunEvent[];
  const { runs, live } = events.reduce(applyToRuns, NO_RUNS);
  expect(runs).toHaveLength(1);
  const [run] = runs;
  const { answers, remembered } = live[run?.runId ?? ''] ?? NOTHING_LIVE;
  expect(run?.status).toBe('finished');
  expect(run?.comparison.map((c) => c.role)).toEqual(['baseline', 'model']);
  expect(run?.seedStates[0]?.parts.map((p) => p.boosted)).toEqual([false, false]);
  expect(run?.seedStates[0]?.result?.model.stepsPerEpoch).toBeGreaterThan(0);
  expect(answers.attention?.answer?.maps.length).toBeGreaterThan(0);
  expect(answers.attention?.answer).toMatchObject({
    role: 'model',
    request: { rows: { kind: 'mean' } },
  });
  expect(remembered.attention).toHaveLength(3);
});
