// Remedies for a failed run, as changes of the experiment. Pure, so that it is tested in Node.
import type { Catalog } from '../../engine/config/catalog.ts';
import { differences } from '../../engine/config/codec.ts';
import { type Experiment, parseExperiment } from '../../engine/config/experiment.ts';
import { withValue } from '../../store/configSlice.ts';

export interface Remedy {
  id: string;
  /** Path as in a link. */
  path: string;
  value: number | boolean;
  title: string;
  detail: string;
  likely: boolean;
}

/** Remedies for numbers that are not finite, the likely causes first. */
export function remediesFor(experiment: Experiment, catalog: Catalog): Remedy[] {
  const remedies: Remedy[] = [];
  if (experiment.data.params.standardiseTargets === false) {
    remedies.push({
      id: 'standardise',
      path: 'data.standardiseTargets',
      value: true,
      title: 'Standardise the targets',
      detail:
        'Fitted on the training split. Without it the task with the largest variance dominates the loss.',
      likely: true,
    });
  }
  const rate = catalog.trainingParams.find((s) => s.key === 'learningRate');
  const usual = rate?.kind === 'number' ? rate.default : 1e-3;
  const current = Number(experiment.training.learningRate);
  const lower = current > usual ? usual : Number((current / 10).toPrecision(2));
  remedies.push({
    id: 'learning-rate',
    path: 'training.learningRate',
    value: lower,
    title: `Lower the learning rate from ${current} to ${lower}`,
    detail: current > usual ? `${usual} is the default.` : 'A tenth of what it was.',
    likely: current > usual,
  });
  if (!Number(experiment.training.clipNorm)) {
    remedies.push({
      id: 'clip',
      path: 'training.clipNorm',
      value: 1,
      title: 'Clip the gradient norm at 1.0',
      detail: 'Hides the symptom. Use it if the others are not enough.',
      likely: false,
    });
  }
  if (!remedies.some((r) => r.likely) && remedies[0]) remedies[0].likely = true;
  return remedies;
}

/** Settings that likely caused the failure of `failed` and are unchanged. */
export function likelyCauses(failed: Experiment, current: Experiment, catalog: Catalog): string[] {
  const changed = differences(current, failed, catalog);
  return remediesFor(failed, catalog)
    .filter((r) => r.likely && !changed.includes(r.path))
    .map((r) => r.path);
}

/** The experiment with the chosen remedies applied. */
export function applyRemedies(
  experiment: Experiment,
  remedies: readonly Remedy[],
  catalog: Catalog,
): Experiment {
  return remedies.reduce(
    (e, { path, value }) => parseExperiment(withValue(e, path, value), catalog).experiment,
    experiment,
  );
}
