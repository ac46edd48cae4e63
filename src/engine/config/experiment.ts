// The experiment: everything that determines a run's numbers, as plain JSON. It is parsed here at every edge (URL, file, worker
// message, command line) against the catalog; rules that span settings belong to their owner (a model's or a source's `check`)
// and run in the worker.
import { clip, firstIssues, formatIssue, type Issue, issuesOf, WorkbenchError } from '../core/errors.ts';
import { jsonText } from '../core/jsonText.ts';
import type { Catalog } from './catalog.ts';
import { defineParams } from './defineParams.ts';
import { type NumberParam, type Params, paramsJsonSchema, parseParams } from './params.ts';
import { MAX_REPEATS, MAX_SEED } from './seedLimits.ts';

export const EXPERIMENT_VERSION = 1;

export interface Choice {
  id: string;
  params: Params;
}

export interface Experiment {
  version: 1;
  /** First seed: determines initialisation, batch order and dropout; the table depends on `data.params.seed`. */
  seed: number;
  /** Number of seeds: seed, seed + 1, ... */
  repeats: number;
  data: Choice;
  tasks: Params;
  model: Choice;
  /** Further models, trained one after another after the first, on the same data, split and seeds. */
  compare: Choice[];
  training: Params;
  /** The model that gain is measured against, or null to train without one. */
  baseline: Choice | null;
}

export const MAX_COMPARED = 16;

/** How often an experiment is run. */
export const [seedParam, repeatsParam] = defineParams([
  {
    kind: 'number',
    key: 'seed',
    label: 'Seed',
    help: 'First seed: initial values, batch order and dropout follow it. The table follows its own data seed.',
    integer: true,
    min: 0,
    max: MAX_SEED - MAX_REPEATS,
    step: 1,
    default: 0,
    control: 'box',
  },
  {
    kind: 'number',
    key: 'repeats',
    label: 'Seeds',
    help: 'How many seeds are trained one after another; gain then has a mean and a spread.',
    integer: true,
    min: 1,
    max: MAX_REPEATS,
    step: 1,
    default: 1,
    control: 'box',
  },
]);

/** The seeds of an experiment. */
export function seedsOf(experiment: Experiment): number[] {
  return Array.from({ length: experiment.repeats }, (_, i) => experiment.seed + i);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : jsonText(value).slice(0, 60);
}

/**
 * Parses untrusted JSON into an Experiment. Missing parts take their defaults, so `{"version":1}` is complete.
 * @returns the experiment (best effort) and every violated expectation; use it only if `issues` is empty
 */
export function parseExperiment(
  input: unknown,
  catalog: Catalog,
): { experiment: Experiment; issues: Issue[] } {
  const issues: Issue[] = [];
  const refuse = (path: string, expected: string, got: unknown, remedy: string) =>
    issues.push({ path, expected, got: show(got), remedy });
  const isObject = (v: unknown): v is Record<string, unknown> =>
    typeof v === 'object' && v !== null && !Array.isArray(v);

  const root = isObject(input) ? input : {};
  if (!isObject(input)) refuse('experiment', 'a JSON object', input, 'Start from a preset and change it.');
  const known = [
    'version',
    'seed',
    'repeats',
    'data',
    'tasks',
    'model',
    'compare',
    'training',
    'baseline',
    '$schema',
  ];
  const unknown = Object.keys(root).filter((key) => !known.includes(key));
  issues.push(
    ...issuesOf(unknown, (key) => ({
      path: clip(key),
      expected: `one of the keys ${known.join(', ')}`,
      got: show(key),
      remedy: 'Remove this key or correct its name.',
    })),
  );
  if (root.version !== undefined && root.version !== EXPERIMENT_VERSION) {
    refuse(
      'version',
      String(EXPERIMENT_VERSION),
      root.version,
      'This file was written by another version of the workbench; open it there or set the version to 1 and check every setting.',
    );
  }

  const integer = ({ key, min, max, default: fallback }: NumberParam): number => {
    const value = root[key];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    refuse(key, `an integer from ${min} to ${max}`, value, `Use ${fallback} if in doubt.`);
    return fallback;
  };

  const choose = <T extends { id: string }>(
    value: unknown,
    entries: readonly T[],
    path: string,
    fallback: string,
  ) => {
    const first = entries.find((e) => e.id === fallback) ?? (entries[0] as T);
    if (value === undefined) return { entry: first, params: undefined };
    if (!isObject(value)) {
      refuse(path, '{"id": ..., "params": {...}}', value, `Use {"id": "${first.id}"}.`);
      return { entry: first, params: undefined };
    }
    const others = Object.keys(value).filter((key) => key !== 'id' && key !== 'params');
    issues.push(
      ...issuesOf(others, (key) => ({
        path: `${path}.${clip(key)}`,
        expected: 'the keys id and params',
        got: show(key),
        remedy: `Move settings into ${path}.params.`,
      })),
    );
    const entry = value.id === undefined ? first : entries.find((e) => e.id === value.id);
    if (!entry) {
      refuse(
        `${path}.id`,
        `one of ${entries.map((e) => e.id).join(', ')}`,
        value.id,
        'Choose an id from the list.',
      );
      return { entry: first, params: undefined };
    }
    return { entry, params: value.params };
  };
  const parse = (...args: Parameters<typeof parseParams>): Params => {
    const parsed = parseParams(...args);
    issues.push(...parsed.issues);
    return parsed.params;
  };

  const data = choose(root.data, catalog.sources, 'data', '');
  const model = choose(root.model, catalog.models, 'model', '');
  const listed = root.compare === undefined ? [] : root.compare;
  if (!Array.isArray(listed) || listed.length > MAX_COMPARED)
    refuse(
      'compare',
      `a list of at most ${MAX_COMPARED} models`,
      root.compare,
      'Use [{"id": "mmoe"}], or [].',
    );
  const compared = (Array.isArray(listed) ? listed.slice(0, MAX_COMPARED) : []).map((value: unknown, i) =>
    choose(value, catalog.models, `compare${i + 1}`, ''),
  );
  const baselines = catalog.models.filter((m) => m.singleTask);
  const baseline =
    root.baseline === null ? null : choose(root.baseline, baselines, 'baseline', baselines[0]?.id ?? '');
  const experiment: Experiment = {
    version: EXPERIMENT_VERSION,
    seed: integer(seedParam),
    repeats: integer(repeatsParam),
    data: { id: data.entry.id, params: parse(data.entry.dataParams, data.params, 'data.params') },
    tasks: parse(data.entry.taskParams, root.tasks, 'tasks'),
    model: { id: model.entry.id, params: parse(model.entry.params, model.params, 'model.params') },
    compare: compared.map(({ entry, params }, i) => ({
      id: entry.id,
      params: parse(entry.params, params, `compare${i + 1}.params`),
    })),
    training: parse(catalog.trainingParams, root.training, 'training'),
    baseline: baseline && {
      id: baseline.entry.id,
      params: parse(baseline.entry.params, baseline.params, 'baseline.params'),
    },
  };
  return { experiment, issues };
}

/**
 * Like `parseExperiment`, for callers that cannot continue.
 * @throws WorkbenchError (config) with all issues
 */
export function requireExperiment(input: unknown, catalog: Catalog): Experiment {
  const { experiment, issues } = parseExperiment(input, catalog);
  if (issues.length > 0) throw configError(issues);
  return experiment;
}

/** Combines several violated expectations into one error. */
export function configError(issues: readonly Issue[]): WorkbenchError {
  const shown = firstIssues(issues);
  return new WorkbenchError('config', shown.map(formatIssue).join('\n'), shown);
}

/** The default experiment: the first preset. */
export function defaultExperiment(catalog: Catalog): Experiment {
  return requireExperiment(catalog.presets[0]?.experiment ?? {}, catalog);
}

/** JSON Schema (draft 2020-12) of an experiment for this catalog. */
export function experimentJsonSchema(catalog: Catalog): Record<string, unknown> {
  const choice = (id: string, params: Record<string, unknown>) => ({
    type: 'object',
    additionalProperties: false,
    properties: { id: { const: id }, params },
  });
  const modelChoices = (singleTaskOnly: boolean) =>
    catalog.models
      .filter((m) => m.singleTask || !singleTaskOnly)
      .map((m) => choice(m.id, paramsJsonSchema(m.params)));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'MultiTab Workbench experiment',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      version: { const: EXPERIMENT_VERSION },
      ...paramsJsonSchema([seedParam, repeatsParam]).properties,
      data: { oneOf: catalog.sources.map((s) => choice(s.id, paramsJsonSchema(s.dataParams))) },
      tasks: { anyOf: catalog.sources.map((s) => paramsJsonSchema(s.taskParams)) },
      model: { oneOf: modelChoices(false) },
      compare: { type: 'array', maxItems: MAX_COMPARED, items: { oneOf: modelChoices(false) }, default: [] },
      training: paramsJsonSchema(catalog.trainingParams),
      baseline: { oneOf: [{ type: 'null' }, ...modelChoices(true)] },
    },
  };
}
