import { describe, expect, it } from 'vitest';
import type { ExpertAnomaly } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';
import { anomalyRows, collapseLimit } from './findings.ts';
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
  request: {},
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
