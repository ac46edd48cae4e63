// Settings by their link keys, with values instead of texts: their specs, and an experiment with some of them changed.
import type { Catalog, CatalogEntry } from '../config/catalog.ts';
import { groupsOf, valueToText } from '../config/codec.ts';
import { type Choice, EXPERIMENT_VERSION, type Experiment, parseExperiment } from '../config/experiment.ts';
import {
  type ChoiceParam,
  type ParamSpec,
  type Params,
  type ParamValue,
  parseParams,
  sameValue,
} from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { show } from './reading.ts';
import type { Settings } from './sweep.ts';

/** Settings that choose a component, and with it which other settings exist. */
const ID_KEYS = ['data', 'model', 'baseline', 'compare'] as const;
/** As in a link: no baseline. */
const NONE = 'none';

const idSpec = (key: string, label: string, entries: readonly CatalogEntry[]): ChoiceParam => ({
  kind: 'choice',
  key,
  label,
  help: '',
  options: entries.map((entry) => ({ value: entry.id, label: entry.label })),
  default: entries[0]?.id ?? '',
});

/** Every setting of an experiment under its key. */
export function specsOf(experiment: Experiment, catalog: Catalog): Map<string, ParamSpec> {
  const singles = catalog.models.filter((m) => m.singleTask);
  const models = catalog.models.map(({ id: value, label }) => ({ value, label }));
  const specs: [string, ParamSpec][] = [
    ['data', idSpec('data', 'Source', catalog.sources)],
    ['model', idSpec('model', 'Model', catalog.models)],
    [
      'baseline',
      {
        ...idSpec('baseline', 'Baseline', singles),
        options: [
          ...singles.map(({ id: value, label }) => ({ value, label })),
          { value: NONE, label: 'None' },
        ],
      },
    ],
    [
      'compare',
      {
        kind: 'words',
        key: 'compare',
        label: 'Compare with',
        help: '',
        options: models,
        minLength: 0,
        maxLength: 16,
        default: [],
      },
    ],
  ];
  for (const { prefix, specs: own } of groupsOf(experiment, catalog))
    for (const spec of own) specs.push([`${prefix}.${spec.key}`, spec]);
  return new Map(specs);
}

/** The value of a setting in the experiment, by its link key. */
export function valueAt(
  { data, tasks, model, compare, training, baseline }: Experiment,
  key: string,
): ParamValue | undefined {
  const [group = '', name = ''] = key.split('.');
  if (name === '') {
    const ids: Record<string, ParamValue> = {
      data: data.id,
      model: model.id,
      baseline: baseline?.id ?? NONE,
      compare: compare.map(({ id }) => id),
    };
    return ids[group];
  }
  const groups: Record<string, Record<string, ParamValue>> = {
    data: data.params,
    tasks,
    model: model.params,
    training,
    baseline: baseline?.params ?? {},
    ...Object.fromEntries(compare.map(({ params }, i) => [`compare${i + 1}`, params])),
  };
  return groups[group]?.[name];
}

/** A readable value of any type, because invalid values are shown too. */
export function valueText(spec: ParamSpec | undefined, value: ParamValue): string {
  if (spec?.kind === 'choice') return spec.options.find((o) => o.value === value)?.label ?? show(value);
  const isList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (isList) return value.length > 0 ? value.join(', ') : 'none';
  return spec && parseParams([spec], { [spec.key]: value }, '').issues.length === 0
    ? valueToText(spec, value)
    : show(value);
}

/** Changes apply to the copy; a newly chosen component starts from its defaults. */
const chosen = (id: unknown, start: Choice | null): { id: unknown; params: Params } =>
  id === undefined || id === start?.id ? { id: start?.id, params: { ...start?.params } } : { id, params: {} };

/** @returns the experiment with the settings applied, and their issues */
export function withSettings(
  experiment: Experiment,
  settings: Settings,
  catalog: Catalog,
): { experiment: Experiment; issues: Issue[] } {
  const { data: source, model, baseline, compare } = settings;
  const listed = Array.isArray(compare) ? (compare as unknown[]) : null;
  const isSameSource = source === undefined || source === experiment.data.id;
  const input = {
    version: EXPERIMENT_VERSION,
    seed: experiment.seed,
    repeats: experiment.repeats,
    data: chosen(source, experiment.data),
    tasks: isSameSource ? { ...experiment.tasks } : {},
    model: chosen(model, experiment.model),
    compare: listed
      ? listed.map((id, i) => chosen(id, experiment.compare[i] ?? null))
      : experiment.compare.map((choice) => chosen(undefined, choice)),
    training: { ...experiment.training },
    baseline:
      baseline === NONE || (baseline === undefined && !experiment.baseline)
        ? null
        : chosen(baseline, experiment.baseline),
  };
  const groups = new Map<string, Params>([
    ['data', input.data.params],
    ['tasks', input.tasks],
    ['model', input.model.params],
    ['training', input.training],
    ...(input.baseline ? [['baseline', input.baseline.params] as const] : []),
    ...input.compare.map(({ params }, i) => [`compare${i + 1}`, params] as const),
  ]);
  const issues: Issue[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if ((ID_KEYS as readonly string[]).includes(key)) continue;
    const dot = key.indexOf('.');
    const group = groups.get(key.slice(0, dot));
    if (dot > 0 && group) group[key.slice(dot + 1)] = value;
    else issues.push(unknownKey(key, key, specsOf(experiment, catalog)));
  }
  const parsed = parseExperiment(input, catalog);
  return { experiment: parsed.experiment, issues: [...issues, ...parsed.issues] };
}

/** @param path - position of the key within the sweep */
export function unknownKey(path: string, key: string, specs: ReadonlyMap<string, ParamSpec>): Issue {
  const group = key.slice(0, key.indexOf('.') + 1);
  const near = [...specs.keys()].filter((known) => group !== '' && known.startsWith(group));
  const known = near.length > 0 ? near : [...specs.keys()];
  const isSeed = key === 'seed' || key === 'repeats';
  return {
    path,
    expected: `one of ${known.join(', ')}`,
    got: key,
    remedy: isSeed ? 'Seeds of a sweep stand in its list "seeds".' : 'Correct the name of the setting.',
  };
}

/** The settings that differ from their defaults, in readable form. */
export const notableSettings = (
  experiment: Experiment,
  catalog: Catalog,
): { key: string; label: string; text: string }[] =>
  groupsOf(experiment, catalog).flatMap(({ prefix, specs, values }) =>
    specs.flatMap((spec) => {
      const value = values[spec.key];
      if (value === undefined || sameValue(value, spec.default)) return [];
      return [{ key: `${prefix}.${spec.key}`, label: spec.label, text: valueText(spec, value) }];
    }),
  );
