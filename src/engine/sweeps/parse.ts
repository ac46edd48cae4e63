// Parses untrusted JSON as a sweep: errors are those of an experiment, with path, expectation, value and remedy.
import type { Catalog } from '../config/catalog.ts';
import { configError, type Experiment, parseExperiment, seedsOf } from '../config/experiment.ts';
import type { ParamValue } from '../config/params.ts';
import { MAX_SEEDS, parseSeeds, requireSeeds } from '../config/seeds.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import { countRuns, expandCells, specsOfSweep } from './expand.ts';
import { readAxis, readDesign } from './parseAxes.ts';
import { isObject, type Refuse, show } from './reading.ts';
import { unknownKey, withSettings } from './settings.ts';
import {
  type Axis,
  axisName,
  isJoint,
  isRange,
  MAX_AXES,
  MAX_RUNS,
  SWEEP_VERSION,
  type Sweep,
} from './sweep.ts';
import { isContinuous } from './values.ts';

const KEYS = ['version', 'label', 'base', 'set', 'axes', 'design', 'seeds', 'tables', '$schema'];
const MAX_LABEL = 200;

/** @returns the sweep (best effort) and every violated expectation; use it only if `issues` is empty */
export function parseSweep(input: unknown, catalog: Catalog): { sweep: Sweep; issues: Issue[] } {
  const issues: Issue[] = [];
  const refuse: Refuse = (path, expected, got, remedy) =>
    issues.push({ path, expected, got: show(got), remedy });
  const root = isObject(input) ? input : {};
  if (!isObject(input)) refuse('sweep', 'a JSON object', input, 'Start from a sweep preset and change it.');
  for (const key of Object.keys(root))
    if (!KEYS.includes(key))
      refuse(key, `one of the keys ${KEYS.join(', ')}`, key, 'Remove this key or correct its name.');
  if (root.version !== undefined && root.version !== SWEEP_VERSION)
    refuse(
      'version',
      String(SWEEP_VERSION),
      root.version,
      'This sweep was written by another version of the workbench; open it there, or set the version to 1 and check it.',
    );
  const label = root.label ?? 'Sweep';
  if (typeof label !== 'string' || label.length > MAX_LABEL)
    refuse('label', `a text of at most ${MAX_LABEL} characters`, label, 'Give the sweep a short name.');
  const base = readBase(root, catalog, issues, refuse);
  const sweep: Sweep = {
    version: SWEEP_VERSION,
    label: typeof label === 'string' ? label.slice(0, MAX_LABEL) : 'Sweep',
    base,
    axes: readAxes(root.axes, refuse),
    design: readDesign(root.design, refuse),
    seeds: readSeedList(root.seeds, base, issues, refuse),
  };
  if (root.tables === 'per-seed') sweep.tables = root.tables;
  else if (root.tables !== undefined && root.tables !== 'same')
    refuse('tables', 'same or per-seed', root.tables, 'Leave it out for one table for all seeds.');
  checkKeys(sweep, catalog, refuse);
  if (issues.length === 0) checkSize(sweep, catalog, refuse);
  if (issues.length === 0) issues.push(...expandCells(sweep, catalog).issues);
  return { sweep, issues };
}

/**
 * Like `parseSweep`, for callers that cannot continue.
 * @throws WorkbenchError (config) with all issues
 */
export function requireSweep(input: unknown, catalog: Catalog): Sweep {
  const { sweep, issues } = parseSweep(input, catalog);
  if (issues.length > 0) throw configError(issues);
  return sweep;
}

/** The experiment, or the preset of that name, with the settings of `set` applied. */
function readBase(
  root: Record<string, unknown>,
  catalog: Catalog,
  issues: Issue[],
  refuse: Refuse,
): Experiment {
  let input = root.base ?? {};
  if (typeof input === 'string') {
    const preset = catalog.presets.find((p) => p.id === input);
    if (!preset)
      refuse(
        'base',
        `an experiment, or one of ${catalog.presets.map((p) => p.id).join(', ')}`,
        input,
        'Choose a preset of the list, or write the experiment in its place.',
      );
    input = preset?.experiment ?? {};
  }
  const parsed = parseExperiment(input, catalog);
  issues.push(...parsed.issues.map((issue) => ({ ...issue, path: `base.${issue.path}` })));
  if (root.set === undefined) return parsed.experiment;
  if (!isObject(root.set)) {
    refuse('set', 'an object', root.set, 'Write {"training.epochs": 8, ...}.');
    return parsed.experiment;
  }
  const changed = withSettings(parsed.experiment, root.set as Record<string, ParamValue>, catalog);
  issues.push(...changed.issues.map((issue) => ({ ...issue, path: `set: ${issue.path}` })));
  return changed.experiment;
}

function readAxes(value: unknown, refuse: Refuse): Axis[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_AXES) {
    refuse(
      'axes',
      `a list of at most ${MAX_AXES} axes`,
      value,
      'Write [{"key": "tasks.rho", "values": [0, 0.5]}].',
    );
    return [];
  }
  return value.flatMap((axis: unknown, i) => readAxis(axis, `axes[${i}]`, refuse) ?? []);
}

/** Seeds as numbers or as text; the base's if there are none. */
function readSeedList(value: unknown, base: Experiment, issues: Issue[], refuse: Refuse): number[] {
  if (value === undefined) return seedsOf(base);
  try {
    if (typeof value === 'string') return parseSeeds(value, 'seeds');
    const isList = Array.isArray(value) && value.every((seed) => typeof seed === 'number');
    if (isList && value.length <= MAX_SEEDS) {
      requireSeeds(value as number[], 'seeds');
      return value as number[];
    }
    refuse(
      'seeds',
      `a list of at most ${MAX_SEEDS} seeds, or a text such as "0..4"`,
      value,
      'For example [0, 1, 2].',
    );
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    issues.push(...error.issues);
  }
  return seedsOf(base);
}

/** Checks that settings exist, occur on one axis only, and are numeric if they are a range. */
function checkKeys(sweep: Sweep, catalog: Catalog, refuse: Refuse): void {
  const specs = specsOfSweep(sweep, catalog);
  const places = new Map<string, string>();
  const unknown = (path: string, key: string) => {
    const { expected, got, remedy } = unknownKey(path, key, specs);
    refuse(path, expected, got, remedy);
  };
  const once = (path: string, key: string) => {
    const other = places.get(key);
    if (other !== undefined)
      refuse(
        path,
        'every setting on one axis only',
        key,
        `It stands at ${other} already; remove one of them.`,
      );
    places.set(key, path);
  };
  const names = new Set<string>();
  sweep.axes.forEach((axis, i) => {
    const path = `axes[${i}]`;
    if (isJoint(axis)) {
      if (names.has(axis.label))
        refuse(`${path}.label`, 'a label of its own', axis.label, 'Give each axis another label.');
      names.add(axis.label);
      const keys = new Set(axis.options.flatMap((option) => Object.keys(option.set)));
      for (const key of keys) {
        if (!specs.has(key)) unknown(`${path}.options`, key);
        else once(`${path}.options`, key);
      }
      return;
    }
    const spec = specs.get(axis.key);
    if (!spec) {
      unknown(`${path}.key`, axis.key);
      return;
    }
    once(`${path}.key`, axis.key);
    if (axis.key === 'data.seed' && sweep.tables === 'per-seed')
      refuse('tables', 'same, where the data seed is an axis', 'per-seed', 'Remove the axis, or "tables".');
    if (!isRange(axis)) return;
    if (spec.kind !== 'number')
      refuse(
        `${path}.key`,
        'a setting that is a number',
        axis.key,
        'Write its values as a list: "values": [...].',
      );
    if (isContinuous(axis) && sweep.design.kind !== 'random')
      refuse(
        path,
        'a step or a count',
        axisName(axis),
        'Without one of them, only a random design can draw from a range.',
      );
  });
  const { design } = sweep;
  if (design.kind === 'halving') {
    const spec = specs.get(design.key);
    if (spec?.kind !== 'number') unknown('design.key', design.key);
    else once('design.key', design.key);
  }
}

function checkSize(sweep: Sweep, catalog: Catalog, refuse: Refuse): void {
  const runs = countRuns(sweep, catalog);
  if (runs > MAX_RUNS) {
    refuse(
      'axes',
      `at most ${MAX_RUNS.toLocaleString('en')} runs (cells times seeds)`,
      runs,
      'Use fewer values or seeds, or a random design.',
    );
    return;
  }
  if (sweep.design.kind !== 'random') return;
  const found = expandCells(sweep, catalog).cells.length;
  if (found < sweep.design.cells)
    refuse(
      'design.cells',
      'no more cells than there are different ones',
      `${sweep.design.cells}, of which ${found} were found`,
      'Ask for fewer cells, use a grid, or give the axes more values.',
    );
}
