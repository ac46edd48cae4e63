// Runs that differ only in their mask: same table, model, settings and seeds.
import type { Experiment } from '../../../engine/config/experiment.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { toCsv } from '../../charts/csv.ts';
import { finishedSeeds, primaryOf } from '../train/results.ts';

export interface MaskRun {
  runId: string;
  /** "Run 3" */
  run: string;
  maskId: string;
  /** The mask text, if it is painted. */
  painted: string;
  seeds: number[];
  /** Test scores of the model's tasks: primary metric, mean over finished seeds. */
  values: { task: string; primary: string; value: number }[];
  /** Mean gain over the baseline on the test split, percent; NaN without a baseline. */
  gain: number;
}

/** The experiment without its mask, as a key for comparison. */
export function apartFromMask({ model, ...rest }: Experiment): string {
  const { mask: _mask, customMask: _customMask, ...params } = model.params;
  return JSON.stringify({ ...rest, model: { ...model, params } });
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Tested runs of this experiment under any mask, oldest first. */
export function maskRuns(runs: readonly RunRecord[], experiment: Experiment): MaskRun[] {
  const same = apartFromMask(experiment);
  return runs
    .filter((run) => !run.isExample && apartFromMask(run.experiment) === same)
    .flatMap((run): MaskRun[] => {
      const seeds = finishedSeeds(run);
      const [first] = seeds;
      if (!first) return [];
      const { mask, customMask } = run.experiment.model.params;
      return [
        {
          runId: run.runId,
          run: `Run ${run.number}`,
          maskId: String(mask),
          painted: mask === 'custom' ? String(customMask) : '',
          seeds: seeds.map((s) => s.seed),
          values: first.model.test.map(({ task, primary }, t) => ({
            task,
            primary,
            value: mean(seeds.map((s) => primaryOf(s.model.test[t]).value)),
          })),
          gain: mean(seeds.map((s) => s.gain?.mean ?? Number.NaN)),
        },
      ];
    });
}

/** A line per run and task. @param label - name of a mask */
export const maskRunsCsv = (runs: readonly MaskRun[], label: (maskId: string) => string): string =>
  toCsv(
    ['run', 'mask', 'painted_mask', 'seeds', 'task', 'metric', 'test_score', 'mean_gain_percent'],
    runs.flatMap(({ run, maskId, painted, seeds, values, gain }) =>
      values.map(({ task, primary, value }) => [
        run,
        label(maskId),
        painted,
        seeds.join(' '),
        task,
        primary,
        value,
        gain,
      ]),
    ),
  );
