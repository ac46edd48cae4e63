// Differences between two experiments, in the words of the panel: beside the status of a run, and over results whose settings
// differ from those on the left.
import type { Catalog } from './catalog.ts';
import { differences, groupsOf } from './codec.ts';
import { type Experiment, parseExperiment, repeatsParam, seedParam } from './experiment.ts';
import { namesOfModels } from './networkNames.ts';
import { readableValue } from './readable.ts';

export interface Change {
  /** Key as in a link: `model.blocks`. */
  key: string;
  label: string;
  /** The value here, and the value in the other experiment. */
  text: string;
  other: string;
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
  const network = networkAt(e, group.prefix, catalog);
  return {
    label: network === null ? spec.label : `${spec.label} (${network})`,
    text: readableValue(spec, group.values[spec.key] ?? spec.default),
  };
}

/** Whose settings these are, by the name that charts and tables give it; null for the model's and those of no network. */
function networkAt(e: Experiment, prefix: string, catalog: Catalog): string | null {
  if (prefix === 'baseline') return prefix;
  const [, place] = /^compare(\d+)$/.exec(prefix) ?? [];
  return place === undefined ? null : (namesOfModels(e, catalog)[Number(place)] ?? null);
}

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
