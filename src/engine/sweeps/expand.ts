// Expands a sweep into cells, and cells into runs. A cell is one experiment, a run is a cell with one seed; the ids of both
// follow from what they train, so that a run is recognised in another process, in another order, and in a sweep that has grown.
import type { Catalog } from '../config/catalog.ts';
import { encodeExperiment } from '../config/codec.ts';
import type { Experiment } from '../config/experiment.ts';
import { MAX_SEED } from '../config/seedLimits.ts';
import type { Issue } from '../core/errors.ts';
import { canonicalJson, hashOf } from '../core/hash.ts';
import { rng } from '../core/rng.ts';
import { isObject } from './reading.ts';
import { specsOf, valueText, withSettings } from './settings.ts';
import { type Axis, axisName, isJoint, MAX_RUNS, type Settings, type Sweep } from './sweep.ts';
import { type AxisValue, axisValues, drawFrom, isContinuous } from './values.ts';

export interface Cell {
  id: string;
  /** One label per axis, in the order of the axes. */
  labels: string[];
  /** The settings that the axes set. */
  settings: Settings;
  /** With the first seed of the sweep. */
  experiment: Experiment;
}

export interface SweepRun {
  id: string;
  /** Id of its cell. */
  cell: string;
  seed: number;
  /** With its one seed. */
  experiment: Experiment;
}

const MAX_ISSUES = 20;
/** Draws per cell of a random design before it is reported that there are too few distinct ones. */
const DRAWS_PER_CELL = 50;

/**
 * The id of what is trained, independent of the seed: from the settings that differ from their defaults, so that a later
 * version with more settings gives the same id. `isSameExperiment` detects a version with another default.
 */
export const cellId = (experiment: Experiment, catalog: Catalog): string =>
  hashOf(encodeExperiment({ ...experiment, seed: 0, repeats: 1 }, catalog));

/** The id of a sweep: equal for equal runs, whatever its label. */
export const sweepId = ({ base, axes, design, seeds, tables }: Sweep, catalog: Catalog): string =>
  hashOf([
    encodeExperiment({ ...base, seed: 0, repeats: 1 }, catalog),
    axes,
    design,
    seeds,
    ...(tables ? [tables] : []),
  ]);

/**
 * Whether an experiment that was trained by this version or an earlier one had these settings; an earlier one may have fewer.
 */
export function isSameExperiment(trained: Experiment, wanted: Experiment): boolean {
  const has = (own: unknown, other: unknown): boolean => {
    if (!isObject(own) || !isObject(other)) return canonicalJson(own) === canonicalJson(other);
    return Object.entries(own).every(([key, value]) => has(value, other[key]));
  };
  const { compare, ...rest } = trained;
  return (
    has(rest, wanted) &&
    compare.length === wanted.compare.length &&
    compare.every((choice, i) => has(choice, wanted.compare[i]))
  );
}

/** "Cosine 0.4, Model MMoE" */
export const cellText = (sweep: Sweep, cell: Pick<Cell, 'labels'>, catalog: Catalog): string =>
  sweep.axes.map((axis, i) => `${axisLabel(sweep, axis, catalog)} ${cell.labels[i]}`).join(', ');

/** The name of an axis, shown with its values. */
export function axisLabel(sweep: Sweep, axis: Axis, catalog: Catalog): string {
  if (isJoint(axis)) return axis.label;
  return specsOfSweep(sweep, catalog).get(axis.key)?.label ?? axis.key;
}

/** The settings of the base, and those that the axes add: an axis over models adds the settings of each model. */
export function specsOfSweep({ base, axes }: Pick<Sweep, 'base' | 'axes'>, catalog: Catalog) {
  const specs = specsOf(base, catalog);
  const chosen: Settings[] = axes.flatMap((axis) => {
    if (isJoint(axis)) return axis.options.map((option) => option.set);
    return 'values' in axis ? axis.values.map((value) => ({ [axis.key]: value })) : [];
  });
  for (const set of chosen) {
    const ids = Object.fromEntries(
      Object.entries(set).filter(([key]) => !key.includes('.') && specs.has(key)),
    );
    if (Object.keys(ids).length === 0) continue;
    for (const [key, spec] of specsOf(withSettings(base, ids, catalog).experiment, catalog))
      if (!specs.has(key)) specs.set(key, spec);
  }
  return specs;
}

/** How many cells a sweep would have; infinite if a range without steps is drawn from. */
export function countCells(sweep: Sweep, catalog: Catalog): number {
  if (sweep.design.kind === 'random') return sweep.design.cells;
  return sweep.axes.some(isContinuous)
    ? Number.POSITIVE_INFINITY
    : placesOf(sweep, catalog).reduce((product, places) => product * places.length, 1);
}

function placesOf(sweep: Sweep, catalog: Catalog): AxisValue[][] {
  const specs = specsOfSweep(sweep, catalog);
  return sweep.axes.map((axis) => {
    if (isContinuous(axis)) return [];
    const spec = isJoint(axis) ? undefined : specs.get(axis.key);
    return axisValues(axis, spec, (value) => valueText(spec, value));
  });
}

/**
 * The cells of a sweep: for a grid with the last axis fastest, for a random design as drawn.
 * @returns issues of cells that are not valid experiments, each with the cell's settings
 */
export function expandCells(sweep: Sweep, catalog: Catalog): { cells: Cell[]; issues: Issue[] } {
  const combinations =
    sweep.design.kind === 'random' ? randomCells(sweep, catalog) : gridCells(placesOf(sweep, catalog));
  const issues = new Map<string, Issue>();
  const cells = new Map<string, Cell>();
  const [seed = 0] = sweep.seeds;
  for (const places of combinations) {
    const settings: Settings = Object.assign({}, ...places.map((place) => place.set));
    const labels = places.map((place) => place.label);
    const made = withSettings({ ...sweep.base, seed, repeats: 1 }, settings, catalog);
    const at = sweep.axes.map((axis, i) => `${axisName(axis)}=${labels[i]}`).join(', ');
    for (const issue of made.issues) {
      const key = canonicalJson([issue.path, issue.got]);
      if (issues.size < MAX_ISSUES && !issues.has(key))
        issues.set(key, { ...issue, path: at === '' ? issue.path : `${issue.path} of the cell ${at}` });
    }
    const id = cellId(made.experiment, catalog);
    const twin = cells.get(id);
    if (twin && made.issues.length === 0) {
      issues.set(id, {
        path: 'axes',
        expected: 'cells that differ in what they train',
        got: `the same experiment at ${twin.labels.join(', ')} and at ${labels.join(', ')}`,
        remedy: 'Remove the value that occurs twice, or the axis that another one overrides.',
      });
    }
    cells.set(id, { id, labels, settings, experiment: made.experiment });
  }
  return { cells: [...cells.values()], issues: [...issues.values()] };
}

const gridCells = (axes: readonly AxisValue[][]): AxisValue[][] =>
  axes.reduce<AxisValue[][]>(
    (cells, places) => cells.flatMap((cell) => places.map((place) => [...cell, place])),
    [[]],
  );

/** Distinct cells, drawn at random; fewer than requested if there are not enough, which the check of a sweep refuses. */
function randomCells(sweep: Sweep, catalog: Catalog): AxisValue[][] {
  if (sweep.design.kind !== 'random') return [];
  const { cells, seed } = sweep.design;
  const specs = specsOfSweep(sweep, catalog);
  const places = placesOf(sweep, catalog);
  const found = new Map<string, AxisValue[]>();
  for (let draw = 0; found.size < cells && draw < cells * DRAWS_PER_CELL; draw++) {
    const cell = sweep.axes.map((axis, i): AxisValue => {
      if (isContinuous(axis)) {
        const spec = specs.get(axis.key);
        const value = drawFrom(axis, spec?.kind === 'number' && spec.integer, seed, draw);
        return { label: String(value), set: { [axis.key]: value } };
      }
      const own = places[i] as AxisValue[];
      return own[rng(seed, `sweep/${axisName(axis)}`, draw).int(own.length)] as AxisValue;
    });
    found.set(canonicalJson(cell), cell);
  }
  return [...found.values()];
}

/** What a run needs from its sweep. */
type OfSweep = Pick<Sweep, 'seeds' | 'tables'>;

/** The experiment of one seed of a cell. */
export function experimentOf(
  { experiment }: Pick<Cell, 'experiment'>,
  seed: number,
  sweep: OfSweep,
): Experiment {
  const { data, training } = experiment;
  const own = { ...experiment, seed, repeats: 1 };
  if (sweep.tables === 'per-seed') {
    const tableSeed = (Number(data.params.seed) + seed) % (MAX_SEED + 1);
    return { ...own, data: { ...data, params: { ...data.params, seed: tableSeed } } };
  }
  // If the table is the same for all seeds, rates are searched with the seed that a run of all seeds would use.
  if (training.rateSearch === 'off' || Number(training.rateSearchSeed) >= 0) return own;
  return { ...own, training: { ...training, rateSearchSeed: sweep.seeds[0] ?? seed } };
}

/** All runs of some cells, ordered seed by seed, so that every cell has its first result early. */
export const runsOf = (cells: readonly Cell[], sweep: OfSweep): SweepRun[] =>
  sweep.seeds.flatMap((seed) =>
    cells.map((cell) => ({
      id: `${cell.id}-${seed}`,
      cell: cell.id,
      seed,
      experiment: experimentOf(cell, seed, sweep),
    })),
  );

/** Every `shards`-th run, starting at index `shard`. */
export const shardOf = <T>(runs: readonly T[], shard: number, shards: number): T[] =>
  runs.filter((_, i) => i % shards === shard);

/** How many runs a sweep has before it is expanded. */
export const countRuns = (sweep: Sweep, catalog: Catalog): number =>
  countCells(sweep, catalog) * sweep.seeds.length;

export const isTooLarge = (sweep: Sweep, catalog: Catalog): boolean => countRuns(sweep, catalog) > MAX_RUNS;
