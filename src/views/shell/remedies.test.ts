import { describe, expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { requireExperiment } from '../../engine/config/experiment.ts';
import { applyRemedies, likelyCauses, remediesFor } from './remedies.ts';

const experiment = requireExperiment(
  { data: { params: { standardiseTargets: false } }, training: { learningRate: 0.05 } },
  catalog,
);

describe('remedies of a diverged run', () => {
  it('name the likely causes first and change exactly those settings', () => {
    const remedies = remediesFor(experiment, catalog);
    expect(remedies.map((r) => [r.id, r.likely])).toEqual([
      ['standardise', true],
      ['learning-rate', true],
      ['clip', false],
    ]);
    const next = applyRemedies(
      experiment,
      remedies.filter((r) => r.likely),
      catalog,
    );
    expect(next.data.params.standardiseTargets).toBe(true);
    expect(next.training.learningRate).toBe(1e-3);
    expect(next.training.clipNorm).toBe(0);
  });

  it('always have one to tick', () => {
    const plain = requireExperiment({}, catalog);
    expect(remediesFor(plain, catalog).filter((r) => r.likely)).toHaveLength(1);
  });

  it('stop being marked as causes once they are changed', () => {
    expect(likelyCauses(experiment, experiment, catalog)).toEqual([
      'data.standardiseTargets',
      'training.learningRate',
    ]);
    const [standardise] = remediesFor(experiment, catalog);
    const next = applyRemedies(experiment, standardise ? [standardise] : [], catalog);
    expect(likelyCauses(experiment, next, catalog)).toEqual(['training.learningRate']);
  });
});
