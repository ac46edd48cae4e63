// Finds columns that the training rows cannot teach and numbers that float32 cannot hold: after the split, before training.
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { type Column, countMissing, isMissing, type ParsedTable } from './columns.ts';
import { fitColumn, standardised } from './encode.ts';
import { applyTarget, countValues, rowsAt } from './fitted.ts';
import { outlierNotes } from './outlierNotes.ts';
import { placeOfRow } from './splitFiles.ts';
import { countClasses, countsText } from './splitNotes.ts';
import type { FittedTable, Split, Standardisation } from './table.ts';
import type { Selection, Target } from './tableTargets.ts';

/** Largest finite float32. */
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
const OF_TARGETS = 'data.standardiseTargets';
/** Of larger numbers, some ten thousand squares add up beyond float32. */
const MAX_SQUARED = 1e17;
/** float32 steps larger than this share of the standard deviation are noted. */
const COARSE = 0.01;

const trainingRows = ({ rows }: Selection, { train }: Split) => rowsAt(rows, train);

/** What all training cells of a column share: they are empty, or have one value; null if they differ. */
function sameInTraining(column: Column, train: Uint32Array): 'empty' | 'constant' | null {
  const missing = countMissing(column, train);
  if (missing === train.length) return 'empty';
  // Missingness varies from row to row, which can be learned.
  if (missing > 0) return null;
  const isConstant =
    column.kind === 'numeric'
      ? fitColumn(column.numbers, train).isConstant
      : countValues(column, train).counts.filter((count) => count > 0).length === 1;
  return isConstant ? 'constant' : null;
}

/** The selection without features that are constant over the training rows, each with a note. */
export function leaveOutUntrained(selection: Selection, split: Split): Selection {
  const train = trainingRows(selection, split);
  const notes: Note[] = [];
  const features = selection.features.filter((column) => {
    const same = sameInTraining(column, train);
    if (!same) return true;
    const others = selection.rows.length - train.length;
    const rows = `the ${train.length} training rows`;
    const known =
      selection.rows.length - countMissing(column, selection.rows) - (same === 'empty' ? 0 : train.length);
    notes.push({
      code: `feature-${same}-in-training`,
      text: `Column ${column.name} ${same === 'empty' ? `has no value in ${rows} (${known} in the ${others} others)` : `is constant in ${rows}`} and is left out: nothing can be learnt of it. Another data seed or more training rows may keep it.`,
    });
    return false;
  });
  return { ...selection, features, notes: [...selection.notes, ...notes] };
}

/**
 * Issues of targets that the training rows cannot teach: only one class, or only one value.
 * @param remedyOfSplit - where no seed draws the rows
 */
export function checkTraining(
  selection: Selection,
  split: Split,
  fitted: FittedTable,
  data: Params,
  remedyOfSplit: string | null,
): Issue[] {
  return selection.targets.flatMap((target, i) => {
    const path = `tasks.targets[${i}]`;
    const { classes } = target;
    const issue =
      withoutLabels(target, selection, split) ??
      (classes
        ? oneClass(target, classes, selection, split, fitted, i, data)
        : oneValue(target, selection, split));
    if (!issue) return [];
    const remedy = remedyOfSplit ? `${remedyOfSplit} Or choose other targets.` : issue.remedy;
    return [{ path, ...issue, remedy }];
  });
}

/** A task needs labels to train on, and labels to validate on for choosing the epoch. */
function withoutLabels({ column }: Target, { rows }: Selection, split: Split): Omit<Issue, 'path'> | null {
  const labelled = (positions: Uint32Array) =>
    positions.reduce((n, at) => n + (isMissing(column, rows[at] as number) ? 0 : 1), 0);
  const [train, validation, test] = [split.train, split.validation, split.test].map(labelled);
  if (train !== 0 && validation !== 0) return null;
  return {
    expected: `a label of ${column.name} in the training and in the validation split`,
    got: `${train} in ${split.train.length} training, ${validation} in ${split.validation.length} validation and ${test} in ${split.test.length} test rows`,
    remedy:
      'Set data.split=stratified, try another data seed or larger shares of the rows, or leave the target out.',
  };
}

function oneClass(
  { column }: Target,
  classes: readonly string[],
  { rows }: Selection,
  split: Split,
  fitted: FittedTable,
  index: number,
  { split: kind }: Params,
): Omit<Issue, 'path'> | null {
  const target = fitted.targets[index];
  if (!target) return null;
  const counts = countClasses(applyTarget(column, rows, target), classes.length, split);
  if (counts.train.filter((count) => count > 0).length > 1) return null;
  return {
    expected: `at least two classes of ${column.name} in the ${split.train.length} training rows`,
    got: `one; rows per class: ${classes.map((name, code) => `${name}: ${countsText(counts, code)}`).join('; ')}`,
    remedy: `${kind === 'random' ? 'Set data.split=stratified' : 'Use more rows of the other classes'}, or try another data seed, a larger share of training rows, or other targets.`,
  };
}

function oneValue({ column }: Target, selection: Selection, split: Split): Omit<Issue, 'path'> | null {
  const rows = trainingRows(selection, split);
  const { isConstant, scaling, known } = fitColumn(column.numbers, rows);
  if (!isConstant) return null;
  const isSame = rows.every((row) => isMissing(column, row) || column.numbers[row] === scaling.mean);
  return {
    expected: `at least two values of ${column.name} in the ${split.train.length} training rows`,
    got: `${scaling.mean}${isSame ? '' : ', up to rounding,'} in ${known === split.train.length ? 'all' : `the ${known}`} of them${known === split.train.length ? '' : ' that have a label'}`,
    remedy: 'Try another data seed, a larger share of training rows, or other targets.',
  };
}

/** Numeric columns with their stored form: features, then regression targets. */
function numericColumns(
  { features, targets }: Selection,
  fitted: FittedTable,
): { column: Column; scaling: Standardisation; setting: string; isCut: boolean }[] {
  const ofFeatures = features.flatMap((column, i) => {
    const feature = fitted.features[i];
    return feature?.kind === 'numeric'
      ? [{ column, scaling: feature.scaling, setting: 'data.standardiseFeatures', isCut: !!feature.tail }]
      : [];
  });
  const ofTargets = targets.flatMap(({ column }, i) => {
    const scaling = fitted.targets[i]?.scaling;
    return scaling ? [{ column, scaling, setting: OF_TARGETS, isCut: false }] : [];
  });
  return [...ofFeatures, ...ofTargets];
}

/** Refusals of cells that are no finite float32 as they are stored. */
export function checkStored(selection: Selection, fitted: FittedTable, table: ParsedTable): Issue[] {
  return numericColumns(selection, fitted).flatMap(({ column, scaling }) => {
    const { name, numbers } = column;
    const row = selection.rows.find(
      (r) => Math.abs(standardised(numbers[r] as number, scaling)) > MAX_FLOAT32,
    );
    if (row === undefined) return [];
    return [
      {
        path: `data.params.file, ${table.files ? `${placeOfRow(table, row)}, column ${name}` : `column ${name}, row ${row + 1}`}`,
        expected: `a number that is at most ${MAX_FLOAT32.toPrecision(3)} (float32) as it is stored`,
        got: `${numbers[row]}, which is (${numbers[row]} - ${scaling.mean}) / ${scaling.scale} with the mean and scale of the training rows`,
        remedy: 'Correct the cell, or leave the column out.',
      },
    ];
  });
}

/** Notes on columns that lose most of their resolution: unscaled ones in float32, scaled ones beside an outlier. */
export function precisionNotes(
  selection: Selection,
  split: Split,
  fitted: FittedTable,
  data: Params,
): Note[] {
  const train = trainingRows(selection, split);
  return numericColumns(selection, fitted).flatMap(({ column, scaling: stored, setting, isCut }) => {
    const { name, numbers } = column;
    if (data[setting.slice('data.'.length)])
      return isCut ? [] : outlierNotes(name, numbers, train, stored.scale, setting === OF_TARGETS);
    const { isConstant, scaling } = fitColumn(numbers, train);
    const largest = selection.rows.reduce((most, row) => Math.max(most, Math.abs(numbers[row] || 0)), 0);
    if (largest > MAX_SQUARED)
      return [
        {
          code: 'squares-beyond-float32',
          text: `Column ${name} is not scaled and has numbers up to ${largest.toPrecision(3)}, whose squares add up beyond float32: losses of networks can be infinite, or their predictions all alike. Set ${setting}=true.`,
        },
      ];
    const step = 2 ** (Math.floor(Math.log2(largest)) - 23);
    if (isConstant || !(step > COARSE * scaling.scale)) return [];
    return [
      {
        code: 'float32-too-coarse',
        text: `Column ${name} is not scaled: numbers of its size are stored in steps of ${Number(step.toPrecision(3))}, and its standard deviation is ${Number(scaling.scale.toPrecision(3))}. Set ${setting}=true.`,
      },
    ];
  });
}
