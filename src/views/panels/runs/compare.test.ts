import { describe, expect, it } from 'vitest';
import { catalog } from '../../../engine/catalog.ts';
import { requireExperiment } from '../../../engine/config/experiment.ts';
import type { RunEntry } from '../../../store/runEntry.ts';
import {
  compared,
  type Figure,
  figureOf,
  figuresOf,
  type Group,
  groupRuns,
  isAsLarge,
  paretoFront,
  settingColumns,
  sizeRatio,
} from './compare.ts';
import { groupsOfNetworks, networkChoices } from './networks.ts';
import { toLatex, toMarkdown } from './tableText.ts';
import { entry, modelSummary } from './testing.ts';

const experimentOf = (rho: number, seed: number, width = 8) =>
  requireExperiment(
    {
      version: 1,
      seed,
      data: { id: 'multitab-bench', params: {} },
      tasks: { rho },
      model: { id: 'multitab-net', params: { width } },
    },
    catalog,
  );

/** @param gains - per seed, from `seed` on */
const run = (number: number, rho: number, seed: number, gains: number[], width?: number): RunEntry =>
  entry(number, {
    experiment: experimentOf(rho, seed, width),
    seeds: gains.map((_, i) => seed + i),
    networks: [modelSummary(gains)],
  });

const runs = [run(1, 0.8, 0, [4]), run(2, 0.8, 1, [6]), run(3, 0, 0, [1, 2])];
const columns = settingColumns(runs, catalog);
const figures = figuresOf(runs, catalog);
const gain = figures.find((f) => f.id === 'gain') as Figure;
const groups = groupRuns(runs, columns, { kind: 'same-settings' }, catalog);

describe('runs side by side', () => {
  it('show the settings that differ, without their seeds', () => {
    expect(columns).toEqual([{ key: 'tasks.rho', label: 'Cosine' }]);
    expect(settingColumns([runs[0] as RunEntry], catalog)).toEqual([]);
  });

  it('are one group where nothing but the seed differs', () => {
    expect(groups.map((g) => [g.label, g.settings, g.runs.map((r) => r.number)])).toEqual([
      ['Cosine 0.8', ['0.8'], [2, 1]],
      ['Run 3', ['0'], [3]],
    ]);
    const [high] = groups.map((group) => figureOf(group, gain));
    expect(high).toMatchObject({ mean: 5, n: 2 });
    expect(high?.sd).toBeCloseTo(Math.SQRT2);
    expect(groupRuns(runs, columns, { kind: 'none' }, catalog)).toHaveLength(3);
  });

  it('say of a binary task which class is positive, where the runs know', () => {
    const of = (positive?: string): RunEntry => {
      const [network] = (runs[0] as RunEntry).networks;
      const perTask = [{ task: 'ill', metric: 'auroc', higherIsBetter: true, perSeed: [0.5], positive }];
      return entry(9, { networks: network ? [{ ...network, perTask }] : [] });
    };
    const labels = (entries: RunEntry[]) => figuresOf(entries, catalog).map((f) => f.label);
    expect(labels([of('yes'), of('yes')])).toContain('ill: AUROC of yes');
    expect(labels([of('yes'), of('no')])).toContain('ill: AUROC of yes or no');
    expect(labels([of(undefined)])).toContain('ill: AUROC');
  });

  it('can be grouped by one setting, whatever else differs', () => {
    const mixed = [...runs, run(4, 0, 0, [9], 16)];
    const both = settingColumns(mixed, catalog);
    const byRho = groupRuns(mixed, both, { kind: 'setting', key: 'tasks.rho' }, catalog);
    expect(byRho.map((g) => [g.label, g.settings])).toEqual([
      ['Cosine 0.8', ['0.8', '8']],
      ['Cosine 0', ['0', 'several']],
    ]);
    // If two runs have a seed, the newer one counts.
    expect(figureOf(byRho[1] as never, gain).perSeed).toEqual([9, 2]);
  });

  it('are compared on the seeds that both have, and few seeds say little', () => {
    const test = compared(groups[0] as never, groups[1] as never, gain);
    expect(test).toMatchObject({ n: 2, difference: 3.5, isTooFew: true });
    const many = [0.8, 0].map((rho, i) =>
      run(
        5 + i,
        rho,
        0,
        [1, 2, 3, 4, 5, 6].map((g) => g * (2 - i)),
      ),
    );
    const [a, b] = groupRuns(many, settingColumns(many, catalog), { kind: 'same-settings' }, catalog);
    expect(compared(a as never, b as never, gain)).toMatchObject({
      n: 6,
      isTooFew: false,
      pWilcoxon: 0.03125,
    });
  });

  it('have a front that nothing beats', () => {
    const point = (cost: number, value: number) => ({ label: '', cost, value });
    const points = [point(3, 5), point(1, 2), point(2, 1), point(3, 4), point(4, 5), point(9, Number.NaN)];
    expect(paretoFront(points)).toEqual([point(1, 2), point(3, 5)]);
  });
});

describe('the networks beside the models', () => {
  const beside = (scores: number[]) => [
    { ...modelSummary(null, scores), role: 'baseline' as const, label: 'ST-MLP' },
    { ...modelSummary([1, 2]), role: 'model:twin' as const, label: 'MultiTab-Net twin' },
  ];
  const all = [
    entry(1, { ...runs[0], networks: [...beside([0.7]), ...(runs[0]?.networks ?? [])] }),
    entry(3, { ...runs[2], networks: [...(runs[2]?.networks ?? []), ...beside([0.5, 0.6])] }),
  ];
  const own = groupRuns(all, columns, { kind: 'same-settings' }, catalog);

  it('can be chosen, baseline first and each model before its twin', () => {
    expect(networkChoices(all).map(({ label }) => label)).toEqual([
      'Baseline: ST-MLP',
      'Model: MultiTab-Net',
      'Twin of model: MultiTab-Net twin',
    ]);
    expect(networkChoices([entry(1, { networks: [] })])).toEqual([{ role: 'model', label: 'Model' }]);
  });

  it('are rows of their own, with their own figures', () => {
    const rows = groupsOfNetworks(own, ['baseline', 'model']);
    expect(rows.map(({ label }) => label)).toEqual([
      'Run 1, ST-MLP (baseline)',
      'Run 1, MultiTab-Net',
      'Run 3, ST-MLP (baseline)',
      'Run 3, MultiTab-Net',
    ]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(4);
    const found = figuresOf(all, catalog, ['baseline', 'model']);
    const auroc = found.find(({ label }) => label.startsWith('y1')) as Figure;
    expect(rows.map((row) => figureOf(row, auroc).perSeed)).toEqual([[0.7], [4], [0.5, 0.6], [1, 2]]);
    expect(rows.map((row) => figureOf(row, gain).n)).toEqual([0, 1, 0, 2]);
    expect(figuresOf(all, catalog, ['baseline']).map(({ id }) => id)).not.toContain('gain');
  });

  it('are equally large where their parameters agree within a tenth', () => {
    const [baseline, model] = groupsOfNetworks(own, ['baseline', 'model']) as [Group, Group];
    const larger = entry(5, { networks: [{ ...modelSummary([1]), parameters: 1120 }] });
    expect(sizeRatio(model, baseline)).toBe(1);
    expect(sizeRatio({ runs: [larger], role: 'model' }, model)).toBeCloseTo(1.12);
    expect(sizeRatio({ runs: [], role: 'model' }, model)).toBeNaN();
    expect([1, 1.1, 1.12, 0.92, 0.9, Number.NaN].map(isAsLarge)).toEqual([
      true,
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it('leave groups as they are where only models are chosen, and out what no run has', () => {
    expect(groupsOfNetworks(own, ['model'])).toEqual(own);
    expect(groupsOfNetworks(own, ['model', 'model-2'])).toHaveLength(2);
  });
});

describe('a table to take away', () => {
  const table = { header: ['a|b', 'Gain, %'], numWords: 1, rows: [['x_1 & y', '−3.0 ± 0.1']] };
  it('is Markdown', () => {
    expect(toMarkdown(table)).toBe('| a\\|b | Gain, % |\n|---|---:|\n| x_1 & y | −3.0 ± 0.1 |\n');
  });
  it('is LaTeX with booktabs, where no sign is read as a command', () => {
    const text = toLatex(table);
    expect(text).toContain('\\begin{tabular}{lr}\n\\toprule\na|b & Gain, \\% \\\\');
    expect(text).toContain('x\\_1 \\& y & $-$3.0 $\\pm$ 0.1 \\\\');
  });
});
