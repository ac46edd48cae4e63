import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { changesBetween, nearestPreset } from './changes.ts';
import { requireExperiment } from './experiment.ts';
import { inLabels, readableValue } from './readable.ts';

const parsed = (id: string) => {
  const preset = catalog.presets.find((p) => p.id === id);
  if (!preset) throw new Error(`no preset ${id}`);
  return requireExperiment(preset.experiment, catalog);
};

it('says in the words of the panel what two experiments differ in', () => {
  const base = parsed('correlated');
  const other = { ...base, seed: 3, tasks: { ...base.tasks, rho: -0.1 } };
  expect(changesBetween(other, base, catalog)).toEqual([
    { key: 'seed', label: 'Seed', text: '3', other: '0' },
    { key: 'tasks.rho', label: 'Cosine', text: '−0.1', other: expect.stringMatching(/^0\./) },
  ]);
  expect(changesBetween(base, base, catalog)).toEqual([]);
});

it('names the choice, not its id, and cuts what is long', () => {
  const masks = catalog.models.find((m) => m.id === 'multitab-net')?.params ?? [];
  const mask = masks.find((s) => s.key === 'mask');
  const custom = masks.find((s) => s.key === 'customMask');
  if (mask?.kind !== 'choice' || !custom) throw new Error('MultiTab-Net has a mask');
  expect(readableValue(mask, 'FxT')).toBe(mask.options.find((o) => o.value === 'FxT')?.label);
  expect(readableValue(custom, 'x'.repeat(500))).toHaveLength(40);
  expect(readableValue(custom, '')).toBe('none');
});

it('finds the preset that an experiment comes from', () => {
  const base = parsed('opposed');
  expect(nearestPreset(base, catalog)).toMatchObject({ changes: [] });
  const changed = { ...base, training: { ...base.training, epochs: 3 } };
  const near = nearestPreset(changed, catalog);
  expect(near?.label).toBe(catalog.presets.find((p) => p.id === 'opposed')?.label);
  expect(near?.changes.map((c) => c.key)).toEqual(['training.epochs']);
});

it('names a source without the formats it reads', () => {
  const base = parsed('correlated');
  const table = { ...base, data: { id: 'table', params: { file: 'own.csv' } } };
  const [source] = changesBetween(table, base, catalog);
  expect(source).toMatchObject({ label: 'Source', text: 'Table', other: 'MultiTab-Bench' });
});

it('names the network of a setting as charts and tables do', () => {
  const base = requireExperiment({ compare: ['mmoe', 'mmoe', 'ple'].map((id) => ({ id })) }, catalog);
  const other = requireExperiment(
    {
      compare: [
        { id: 'mmoe', params: { experts: 3 } },
        { id: 'mmoe' },
        { id: 'ple', params: { tower: [7] } },
      ],
      baseline: { id: 'st-mlp', params: { embedding: 3 } },
    },
    catalog,
  );
  expect(changesBetween(other, base, catalog).map((c) => c.label)).toEqual([
    expect.stringMatching(/^Experts.* \(MMoE · .*3\)$/),
    expect.stringMatching(/ \(PLE\)$/),
    expect.stringMatching(/ \(baseline\)$/),
  ]);
});

it('names the settings of a text by their labels', () => {
  const specs = catalog.sources.find((source) => source.needsFile)?.dataParams ?? [];
  const said = (text: string) => inLabels(text, 'data', specs);
  expect(said('Set data.split=random, or leave it out.')).toBe('Set “Split: Random”, or leave it out.');
  expect(said('rows are dropped, as data.missing=drop asks')).toBe(
    'rows are dropped, as “Missing: Drop row” asks',
  );
  expect(said('Set data.sample to first, and data.sampleRows.')).toMatch(
    /^Set “[^”.]+” to first, and “[^”.]+”\.$/,
  );
  expect(said('with data.clip=a,"b c" or data.ignore.')).toBe('with “Clip” = a,"b c" or “Ignore”.');
  expect(said('data.params.file, t.csv, line 3')).toBe('“File”, t.csv, line 3');
  // What is no setting of the table stays.
  expect(said('metadata.split=x, data.none=1, model.blocks=2, data.')).toBe(
    'metadata.split=x, data.none=1, model.blocks=2, data.',
  );
});
