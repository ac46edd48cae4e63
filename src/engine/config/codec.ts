// Encodes an experiment as a query string and back: readable, versioned, and with only the differences from the defaults. The
// page adds its view under `view.`; unknown keys are reported, not ignored.
import { clip, type Issue, issuesOf } from '../core/errors.ts';
import type { Catalog } from './catalog.ts';
import { type Choice, EXPERIMENT_VERSION, type Experiment, parseExperiment } from './experiment.ts';
import linkLimit from './linkLimit.json' with { type: 'json' };
import { packMask, unpackMask } from './packedMask.ts';
import {
  formatTargets,
  type ParamSpec,
  type Params,
  type ParamValue,
  parseTargets,
  sameValue,
  type TargetChoice,
} from './params.ts';

/**
 * Maximum characters of a query in a link, accepted by browsers, chats and the page's server (scripts/serve.mjs reads the same
 * number).
 */
export const MAX_LINK: number = linkLimit.maxLink;

export type ViewSettings = Record<string, string>;

export interface Decoded {
  experiment: Experiment;
  view: ViewSettings;
  issues: Issue[];
}

/** Older links percent-encode the separators in names; today such names are quoted. */
function unescapeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function valueToText(spec: ParamSpec, value: ParamValue): string {
  switch (spec.kind) {
    case 'numbers':
      return (value as number[]).join(',');
    case 'words':
      return (value as string[]).join(',');
    case 'matrix':
      return (value as number[][]).map((row) => row.join(',')).join(';');
    case 'targets':
      return formatTargets(value as TargetChoice[]);
    default:
      return String(value);
  }
}

const toNumber = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
const toList = (text: string) => (text.trim() === '' ? [] : text.split(',').map((item) => item.trim()));

/** Parses a text as a value; an invalid text becomes a value that the parser refuses, showing the text. */
export function textToValue(spec: ParamSpec, text: string): unknown {
  switch (spec.kind) {
    case 'number': {
      const value = toNumber(text);
      return Number.isNaN(value) ? text : value;
    }
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'numbers': {
      const values = toList(text).map(toNumber);
      return values.some(Number.isNaN) ? text : values;
    }
    case 'words':
      return toList(text);
    case 'matrix': {
      const rows = text.trim() === '' ? [] : text.split(';').map((row) => toList(row).map(toNumber));
      return rows.some((row) => row.some(Number.isNaN)) ? text : rows;
    }
    case 'targets':
      return parseTargets(text, unescapeName) ?? text;
    case 'text':
      return spec.packing === 'mask' ? unpackMask(text) : text;
    default:
      return text;
  }
}

/** The value in the notation of links. */
const linkText = (spec: ParamSpec, value: ParamValue): string =>
  spec.kind === 'text' && spec.packing === 'mask' ? packMask(String(value)) : valueToText(spec, value);

/** Prefix for settings of the further models: `compare1.experts=4` belongs to the first of them. */
const comparePrefix = (index: number) => `compare${index + 1}`;
const comparedIds = (e: Experiment) => e.compare.map((c) => c.id).join(',');

/** Position of each group of settings, and the specs that parse it. */
export function groupsOf(e: Experiment, catalog: Catalog) {
  const source = catalog.sources.find((s) => s.id === e.data.id);
  const model = catalog.models.find((m) => m.id === e.model.id);
  const baseline = e.baseline && catalog.models.find((m) => m.id === e.baseline?.id);
  const compared = e.compare.map(({ id, params }, i) => ({
    prefix: comparePrefix(i),
    specs: catalog.models.find((m) => m.id === id)?.params ?? [],
    values: params,
  }));
  return [
    { prefix: 'data', specs: source?.dataParams ?? [], values: e.data.params },
    { prefix: 'tasks', specs: source?.taskParams ?? [], values: e.tasks },
    { prefix: 'model', specs: model?.params ?? [], values: e.model.params },
    ...compared,
    { prefix: 'training', specs: catalog.trainingParams, values: e.training },
    { prefix: 'baseline', specs: baseline?.params ?? [], values: e.baseline?.params ?? {} },
  ];
}

/** @returns a query string without the question mark */
export function encodeExperiment(e: Experiment, catalog: Catalog, view: ViewSettings = {}): string {
  const plain = parseExperiment({}, catalog).experiment;
  const query = new URLSearchParams();
  query.set('v', String(EXPERIMENT_VERSION));
  if (e.seed !== plain.seed) query.set('seed', String(e.seed));
  if (e.repeats !== plain.repeats) query.set('repeats', String(e.repeats));
  if (e.data.id !== plain.data.id) query.set('data', e.data.id);
  if (e.model.id !== plain.model.id) query.set('model', e.model.id);
  if (e.compare.length > 0) query.set('compare', comparedIds(e));
  if (e.baseline?.id !== plain.baseline?.id) query.set('baseline', e.baseline?.id ?? 'none');
  for (const { prefix, specs, values } of groupsOf(e, catalog)) {
    for (const spec of specs) {
      const value = values[spec.key];
      if (value === undefined || sameValue(value, spec.default)) continue;
      query.set(`${prefix}.${spec.key}`, linkText(spec, value));
    }
  }
  for (const [key, value] of Object.entries(view)) query.set(`view.${key}`, value);
  // The separators of lists are legal in a query, and unescaped lists are easier to read and edit.
  return query
    .toString()
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%3B', ';')
    .replaceAll('%2F', '/')
    .replaceAll('%40', '@');
}

/**
 * @param base - settings that the query does not contain; default: the plain defaults
 * @returns the experiment with every valid setting applied, and an issue for each invalid one
 */
export function decodeExperiment(search: string, catalog: Catalog, base?: Experiment): Decoded {
  const query = new URLSearchParams(search);
  const last = (key: string) => query.getAll(key).at(-1) ?? null;
  const start = base ?? parseExperiment({}, catalog).experiment;
  const issues: (() => Issue)[] = [];
  // Without a prototype, because the names are untrusted.
  const view: ViewSettings = Object.create(null);
  const refuse = (path: string, expected: () => string, got: string, remedy: string) =>
    issues.push(() => ({ path, expected: expected(), got, remedy }));

  const version = last('v');
  if (version !== null && version !== String(EXPERIMENT_VERSION)) {
    refuse(
      'v',
      () => String(EXPERIMENT_VERSION),
      version,
      'This link was made by another version; check every setting.',
    );
  }
  const input = {
    version: EXPERIMENT_VERSION,
    seed: start.seed as unknown,
    repeats: start.repeats as unknown,
    data: choose(last('data'), start.data),
    tasks: (last('data') ?? start.data.id) === start.data.id ? { ...start.tasks } : {},
    model: choose(last('model'), start.model),
    compare: chooseAll(last('compare'), start.compare),
    training: { ...start.training },
    baseline:
      last('baseline') === 'none'
        ? null
        : choose(last('baseline'), start.baseline ?? { id: firstBaseline(catalog), params: {} }),
  };
  if (start.baseline === null && last('baseline') === null) input.baseline = null;

  // Only a second pass through the parser knows the specs of the chosen ids.
  const shape = parseExperiment({ ...input, seed: 0, repeats: 1 }, catalog).experiment;
  const targets = new Map<string, { specs: readonly ParamSpec[]; into: Params | undefined }>(
    groupsOf(shape, catalog).map(({ prefix, specs }) => {
      const part = prefix.startsWith('compare')
        ? input.compare[Number(prefix.slice('compare'.length)) - 1]
        : input[prefix as 'data' | 'tasks' | 'model' | 'training' | 'baseline'];
      const into = part && ('params' in part && 'id' in part ? (part.params as Params) : (part as Params));
      return [prefix, { specs, into: into ?? undefined }];
    }),
  );
  for (const [key, text] of query) {
    if (['v', 'data', 'model', 'compare', 'baseline'].includes(key)) continue;
    if (key === 'seed' || key === 'repeats') {
      const value = toNumber(text);
      input[key] = Number.isNaN(value) ? text : value;
      continue;
    }
    const dot = key.indexOf('.');
    const [prefix, name] = [key.slice(0, dot), key.slice(dot + 1)];
    if (prefix === 'view') {
      view[name] = text;
      continue;
    }
    const group = targets.get(prefix);
    const spec = group?.specs.find((s) => s.key === name);
    if (!group || !spec || !group.into) {
      const known = () =>
        group
          ? group.specs.map((s) => `${prefix}.${s.key}`)
          : ['data', 'model', 'compare', 'baseline', ...[...targets.keys()].map((p) => `${p}.…`)];
      refuse(
        clip(key) || 'a setting without a name',
        // Such as those of a baseline that is none.
        () =>
          group?.specs.length === 0
            ? `no settings of ${prefix}, which has none here`
            : `one of ${known().join(', ')}, seed, repeats`,
        clip(key),
        'Remove this setting or correct its name.',
      );
      continue;
    }
    group.into[name] = textToValue(spec, text) as ParamValue;
  }
  const parsed = parseExperiment(input, catalog);
  return {
    experiment: parsed.experiment,
    view,
    issues: [...issuesOf(issues, (make) => make()), ...parsed.issues],
  };
}

/**
 * An issue for each setting that a link gives several times with different values. The last is taken, also by `decodeExperiment`,
 * which says nothing of it: on the command line a later `--set` is meant to replace an earlier one.
 */
export function repeatedSettings(search: string): Issue[] {
  const given = new Map<string, Set<string>>();
  for (const [key, text] of new URLSearchParams(search)) {
    const values = given.get(key);
    // Deleted first, so that the last one stands last.
    values?.delete(text);
    given.set(key, (values ?? new Set<string>()).add(text));
  }
  return [...given].flatMap(([key, values]) => {
    if (values.size === 1) return [];
    const all = [...values].map((text) => clip(text));
    return {
      path: clip(key) || 'a setting without a name',
      expected: 'one value',
      got: clip(`${all.length}: ${all.join(' and ')}`),
      remedy: `The last one, ${all.at(-1) || 'an empty one'}, is taken: remove the others from the link.`,
    };
  });
}

/** Settings do not carry over to another id. */
function choose(id: string | null, start: { id: string; params: Params }) {
  if (id === null || id === start.id) return { id: start.id, params: { ...start.params } };
  return { id, params: {} as Params };
}

/** The models of the query's list; a model at its previous position keeps its settings. */
function chooseAll(ids: string | null, start: readonly Choice[]): Choice[] {
  if (ids === null) return start.map((c) => ({ id: c.id, params: { ...c.params } }));
  return toList(ids).map((id, i) => choose(id, start[i] ?? { id, params: {} }));
}

const firstBaseline = (catalog: Catalog) => catalog.models.find((m) => m.singleTask)?.id ?? '';

/** Settings in which two experiments differ, as keys of the query string; for "changed since this run". */
export function differences(a: Experiment, b: Experiment, catalog: Catalog): string[] {
  const keys: string[] = [];
  if (a.seed !== b.seed) keys.push('seed');
  if (a.repeats !== b.repeats) keys.push('repeats');
  if (a.data.id !== b.data.id) keys.push('data');
  if (a.model.id !== b.model.id) keys.push('model');
  if (comparedIds(a) !== comparedIds(b)) keys.push('compare');
  if (a.baseline?.id !== b.baseline?.id) keys.push('baseline');
  const other = groupsOf(b, catalog);
  groupsOf(a, catalog).forEach(({ prefix, specs, values }) => {
    const otherValues = other.find((group) => group.prefix === prefix)?.values;
    // Defaults are compared where they stand: thousands of kept runs are compared with every change of a setting.
    for (const { key, default: standard } of specs) {
      const [x, y] = [values[key] ?? standard, otherValues?.[key] ?? standard];
      if (x !== y && !sameValue(x, y)) keys.push(`${prefix}.${key}`);
    }
  });
  return keys;
}
