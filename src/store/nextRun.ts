// An estimate of how long the experiment on the left will take, from the kept run of the same networks that is nearest in size;
// none if no such run was measured.
import type { Catalog } from '../engine/config/catalog.ts';
import { changesBetween } from '../engine/config/changes.ts';
import type { Experiment } from '../engine/config/experiment.ts';
import { workOf } from '../engine/sweeps/estimate.ts';
import type { RunEntry } from './runEntry.ts';

/**
 * Settings that change a run's time by a known factor, or not at all. If any other setting differs, the times cannot be
 * compared.
 */
const COMPARABLE =
  /^(seed|repeats|training\.(epochs|learningRate|weightDecay)|data\.(rows|noise|seed)|tasks\.(cosineKind|rho|matrix|degrees|kinds|classes)|(model|compare\d*)\.(mask|customMask|initialisation|rate)|baseline\.(initialisation|rate))$/;

/** A run this many times as large is not estimated: the start of the measured one would count as often. */
const MOST_LARGER = 10;

const networksOf = ({ model, baseline, compare }: Experiment): string =>
  [model.id, baseline?.id ?? 'none', ...compare.map(({ id }) => id)].join(' ');

export interface Timed extends Pick<RunEntry, 'status' | 'experiment' | 'seeds' | 'elapsedMs' | 'backend'> {}

/**
 * @param rows - number of rows of the experiment's table
 * @param kept - newest first
 * @param backend - the backend that the experiment would run on
 * @returns null if no finished run has the same networks and settings, and a tenth of the work
 */
export function nextRunSeconds(
  experiment: Experiment,
  rows: number,
  kept: readonly Timed[],
  backend: string,
  catalog: Catalog,
): number | null {
  const single = new Set(catalog.models.filter((m) => m.singleTask).map((m) => m.id));
  const networks = networksOf(experiment);
  const work = workOf(experiment, single, rows) * experiment.repeats;
  const ratioTo = (run: Timed) => {
    const then = run.experiment.data.params.rows;
    return work / (workOf(run.experiment, single, typeof then === 'number' ? then : rows) * run.seeds.length);
  };
  const [nearest] = kept
    .filter(
      (run) =>
        run.status === 'finished' &&
        run.elapsedMs !== null &&
        run.backend === backend &&
        networksOf(run.experiment) === networks &&
        changesBetween(experiment, run.experiment, catalog).every(({ key }) => COMPARABLE.test(key)),
    )
    .map((run) => ({ seconds: (run.elapsedMs as number) / 1000, ratio: ratioTo(run) }))
    .sort((a, b) => Math.abs(Math.log(a.ratio)) - Math.abs(Math.log(b.ratio)));
  if (!nearest || nearest.ratio > MOST_LARGER) return null;
  return nearest.seconds * nearest.ratio;
}
