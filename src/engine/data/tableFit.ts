// Turns a selection of a table into the columns of a dataset: fitted on the training rows, or by a given fitted table.
import type { Params } from '../config/params.ts';
import type { Note } from '../core/notes.ts';
import { tailOf } from './candidates.ts';
import { type Column, countMissing } from './columns.ts';
import {
  applyCategories,
  applyNumbers,
  applyTarget,
  codesOfValues,
  countValues,
  fitCategories,
  fitNumbers,
  fitTarget,
} from './fitted.ts';
import type { ProgressSink } from './progress.ts';
import { rareRule } from './rare.ts';
import { sentinelNotes } from './sentinels.ts';
import type {
  Dataset,
  FeatureMeta,
  FittedCategories,
  FittedFeature,
  FittedNumbers,
  FittedTable,
  FittedTarget,
  Split,
  TaskMeta,
} from './table.ts';
import { type DataSettings, dataSettings } from './tableParams.ts';
import type { Selection } from './tableTargets.ts';

function fitFeature(
  column: Column,
  rows: readonly number[],
  train: Uint32Array,
  data: DataSettings,
): FittedFeature {
  return column.kind === 'numeric'
    ? fitNumbers(
        column,
        rows,
        train,
        data.standardiseFeatures,
        data.missing === 'median' ? 'median' : 'mean',
        tailOf(column.name, data),
      )
    : fitCategories(column, rows, train, rareRule(column.name, data));
}

/** Statistics of the training rows; the only place where a table's values decide its encoding. */
export function fitTable(
  { features, targets, rows }: Selection,
  { train }: Split,
  data: Params,
): FittedTable {
  const settings = dataSettings(data);
  return {
    features: features.map((column) => fitFeature(column, rows, train, settings)),
    targets: targets.map((target) => fitTarget(target, rows, train, settings.standardiseTargets)),
  };
}

export function featureMeta(fitted: FittedFeature): FeatureMeta {
  const { name, kind } = fitted;
  if (fitted.kind === 'numeric') return { name, kind, cardinality: 1 };
  return { name, kind, cardinality: fitted.names.length, categories: fitted.names };
}

export function taskMeta({ name, type, classes }: FittedTarget): TaskMeta {
  const base = { name, type, description: `column ${name}` };
  if (!classes) return { ...base, outputs: 1 };
  return type === 'binary'
    ? { ...base, outputs: 1, classes, positive: classes[1] }
    : { ...base, outputs: classes.length, classes };
}

export type EncodedTable = Required<
  Pick<
    Dataset,
    'categorical' | 'numeric' | 'missing' | 'exact' | 'featureScaling' | 'targets' | 'targetScaling'
  >
>;

/** Encodes every kept row by `fitted`, and notes what was done to the columns. */
export async function applyTable(
  { features, targets, rows }: Selection,
  { train }: Split,
  fitted: FittedTable,
  progress: ProgressSink,
): Promise<{ encoded: EncodedTable; notes: Note[] }> {
  const encoded: EncodedTable = {
    categorical: [],
    numeric: [],
    missing: [],
    exact: [],
    featureScaling: [],
    targets: [],
    targetScaling: [],
  };
  const notes: Note[] = [];
  for (const [i, column] of features.entries()) {
    await progress(i / features.length, 'Encoding columns');
    const feature = fitted.features[i] as FittedFeature;
    if (feature.kind === 'categorical') {
      encoded.categorical.push(applyCategories(column, rows, feature));
      notes.push(...categoryNotes(column, rows, train, feature));
      continue;
    }
    const { values, missing, exact } = applyNumbers(column, rows, feature);
    encoded.numeric.push(values);
    encoded.missing.push(missing);
    encoded.exact.push(exact);
    encoded.featureScaling.push(feature.scaling);
    notes.push(...missingNotes(column, rows, feature), ...tailNotes(feature), ...sentinelNotes(column));
  }
  await progress(1, 'Encoding targets');
  targets.forEach(({ column }, i) => {
    const target = fitted.targets[i] as FittedTarget;
    encoded.targets.push(applyTarget(column, rows, target));
    encoded.targetScaling.push(target.scaling);
    if (target.type === 'regression') notes.push(...sentinelNotes(column));
  });
  return { encoded, notes };
}

function tailNotes({ name, tail }: FittedNumbers): Note[] {
  if (!tail) return [];
  const what =
    tail.kind === 'clip'
      ? `clipped at ${Number(tail.low.toPrecision(4))} and ${Number(tail.high.toPrecision(4))}, the first and last percent of the training rows`
      : 'replaced by the normal scores of its ranks in the training rows';
  return [{ code: `tail-${tail.kind}`, column: name, text: `Column ${name} is ${what}.` }];
}

function missingNotes(column: Column, rows: readonly number[], { fillBy = 'mean' }: FittedNumbers): Note[] {
  const missing = countMissing(column, rows);
  if (missing === 0) return [];
  return [
    {
      code: `missing-replaced-by-${fillBy}`,
      text: `${missing} missing ${missing === 1 ? 'value' : 'values'} of ${column.name}: networks read the ${fillBy} of the training rows, trees have a branch of their own for them.`,
    },
  ];
}

/** Values in a note; the rest is not. */
const NAMED = 8;

const categories = (count: number, kind = ''): string =>
  `${count} ${kind}${count === 1 ? 'category' : 'categories'}`;
const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');

function categoryNotes(
  column: Column,
  rows: readonly number[],
  train: Uint32Array,
  fitted: FittedCategories,
): Note[] {
  const { name } = column;
  const { names, other, missing } = fitted;
  const notes: Note[] = [];
  const codeOf = codesOfValues(column, fitted);
  const isRead = other >= 0 && column.values.includes(names[other] as string);
  const merged = column.values.filter((value, at) => codeOf[at] === other && value !== names[other]);
  const list = `${merged.slice(0, NAMED).join(', ')}${merged.length > NAMED ? ' and more' : ''}`;
  if (other >= 0 && merged.length > 0)
    notes.push({
      code: isRead ? 'unseen-categories-read' : 'rare-categories-merged',
      column: name,
      text: isRead
        ? `${categories(merged.length)} of ${name} that no training row has ${isOrAre(merged.length)} read as the most frequent one, "${names[other]}": ${list}.`
        : `${categories(merged.length, 'rare ')} of ${name} ${isOrAre(merged.length)} merged into one: ${list}.`,
    });
  if (missing >= 0)
    notes.push({
      code: 'missing-is-category',
      column: name,
      text: `Missing values of ${name} are the category "${names[missing]}".`,
    });
  const inTraining = countValues(
    column,
    Array.from(train, (position) => rows[position] as number),
  );
  const seen = new Set(codeOf.filter((_, value) => (inTraining.counts[value] as number) > 0));
  if (inTraining.missing > 0) seen.add(missing);
  const untrained = names.length - seen.size;
  if (untrained > 0) {
    notes.push({
      code: 'categories-without-training-rows',
      column: name,
      text:
        untrained === 1
          ? `1 category of ${name} occurs in no training row, so nothing is learnt about it.`
          : `${untrained} categories of ${name} occur in no training row, so nothing is learnt about them.`,
    });
  }
  return notes;
}
