import { describe, expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { defaultExperiment } from '../../engine/config/experiment.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { sweepPresets } from '../../engine/sweeps/presets.ts';
import { specsOf } from '../../engine/sweeps/settings.ts';
import { axisOf, draftOf, draftOfPreset, sweepOf } from './draft.ts';
import { EMPTY_DRAFT, firstText } from './typedAxes.ts';

const experiment = defaultExperiment(catalog);
const specs = specsOf(experiment, catalog);
const axis = (key: string, text: string) => axisOf({ key, text }, specs.get(key));

describe('a setting with several values', () => {
  it('is typed as a list, a range with steps, or a range with a count', () => {
    expect(axis('tasks.rho', '0, .5,0.9')).toEqual({ key: 'tasks.rho', values: [0, 0.5, 0.9] });
    expect(axis('tasks.rho', '-0.1 .. 0.9 by 0.25')).toEqual({
      key: 'tasks.rho',
      from: -0.1,
      to: 0.9,
      step: 0.25,
    });
    expect(axis('training.learningRate', '1e-4..1e-2 in 5 log')).toEqual({
      key: 'training.learningRate',
      from: 1e-4,
      to: 1e-2,
      count: 5,
      scale: 'log',
    });
  });

  it('is chosen by id or by name, and lists stand between semicolons', () => {
    expect(axis('model', 'mmoe, MT-MLP')).toEqual({ key: 'model', values: ['mmoe', 'mt-mlp'] });
    expect(axis('tasks.degrees', '1,2; 3')).toEqual({ key: 'tasks.degrees', values: [[1, 2], [3]] });
  });

  it('starts with all there is of a choice', () => {
    const spec = specs.get('model.mask');
    expect(spec && firstText(spec, 'none').split(', ')).toEqual(
      expect.arrayContaining(['none', 'FxT', 'TxT', 'FxT_TxT']),
    );
  });
});

describe('a draft', () => {
  const draft = { ...EMPTY_DRAFT, axes: [{ key: 'tasks.rho', text: '0..0.8 by 0.4' }], seeds: '0..1' };

  it('is a sweep of the experiment on the left', () => {
    const { sweep, issues } = sweepOf(draft, experiment, catalog);
    expect(issues).toEqual([]);
    expect(sweep).toMatchObject({ base: experiment, seeds: [0, 1], design: { kind: 'grid' } });
    const design = { kind: 'random', cells: 2, seed: 0 } as const;
    expect(sweepOf({ ...draft, design }, experiment, catalog)).toMatchObject({
      sweep: { design },
      issues: [],
    });
    const perSeed = sweepOf({ ...draft, tablePerSeed: true }, experiment, catalog).sweep;
    expect(perSeed.tables).toBe('per-seed');
    expect(draftOf(perSeed, catalog).draft.tablePerSeed).toBe(true);
  });

  it('says what is wrong with it', () => {
    const wrong = { ...draft, axes: [{ key: 'tasks.rho', text: '0, much' }] };
    expect(sweepOf(wrong, experiment, catalog).issues[0]).toMatchObject({
      got: expect.stringContaining('much'),
    });
    expect(sweepOf({ ...draft, seeds: '3..1' }, experiment, catalog).issues[0]?.path).toBe('seeds');
  });

  it('comes back from a sweep as it was, every preset too', () => {
    for (const preset of sweepPresets) {
      const { draft: typed, experiment: base } = draftOfPreset(preset, catalog);
      const { sweep, issues } = sweepOf(typed, base, catalog);
      expect(issues).toEqual([]);
      expect(sweep).toEqual(requireSweep(preset.sweep, catalog));
      expect(draftOf(sweep, catalog).draft).toEqual(typed);
    }
  });
});
