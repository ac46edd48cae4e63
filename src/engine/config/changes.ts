// Differences between two experiments, in the words of the panel: beside the status of a run, and over results whose settings
// differ from those on the left.
import type { Catalog } from './catalog.ts';
import { differences, groupsOf, valueToText } from './codec.ts';
import { type Experiment, parseExperiment, repeatsParam, seedParam } from './experiment.ts';
import { type ParamSpec, type ParamValue, sameValue } from './params.ts';

export interface Change {
  /** Key as in a link: `model.blocks`. */
  key: string;
  label: string;
  /** The value here, and the value in the other experiment. */
  text: string;
  other: string;
}

const LONGEST = 40;

/** A value as shown in the panel; long ones (masks, matrices) are truncated. */
export function readableValue(spec: ParamSpec, value: ParamValue): string {
  const option = spec.kind === 'choice' ? spec.options.find((o) => o.value === value)?.label : undefined;
  const text = option ?? valueToText(spec, value).replaceAll(',', ', ').replace(/^-/, '−');
  if (text === '') return (spec.kind === 'numbers' && spec.empty) || 'none';
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Label and value of a setting by its link key; null if the experiment has no such setting. */
export function settingAt(
  e: Experiment,
  key: string,
  catalog: Catalog,
): { label: string; text: string } | null {
  const named = (entries: readonly { id: string; label: string }[], id: string | undefined) =>
    entries.find((entry) => entry.id === id)?.label ?? id ?? 'none';
  switch (key) {
    case 'seed':
      return { label: seedParam.label, text: String(e.seed) };
    case 'repeats':
      return { label: repeatsParam.label, text: String(e.repeats) };
    case 'data':
      // The formats that a table may have stand in brackets, and would fill a line.
      return { label: 'Source', text: named(catalog.sources, e.data.id).replace(/ \(.*\)$/, '') };
    case 'model':
      return { label: 'Architecture', text: named(catalog.models, e.model.id) };
    case 'baseline':
      return { label: 'Baseline', text: named(catalog.models, e.baseline?.id) };
    case 'compare':
      return {
        label: 'Compare with',
        text: e.compare.map((c) => named(catalog.models, c.id)).join(', ') || 'none',
      };
  }
  const [prefix, name] = key.split('.');
  const group = groupsOf(e, catalog).find((g) => g.prefix === prefix);
  const spec = group?.specs.find((s) => s.key === name);
  if (!group || !spec) return null;
  const place = prefix?.startsWith('compare') || prefix === 'baseline' ? ` (${placeOf(prefix)})` : '';
  return {
    label: `${spec.label}${place}`,
    text: readableValue(spec, group.values[spec.key] ?? spec.default),
  };
}

const placeOf = (prefix: string): string => prefix.replace(/^compare(\d+)$/, 'compared $1');

/** Settings of `e` that differ from those of `other`, in the order of the panel. */
export function changesBetween(e: Experiment, other: Experiment, catalog: Catalog): Change[] {
  return differences(e, other, catalog).flatMap((key) => {
    const here = settingAt(e, key, catalog);
    const there = settingAt(other, key, catalog);
    // A setting that the other one lacks belongs to its source or architecture, which is listed.
    return here ? [{ key, label: here.label, text: here.text, other: there?.text ?? 'not set' }] : [];
  });
}

/** The preset with the fewest different settings, and those settings. */
export function nearestPreset(
  e: Experiment,
  catalog: Catalog,
): { label: string; changes: readonly Change[] } | null {
  let nearest: { label: string; changes: Change[] } | null = null;
  for (const preset of catalog.presets) {
    const { experiment } = parseExperiment(preset.experiment, catalog);
    const changes = changesBetween(e, experiment, catalog);
    if (!nearest || changes.length < nearest.changes.length) nearest = { label: preset.label, changes };
  }
  return nearest;
}

/** Settings in which two networks of one architecture differ: label and value. */
export const paramsApart = (
  specs: readonly ParamSpec[],
  own: Readonly<Record<string, ParamValue>>,
  others: readonly Readonly<Record<string, ParamValue>>[],
): { spec: ParamSpec; value: ParamValue }[] =>
  specs.flatMap((spec) => {
    const value = own[spec.key] ?? spec.default;
    return others.some((other) => !sameValue(other[spec.key] ?? spec.default, value))
      ? [{ spec, value }]
      : [];
  });
