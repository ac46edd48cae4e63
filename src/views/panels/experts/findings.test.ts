import { describe, expect, it } from 'vitest';
import type { ExpertAnomaly } from '../../../engine/protocol.ts';
import type { ExpertsState, RunState, RunStatus } from '../../../store/runState.ts';
import { anomalyRows, collapseLimit, missing } from './findings.ts';
import { SMALL_LAYER } from './testing.ts';

const anomaly = (kind: ExpertAnomaly['kind'], layer: number, limit: number): ExpertAnomaly => ({
  kind,
  layer,
  expert: 0,
  task: null,
  value: 1,
  limit,
  text: `${kind} in layer ${layer}`,
});

const state = (anomalies: ExpertAnomaly[], layers = [SMALL_LAYER]): ExpertsState => ({
  step: 10,
  role: 'model',
  seed: 0,
  epoch: 1,
  rows: 2,
  layers,
  anomalies,
  definitions: [
    { kind: 'collapse', label: 'Collapse', definition: 'Mostly zeros.', limit: 0.9 },
    { kind: 'degradation', label: 'Degradation', definition: 'One task only.', limit: 0.8 },
  ],
});

describe('anomalyRows', () => {
  it('has one row per definition, with its findings by layer', () => {
    const rows = anomalyRows(state([anomaly('collapse', 1, 0.9), anomaly('collapse', 0, 0.9)]));
    expect(rows.map(({ kind, limit, findings }) => [kind, limit, findings.map((f) => f.layer)])).toEqual([
      ['collapse', 0.9, [0, 1]],
      ['degradation', 0.8, []],
    ]);
  });

  it('knows the limit of collapse', () => {
    expect(collapseLimit(state([]).definitions)).toBe(0.9);
    expect(collapseLimit([])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('missing', () => {
  const run = (status: RunStatus, epochs: number, experts: ExpertsState | null = null, isExample = false) =>
    ({
      status,
      isExample,
      experts,
      seedStates: [{ records: { model: new Array(epochs), baseline: [] } }],
    }) as unknown as RunState;

  it('is nothing once there are layers', () => {
    expect(missing(run('running', 0, state([])), 0)).toBeNull();
    expect(missing(run('finished', 9, state([])), 0)).toBeNull();
  });

  it('says that a model has no experts when it was measured, or had two epochs to be', () => {
    expect(missing(run('paused', 0, state([], [])), 0)).toBe('no-experts');
    expect(missing(run('running', 5), 3)).toBe('no-experts');
    expect(missing(run('finished', 5), 3)).toBe('no-experts');
  });

  it('waits while a run is under way', () => {
    expect(missing(run('preparing', 0), 0)).toBe('awaited');
    expect(missing(run('running', 4), 3)).toBe('awaited');
  });

  it('asks for a run or a step otherwise', () => {
    expect(missing(null, 0)).toBe('unmeasured');
    expect(missing(run('paused', 0), 0)).toBe('unmeasured');
    expect(missing(run('stopped', 9), 0)).toBe('unmeasured');
    expect(missing(run('finished', 9, null, true), 0)).toBe('unmeasured');
  });
});
