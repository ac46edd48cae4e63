import '../../platform/nodeGradients.ts';
import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { encodeExperiment } from '../config/codec.ts';
import { requireExperiment } from '../config/experiment.ts';
import { planExperiment } from '../training/plan.ts';
import {
  cellId,
  cellText,
  countRuns,
  expandCells,
  isSameExperiment,
  runsOf,
  shardOf,
  sweepId,
} from './expand.ts';
import { parseSweep, requireSweep } from './parse.ts';
import { sweepPresets } from './presets.ts';
import { withSettings } from './settings.ts';

const issuesOf = (changes: Record<string, unknown>) => parseSweep({ version: 1, ...changes }, catalog).issues;
const cellsOf = (changes: Record<string, unknown>) =>
  expandCells(requireSweep({ version: 1, ...changes }, catalog), catalog).cells;

describe('parseSweep', () => {
  it('makes one cell of the base where there is no axis', () => {
    const [cell, ...others] = cellsOf({ base: 'correlated' });
    expect(others).toEqual([]);
    expect(cell?.experiment).toEqual(requireExperiment(catalog.presets[0]?.experiment, catalog));
  });

  it.each([
    [{ axes: [{ key: 'tasks.roh', values: [0] }] }, 'axes[0].key', 'tasks.roh'],
    [{ axes: [{ key: 'seed', values: [0] }] }, 'axes[0].key', 'seed'],
    [{ axes: [{ key: 'tasks.rho', values: [] }] }, 'axes[0].values', '[]'],
    [{ axes: [{ key: 'tasks.rho', from: 0.5, to: 0, step: 0.1 }] }, 'axes[0].to', '0'],
    [{ axes: [{ key: 'tasks.rho', from: 0, to: 1 }] }, 'axes[0]', 'tasks.rho'],
    [{ axes: [{ key: 'tasks.rho', from: 0, to: 1, step: 0.1, scale: 'log' }] }, 'axes[0].from', '0'],
    [{ axes: [{ key: 'tasks.rho', from: 0, to: 1, step: 1e-9 }] }, 'axes[0].step', '1e-9'],
    [{ axes: [{ key: 'model.mask', from: 0, to: 1, count: 2 }] }, 'axes[0].key', 'model.mask'],
    [{ axes: [{ label: 'Model', options: [{ label: 'x' }] }] }, 'axes[0].options', '[{"label":"x"}]'],
    [{ axes: [{ key: 'tasks.rho', values: [0], extra: 1 }] }, 'axes[0].extra', 'extra'],
    [{ seeds: [0, 0] }, 'seeds', '0 more than once'],
    [{ seeds: '0..' }, 'seeds', '0..'],
    [{ base: 'nothing' }, 'base', 'nothing'],
    [{ base: { model: { id: 'gpt' } } }, 'base.model.id', '"gpt"'],
    [{ set: { 'training.epochs': 0 } }, 'set: training.epochs', '0'],
    [{ design: { kind: 'bayes' } }, 'design.kind', 'bayes'],
    [{ design: { kind: 'random', cells: 3 } }, 'design.cells', '3, of which 1 were found'],
    [{ design: { kind: 'halving', from: 9, to: 3 } }, 'design.from', '9'],
    [{ version: 2 }, 'version', '2'],
    [{ colour: 'red' }, 'colour', 'colour'],
    [[1], 'sweep', '[1]'],
  ])('refuses %j at %s', (changes, path, got) => {
    const issues = Array.isArray(changes) ? parseSweep(changes, catalog).issues : issuesOf(changes);
    expect(issues[0]).toMatchObject({ path, got });
    expect(issues[0]?.remedy).not.toBe('');
  });

  it('names the cell in which a value is refused', () => {
    const [issue] = issuesOf({ axes: [{ key: 'tasks.rho', values: [0.2, 7] }] });
    expect(issue).toMatchObject({ path: 'tasks.rho of the cell tasks.rho=7', got: '7' });
  });

  it('refuses a setting on two axes, and values that make the same cell', () => {
    const rho = { key: 'tasks.rho', values: [0, 0.5] };
    expect(issuesOf({ axes: [rho, rho] })[0]).toMatchObject({ path: 'axes[1].key', got: 'tasks.rho' });
    expect(issuesOf({ axes: [{ key: 'tasks.rho', values: [0.5, 0.5] }] })[0]?.got).toContain(
      'the same experiment',
    );
  });

  it('refuses more runs than can be kept, before it makes them', () => {
    const axis = (key: string) => ({ key, from: 1, to: 200, count: 200 });
    const [issue] = issuesOf({ axes: [axis('data.rows'), axis('data.seed'), axis('training.epochs')] });
    expect(issue).toMatchObject({ path: 'axes', got: '8000000' });
  });

  it('reads what it wrote as the same sweep', () => {
    for (const { sweep: input } of sweepPresets) {
      const sweep = requireSweep(input, catalog);
      expect(requireSweep(JSON.parse(JSON.stringify(sweep)), catalog)).toEqual(sweep);
    }
  });
});

describe('expandCells', () => {
  it('takes every value with every other, the last axis fastest', () => {
    const cells = cellsOf({
      axes: [
        { key: 'model.taskTokens', values: ['per-task', 'shared'] },
        { key: 'tasks.rho', from: 0, to: 0.3, step: 0.1 },
      ],
    });
    expect(cells.map((cell) => cell.labels.join(' '))).toEqual([
      ...['0', '0.1', '0.2', '0.3'].map((rho) => `Per task ${rho}`),
      ...['0', '0.1', '0.2', '0.3'].map((rho) => `Shared ${rho}`),
    ]);
    expect(cells[6]?.experiment).toMatchObject({
      tasks: { rho: 0.2 },
      model: { params: { taskTokens: 'shared' } },
    });
  });

  it('spaces a count evenly, in ratios on a logarithmic scale, and rounds to integers', () => {
    const rates = cellsOf({
      axes: [{ key: 'training.learningRate', from: 1e-4, to: 1e-2, count: 3, scale: 'log' }],
    });
    expect(rates.map((cell) => cell.settings['training.learningRate'])).toEqual([1e-4, 1e-3, 1e-2]);
    const epochs = cellsOf({ axes: [{ key: 'training.epochs', from: 1, to: 4, count: 3 }] });
    expect(epochs.map((cell) => cell.settings['training.epochs'])).toEqual([1, 3, 4]);
  });

  it('takes settings of a model that an axis brings', () => {
    const cells = cellsOf({
      base: 'correlated',
      axes: [
        {
          label: 'Model',
          options: [
            { label: 'MMoE', set: { model: 'mmoe', 'model.experts': 3 } },
            { label: 'shared bottom', set: { model: 'mt-mlp' } },
          ],
        },
      ],
    });
    expect(cells[0]?.experiment.model).toMatchObject({ id: 'mmoe', params: { experts: 3 } });
    expect(cells[1]?.experiment.model).toMatchObject({ id: 'mt-mlp' });
  });

  it('draws different cells within the ranges, the same for the same seed', () => {
    const random = (seed: number) =>
      cellsOf({
        axes: [
          { key: 'training.learningRate', from: 1e-4, to: 1e-2, scale: 'log' },
          { key: 'model.mask', values: ['none', 'TxT'] },
        ],
        design: { kind: 'random', cells: 40, seed },
      });
    const rates = random(1).map((cell) => Number(cell.settings['training.learningRate']));
    expect(new Set(random(1).map((cell) => cell.id)).size).toBe(40);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
    // Half of them are below the geometric mean, within three standard deviations.
    expect(Math.abs(rates.filter((rate) => rate < 1e-3).length - 20)).toBeLessThan(10);
    expect(random(1)).toEqual(random(1));
    expect(random(2)).not.toEqual(random(1));
  });

  it('names a cell by what it trains, in whatever sweep it stands', () => {
    const [alone] = cellsOf({ axes: [{ key: 'tasks.rho', values: [0.5] }], seeds: [3] });
    const many = cellsOf({ axes: [{ key: 'tasks.rho', values: [0, 0.5] }], seeds: [0, 1] });
    expect(many.map((cell) => cell.id).indexOf(alone?.id ?? '')).toBe(1);
  });
});

describe('the settings of a stored run', () => {
  const [cell] = cellsOf({ base: 'zoo', seeds: [0] });
  const wanted = (cell as NonNullable<typeof cell>).experiment;

  it('are those of a cell that has a setting more, under the same name', () => {
    const { epochs: _, ...training } = wanted.training;
    expect(isSameExperiment({ ...wanted, training }, wanted)).toBe(true);
    const later: typeof catalog = {
      ...catalog,
      trainingParams: [
        ...catalog.trainingParams,
        { kind: 'switch', key: 'later', label: 'Later', help: '', default: false },
      ],
    };
    expect(cellId(withSettings(wanted, {}, later).experiment, later)).toBe(cellId(wanted, catalog));
  });

  it('are not those of a cell with another value, be it in a model that is compared', () => {
    expect(isSameExperiment(wanted, { ...wanted, training: { ...wanted.training, epochs: 1 } })).toBe(false);
    expect(isSameExperiment(wanted, { ...wanted, compare: wanted.compare.slice(1) })).toBe(false);
    const [first, ...others] = wanted.compare;
    const changed = { id: 'mt-mlp', params: { ...first?.params, embedding: 9 } };
    expect(isSameExperiment(wanted, { ...wanted, compare: [changed, ...others] })).toBe(false);
  });
});

describe('runs', () => {
  const sweep = requireSweep(
    { axes: [{ key: 'tasks.rho', values: [0, 0.5, 0.9] }], seeds: [5, 7], label: 'A' },
    catalog,
  );
  const { cells } = expandCells(sweep, catalog);
  const runs = runsOf(cells, sweep);

  it('are one per cell and seed, each an experiment of that seed', () => {
    expect(runs.map(({ seed }) => seed)).toEqual([5, 5, 5, 7, 7, 7]);
    expect(runs).toHaveLength(countRuns(sweep, catalog));
    expect(runs[4]).toMatchObject({ id: `${cells[1]?.id}-7`, experiment: { seed: 7, repeats: 1 } });
  });

  it('are shared out among shards, each once', () => {
    const shards = [0, 1, 2, 3].map((i) => shardOf(runs, i, 4));
    expect(shards.map((own) => own.length)).toEqual([2, 2, 1, 1]);
    expect(new Set(shards.flat()).size).toBe(runs.length);
  });

  it('search rates where a run of all seeds does, and leave a seed of the search that is given', () => {
    const searching = (rateSearchSeed: number) =>
      requireSweep(
        { set: { 'training.rateSearch': 'three', 'training.rateSearchSeed': rateSearchSeed }, seeds: [5, 7] },
        catalog,
      );
    const seedsOf = (own: typeof sweep) =>
      runsOf(expandCells(own, catalog).cells, own).map(
        ({ experiment }) => experiment.training.rateSearchSeed,
      );
    expect(seedsOf(searching(-1))).toEqual([5, 5]);
    expect(seedsOf(searching(2))).toEqual([2, 2]);
    expect(seedsOf({ ...searching(-1), tables: 'per-seed' })).toEqual([-1, -1]);
    expect(runs[3]?.experiment.training.rateSearchSeed).toBe(-1);
  });

  it('have one table, or one per seed where that is asked for', () => {
    const own = requireSweep(
      {
        ...sweep,
        base: { ...sweep.base, data: { id: 'multitab-bench', params: { seed: 3 } } },
        tables: 'per-seed',
      },
      catalog,
    );
    const tables = runsOf(expandCells(own, catalog).cells, own).map(
      ({ experiment }) => experiment.data.params.seed,
    );
    expect(tables).toEqual([8, 8, 8, 10, 10, 10]);
    expect(new Set(runs.map(({ experiment }) => experiment.data.params.seed))).toEqual(new Set([0]));
    expect(sweepId(own, catalog)).not.toBe(sweepId({ ...own, tables: undefined } as typeof own, catalog));
    const issues = (input: object) =>
      parseSweep({ ...sweep, ...input }, catalog).issues.map(({ path }) => path);
    expect(issues({ tables: 'new' })).toEqual(['tables']);
    expect(issues({ tables: 'per-seed', axes: [{ key: 'data.seed', values: [0, 1] }] })).toEqual(['tables']);
  });

  it('belong to a sweep whose name its label does not change', () => {
    expect(sweepId({ ...sweep, label: 'B' }, catalog)).toBe(sweepId(sweep, catalog));
    expect(sweepId({ ...sweep, seeds: [5] }, catalog)).not.toBe(sweepId(sweep, catalog));
  });
});

describe('withSettings', () => {
  it('does what the same settings in a link do', () => {
    const base = requireExperiment(catalog.presets[1]?.experiment, catalog);
    const changed = withSettings(
      base,
      { 'compare1.shared': [16], 'tasks.degrees': [2, 2], baseline: 'none' },
      catalog,
    );
    expect(changed.issues).toEqual([]);
    expect(encodeExperiment(changed.experiment, catalog)).toContain('compare1.shared=16');
    expect(changed.experiment).toMatchObject({ tasks: { degrees: [2, 2] }, baseline: null });
    expect(base.baseline).not.toBeNull();
  });
});

describe('sweep presets', () => {
  it.each(sweepPresets.map((preset) => [preset.id, preset] as const))(
    '%s can be run',
    async (_id, preset) => {
      const sweep = requireSweep(preset.sweep, catalog);
      const { cells } = expandCells(sweep, catalog);
      expect(cells.length).toBeGreaterThan(1);
      expect(cellText(sweep, cells[0] as (typeof cells)[number], catalog)).not.toContain('undefined');
      for (const { experiment } of cells) expect((await planExperiment(experiment)).issues).toEqual([]);
    },
  );
});
