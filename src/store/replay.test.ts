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

it('attention maps of before have their place as a key and a layer', () => {
  const before = (head: number) => ({
    key: `y/1/block2/row/head${head}`,
    network: 'y/1',
    block: 2,
    layer: 'row',
    head,
    queries: [],
    keys: [],
    weights: [1],
    scores: [0],
    valueWeights: [2],
    blocked: [0],
  });
  const capture = {
    maps: [before(0), before(1)],
    against: [before(1)],
    heads: { entropies: [1, 0], distances: [0, 1, 1, 0] },
  };
  const tried = { report: { attention: { rows: 1, before: [before(0)], after: [before(1)] } }, issue: null };
  const answered = (probe: string, answer: unknown) => ({
    type: 'probe-answer',
    runId: 'r',
    step: 1,
    probe,
    request: {},
    at: { role: 'model', seed: 0, epoch: 1 },
    state: 'answered',
    answer,
  });
  const events = [answered('attention', capture), answered('what-if', tried)];
  const read = readRecording(JSON.stringify({ version: 2, events }));
  const now = (head: number) => ({
    network: 'y/1',
    block: 2,
    kind: 'row',
    head,
    queries: [],
    keys: [],
    weights: Float32Array.of(1),
    scores: Float32Array.of(0),
    valueWeights: Float32Array.of(2),
    blocked: Uint8Array.of(0),
  });
  expect(read).toMatchObject([
    { answer: { maps: [now(0), now(1)], against: [now(1)] } },
    { answer: { report: { attention: { rows: 1, before: [now(0)], after: [now(1)] } } } },
  ]);
  expect(JSON.stringify(read)).not.toContain('/head');
  // A recording of the current version is read unchanged.
  const again = JSON.stringify(
    {
      version: RECORDING_VERSION,
      events: [
        answered('attention', { maps: [now(0)], heads: { entropies: [], distances: [] }, against: null }),
      ],
    },
    (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float32Array) : v),
  );
  expect(readRecording(again)).toMatchObject([{ answer: { maps: [now(0)], against: null } }]);
});

it('the recorded example is a finished run in the language of today', () => {
  const events = readRecording(readFileSync('public/examples/first-run.json', 'utf8')) as RunEvent[];
  const { runs, live } = events.reduce((all, event) => applyToRuns(all, event), NO_RUNS);
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
  expect(answers.attention?.answer?.maps[1]).toMatchObject({
    network: null,
    block: 0,
    kind: 'feature',
    head: 1,
  });
});
