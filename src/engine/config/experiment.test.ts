import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { catalog } from '../catalog.ts';
import { issueCount, issuesOf } from '../core/errors.ts';
import { settingAt } from './changes.ts';
import {
  defaultExperiment,
  experimentJsonSchema,
  parseExperiment,
  requireExperiment,
  seedsOf,
} from './experiment.ts';
import { parseParams } from './params.ts';

describe('parseExperiment', () => {
  it('completes an empty experiment with defaults that are themselves valid', () => {
    const { experiment, issues } = parseExperiment({}, catalog);
    expect(issues).toEqual([]);
    expect(parseExperiment(JSON.parse(JSON.stringify(experiment)), catalog)).toEqual({
      experiment,
      issues: [],
    });
  });

  it('accepts every preset as it stands', () => {
    for (const preset of catalog.presets) {
      const { experiment, issues } = parseExperiment(preset.experiment, catalog);
      expect(issues, preset.id).toEqual([]);
      // What it is about are settings that it has.
      expect(preset.about.length, preset.id).toBeGreaterThan(0);
      for (const key of preset.about)
        expect(settingAt(experiment, key, catalog), `${preset.id} ${key}`).not.toBeNull();
    }
    expect(defaultExperiment(catalog).data.id).toBe('multitab-bench');
  });

  it('names every fault at once, with path, expectation and remedy', () => {
    const input = {
      version: 2,
      sed: 1,
      repeats: 0,
      data: { id: 'nowhere' },
      model: { id: 'multitab-net', params: { heads: 2.5, wings: 1 } },
      training: [],
      baseline: { id: 'multitab-net' },
    };
    const { issues } = parseExperiment(input, catalog);
    expect(issues.map((i) => i.path).sort()).toEqual(
      [
        'baseline.id',
        'data.id',
        'model.params.heads',
        'model.params.wings',
        'repeats',
        'sed',
        'training',
        'version',
      ].sort(),
    );
    for (const issue of issues) expect(Object.values(issue).every((text) => text.length > 0)).toBe(true);
    expect(() => requireExperiment(input, catalog)).toThrow(
      /model.params.heads: expected an integer from 1 to 16/,
    );
  });

  it('lists the first of many unknown names, each cut to a readable length', () => {
    const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`${i}${'x'.repeat(300)}`, 1]));
    for (const input of [many, { model: many }, { model: { params: many } }, { training: many }]) {
      const { issues } = parseExperiment(input, catalog);
      expect(issues).toHaveLength(21);
      expect(issues.at(-1)?.got).toMatch(/ and 1480 more like this$/);
      for (const { path, got } of issues) expect(Math.max(path.length, got.length)).toBeLessThan(350);
    }
  });

  it('makes no message for names that are only counted: a file may have a million', () => {
    const made = vi.fn((key: string) => ({ path: key, expected: 'a known one', got: key, remedy: '' }));
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`);
    expect(issuesOf(keys, made).at(-1)?.got).toBe('k20, and 4980 more like this');
    expect(made).toHaveBeenCalledTimes(21);
    expect([20, 21].map(issueCount)).toEqual(['20', 'More than 20']);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(parseExperiment(input, catalog).experiment.version).toBe(1);
      }),
    );
  });

  it('gives consecutive seeds', () => {
    expect(seedsOf(requireExperiment({ seed: 4, repeats: 3 }, catalog))).toEqual([4, 5, 6]);
  });
});

describe('ParamSpecs', () => {
  it('have defaults that pass their own check, in every group of the catalog', () => {
    const groups = [
      ...catalog.sources.flatMap((s) => [s.dataParams, s.taskParams]),
      ...catalog.models.map((m) => m.params),
      catalog.trainingParams,
    ];
    for (const specs of groups) {
      const values = Object.fromEntries(specs.map((s) => [s.key, s.default]));
      expect(parseParams(specs, values, 'group').issues).toEqual([]);
      expect(new Set(specs.map((s) => s.key)).size).toBe(specs.length);
    }
  });

  it('appear in the JSON Schema with their bounds', () => {
    const schema = JSON.stringify(experimentJsonSchema(catalog));
    expect(schema).toContain('"multitab-net"');
    expect(schema).toContain('"maximum":1000000');
    for (const spec of catalog.trainingParams) expect(schema).toContain(`"${spec.key}"`);
  });
});
