// Turns a draft of a sweep into a sweep, and back.
import type { Catalog } from '../../engine/config/catalog.ts';
import { textToValue } from '../../engine/config/codec.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import type { ParamSpec, ParamValue } from '../../engine/config/params.ts';
import type { Issue } from '../../engine/core/errors.ts';
import { parseSweep } from '../../engine/sweeps/parse.ts';
import type { SweepPreset } from '../../engine/sweeps/presets.ts';
import { specsOf } from '../../engine/sweeps/settings.ts';
import { type Axis, isJoint, type Sweep } from '../../engine/sweeps/sweep.ts';
import { isTyped, type SweepDraft, type TypedAxis, typedAxis } from './typedAxes.ts';

const NUMBER = '([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?)';
const RANGE = new RegExp(
  `^\\s*${NUMBER}\\s*\\.\\.\\s*${NUMBER}\\s*(?:(by|in)\\s+${NUMBER}(\\s+log)?)?\\s*$`,
  'i',
);

/**
 * Parses a single setting as typed: a range of numbers, or values separated by commas (semicolons, where values are lists).
 */
export function axisOf({ key, text }: TypedAxis, spec: ParamSpec | undefined): Axis {
  const [, from, to, word, amount, log] = RANGE.exec(text) ?? [];
  if (from !== undefined && to !== undefined) {
    const range = { key, from: Number(from), to: Number(to) };
    const scale = log ? ({ scale: 'log' } as const) : {};
    if (word === undefined) return range;
    return word.toLowerCase() === 'by'
      ? { ...range, step: Number(amount), ...scale }
      : { ...range, count: Number(amount), ...scale };
  }
  const isList = spec?.kind === 'numbers' || spec?.kind === 'words' || spec?.kind === 'matrix';
  const items = text
    .split(isList ? ';' : ',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return { key, values: items.map((item) => typedValue(item, spec)) };
}

/** The value itself, or the option with that label. */
function typedValue(text: string, spec: ParamSpec | undefined): ParamValue {
  if (spec?.kind === 'choice') {
    const own = spec.options.find(
      ({ value, label }) => String(value) === text || label.toLowerCase() === text.toLowerCase(),
    );
    return own?.value ?? text;
  }
  return (spec ? textToValue(spec, text) : text) as ParamValue;
}

/** @returns the sweep (best effort) and its issues, which name settings by their places in the draft */
export function sweepOf(
  draft: SweepDraft,
  experiment: Experiment,
  catalog: Catalog,
): { sweep: Sweep; issues: Issue[] } {
  // Settings of other architectures are known once an axis chooses them; until then, numbers and words are parsed without a
  // spec.
  const specs = specsOf(experiment, catalog);
  return parseSweep(
    {
      version: 1,
      label: draft.label.trim() || 'Sweep',
      base: experiment,
      axes: draft.axes.map((axis) => (isTyped(axis) ? axisOf(axis, specs.get(axis.key)) : axis)),
      seeds: draft.seeds,
      design: draft.design,
      ...(draft.tablePerSeed ? { tables: 'per-seed' } : {}),
    },
    catalog,
  );
}

const seedsText = (seeds: readonly number[]): string => {
  const [first = 0] = seeds;
  const isRow = seeds.every((seed, i) => seed === first + i);
  return isRow && seeds.length > 1 ? `${first}..${first + seeds.length - 1}` : seeds.join(', ');
};

/** A sweep as a draft, with the experiment that it varies. */
export function draftOf(sweep: Sweep, catalog: Catalog): { draft: SweepDraft; experiment: Experiment } {
  const specs = specsOf(sweep.base, catalog);
  const axes = sweep.axes.map((axis) => (isJoint(axis) ? axis : typedAxis(axis, specs.get(axis.key))));
  const { design, label, seeds, tables } = sweep;
  return {
    draft: { label, axes, seeds: seedsText(seeds), design, tablePerSeed: tables === 'per-seed' },
    experiment: sweep.base,
  };
}

/** The draft of a preset. */
export const draftOfPreset = ({ sweep }: SweepPreset, catalog: Catalog) =>
  draftOf(parseSweep(sweep, catalog).sweep, catalog);
