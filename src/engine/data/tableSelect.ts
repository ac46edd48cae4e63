// Selects the feature columns and the rows of a table, before anything is fitted.
import { listNames, QUOTING_HELP } from '../config/names.ts';
import type { Params, TargetChoice } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { featureCandidates } from './candidates.ts';
import { type Column, countMissing, isMissing, type ParsedTable } from './columns.ts';
import { reasonToLeaveOut, withoutIgnored } from './leftOut.ts';
import type { SourceRequest } from './source.ts';
import { featuresOf, targetsOf } from './tableGiven.ts';
import { ignoredNames, targetChoices } from './tableParams.ts';
import { isSplitOnly } from './tableSplit.ts';
import { resolveTargets, type Selection, type Target } from './tableTargets.ts';

export function checkIgnored(
  { columns }: ParsedTable,
  data: Params,
  choices: readonly TargetChoice[],
): Issue[] {
  const free = columns.map((c) => c.name).filter((name) => !choices.some((c) => c.column === name));
  const refuse = (got: string) => ({
    path: 'data.params.ignore',
    expected: `columns out of ${listNames(free)}`,
    got,
    remedy: `Correct the name, or remove it. ${QUOTING_HELP}`,
  });
  const ignored = ignoredNames(data);
  if (!ignored) return [refuse(`${data.ignore}, whose quotes do not match`)];
  const known = new Set(free);
  return ignored
    .filter((name) => !known.has(name))
    .map((name) => refuse(choices.some((c) => c.column === name) ? `${name}, which is a target` : name));
}

export function select(request: SourceRequest, table: ParsedTable): Selection {
  const { data, tasks, fitted, classesByName } = request;
  const chosen = resolveTargets(table.columns, targetChoices(tasks), classesByName);
  const targets = fitted ? targetsOf(fitted, chosen) : chosen;
  const ofTypes = table.columns.filter((column) => column.isIgnored).map(({ name }) => name);
  const ofSplit = table.columns.filter((column) => isSplitOnly(request, column)).map(({ name }) => name);
  const asked = new Set([...(ignoredNames(data) ?? []), ...ofTypes]);
  const ignored = new Set([...asked, ...ofSplit]);
  // How the column of a split is read says which groups there are.
  for (const name of ofSplit) asked.delete(name);
  const notes = withoutIgnored(table.notes, asked);
  const candidates = featureCandidates(table, data, targetChoices(tasks));
  const features = fitted
    ? featuresOf(fitted, candidates)
    : chooseFeatures(candidates, targets, ignored, notes);
  if (ignored.size > 0)
    notes.push({ code: 'left-out-as-asked', text: `Left out as asked: ${listNames([...ignored])}.` });
  const rows = chooseRows(table, targets, features, data);
  return {
    targets,
    features,
    rows: rows.kept,
    removed: rows.notes.map((note) => note.text),
    notes: [...notes, ...rows.notes],
  };
}

/** "sex in 11, mass in 2": columns with missing cells, most missing first. */
function missingPerColumn(columns: readonly Column[], rows: readonly number[]): string {
  return columns
    .map((column) => ({ name: column.name, missing: countMissing(column, rows) }))
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing)
    .map(({ name, missing }) => `${name} in ${missing}`)
    .join(', ');
}

/** The rows of the file, 0 to the last. */
function rowsOf({ rows }: ParsedTable): number[] {
  const all: number[] = [];
  for (let row = 0; row < rows; row++) all.push(row);
  return all;
}

/** In how many of the columns each row has no value. */
function missingPerRow(columns: readonly Column[], rows: number): Uint16Array {
  const missing = new Uint16Array(rows);
  for (const column of columns)
    for (let row = 0; row < rows; row++)
      if (isMissing(column, row)) missing[row] = (missing[row] as number) + 1;
  return missing;
}

function chooseRows(
  table: ParsedTable,
  targets: readonly Target[],
  features: readonly Column[],
  data: Params,
) {
  const notes: Note[] = [];
  const all = rowsOf(table);
  const labels = targets.map((t) => t.column);
  const { labelled, note } = chooseLabelled(all, labels, data.unlabelled !== 'keep' || labels.length === 1);
  if (note) notes.push(note);
  const partial = missingPerColumn(labels, labelled);
  if (partial !== '') {
    notes.push({
      code: 'labels-missing',
      text: `Labels are missing in some of the ${labelled.length} rows, ${partial}: losses and metrics of a task are over the rows that have its label.`,
    });
  }
  if (data.missing !== 'drop') return { kept: labelled, notes };
  const measured = features.filter((c) => c.kind === 'numeric');
  const missing = missingPerRow(measured, table.rows);
  const kept = labelled.filter((row) => missing[row] === 0);
  if (kept.length < labelled.length) {
    notes.push({
      code: 'rows-without-number-dropped',
      text: `${labelled.length - kept.length} of ${labelled.length} rows miss a number and are dropped, as data.missing=drop asks: ${missingPerColumn(measured, labelled)}.`,
    });
  }
  return { kept, notes };
}

/** Rows with a label of every target, or of at least one, and notes on the others. */
function chooseLabelled(
  all: readonly number[],
  labels: readonly Column[],
  needsAll: boolean,
): { labelled: number[]; note: Note | null } {
  const missing = missingPerRow(labels, all.length);
  const allowed = needsAll ? 0 : labels.length - 1;
  const labelled = all.filter((row) => (missing[row] as number) <= allowed);
  const dropped = all.length - labelled.length;
  if (dropped === 0) return { labelled, note: null };
  const text = needsAll
    ? `${dropped} of ${all.length} rows miss a target and are dropped: ${missingPerColumn(labels, all)}.`
    : `${dropped} of ${all.length} rows have none of the targets and are dropped.`;
  const code = needsAll ? 'rows-without-target-dropped' : 'rows-without-any-target-dropped';
  return { labelled, note: { code, text } };
}

/** Share of the labelled rows that may be dropped without being asked because another label is missing there. */
const DROPPED_UNASKED = 0.25;

/** Issues if rows with labels would be dropped because another target is missing: dropping many needs an explicit setting. */
export function checkLabels({ data, tasks }: SourceRequest, table: ParsedTable): Issue[] {
  if (data.unlabelled !== 'drop-few') return [];
  const columns = resolveTargets(table.columns, targetChoices(tasks)).map((t) => t.column);
  const all = rowsOf(table);
  const missing = missingPerRow(columns, table.rows);
  const labelled = missing.filter((count) => count < columns.length).length;
  const complete = missing.filter((count) => count === 0).length;
  if (labelled - complete <= DROPPED_UNASKED * labelled) return [];
  const without = columns.map((column) => ({
    column,
    left: missing.filter((count, row) => count === 0 || (count === 1 && isMissing(column, row))).length,
  }));
  const best = without.reduce((a, b) => (b.left > a.left ? b : a));
  return [
    {
      path: 'tasks.targets',
      expected: `all targets in at least three quarters of the ${labelled} rows that have any`,
      got: `all of them in ${complete} rows; missing: ${missingPerColumn(columns, all)}`,
      remedy: `Leave out ${best.column.name} (${best.left} rows would be kept), set data.unlabelled=keep to train each task on the rows that have its label, or data.unlabelled=drop to train on the ${complete} rows.`,
    },
  ];
}

/** @param notes - receives which columns are left out and why */
function chooseFeatures(
  columns: readonly Column[],
  targets: readonly Target[],
  ignored: ReadonlySet<string>,
  notes: Note[],
): Column[] {
  const features: Column[] = [];
  // The parts of a date are left out with it.
  const isLeftOut = ({ name, partOf }: Column) =>
    ignored.has(name) || (partOf !== undefined && ignored.has(partOf));
  for (const column of columns) {
    if (isLeftOut(column) || targets.some((t) => t.column.name === column.name)) continue;
    const left = reasonToLeaveOut(column);
    if (left) notes.push({ code: left.code, column: column.name, text: left.text });
    else features.push(column);
  }
  return features.sort((a, b) => Number(a.kind === 'numeric') - Number(b.kind === 'numeric'));
}
