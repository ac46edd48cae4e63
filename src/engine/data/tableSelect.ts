// Which columns of a table are features and which rows are kept, before anything is fitted.
import { formatNames, QUOTING_HELP } from '../config/names.ts';
import type { Params, TargetChoice } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { type Column, isIdentifier, isMissing } from './columns.ts';
import type { SourceRequest } from './source.ts';
import type { ParsedTable } from './tableFile.ts';
import { featuresOf, targetsOf } from './tableGiven.ts';
import { ignoredNames } from './tableParams.ts';
import { resolveTargets, type Target } from './tableTargets.ts';

export interface Selection {
  targets: Target[];
  /** Categorical first, then numeric: the order of the tokens. */
  features: Column[];
  /** Rows of the file that are kept. */
  rows: number[];
  notes: Note[];
}

export function checkIgnored(
  { columns }: ParsedTable,
  data: Params,
  choices: readonly TargetChoice[],
): Issue[] {
  const free = columns.map((c) => c.name).filter((name) => !choices.some((c) => c.column === name));
  const refuse = (got: string) => ({
    path: 'data.params.ignore',
    expected: `columns out of ${formatNames(free)}`,
    got,
    remedy: `Correct the name, or remove it. ${QUOTING_HELP}`,
  });
  const ignored = ignoredNames(data);
  if (!ignored) return [refuse(`${data.ignore}, whose quotes do not match`)];
  return ignored
    .filter((name) => !free.includes(name))
    .map((name) => refuse(choices.some((c) => c.column === name) ? `${name}, which is a target` : name));
}

export function select({ data, tasks, fitted }: SourceRequest, table: ParsedTable): Selection {
  const { columns } = table;
  const notes = [...table.notes];
  const chosen = resolveTargets(columns, tasks.targets as TargetChoice[]);
  const targets = fitted ? targetsOf(fitted, chosen) : chosen;
  const ignored = new Set(ignoredNames(data) ?? []);
  const features = fitted ? featuresOf(fitted, columns) : chooseFeatures(columns, targets, ignored, notes);
  if (ignored.size > 0)
    notes.push({ code: 'left-out-as-asked', text: `Left out as asked: ${formatNames([...ignored])}.` });

  const all = Array.from({ length: table.rows }, (_, row) => row);
  const labelled = all.filter((row) => targets.every(({ column }) => !isMissing(column, row)));
  if (labelled.length < all.length) {
    notes.push({
      code: 'rows-without-target-dropped',
      text: `${all.length - labelled.length} of ${all.length} rows miss a target and are dropped.`,
    });
  }
  const measured = features.filter((c) => c.kind === 'numeric');
  const isComplete = (row: number) => measured.every((c) => !isMissing(c, row));
  const rows = data.missing === 'drop' ? labelled.filter(isComplete) : labelled;
  if (rows.length < labelled.length) {
    notes.push({
      code: 'rows-without-number-dropped',
      text: `${labelled.length - rows.length} rows miss a number and are dropped.`,
    });
  }
  return { targets, features, rows, notes };
}

/** @param notes - gets what is left out and why */
function chooseFeatures(
  columns: readonly Column[],
  targets: readonly Target[],
  ignored: ReadonlySet<string>,
  notes: Note[],
): Column[] {
  const features: Column[] = [];
  for (const column of columns) {
    const { name, distinct, values } = column;
    if (ignored.has(name) || targets.some((t) => t.column === column)) continue;
    if (distinct < 2)
      notes.push({
        code: 'constant-column-left-out',
        text: `Column ${name} ${distinct === 0 ? 'has no values' : 'is constant'} and is left out.`,
      });
    else if (isIdentifier(column)) {
      notes.push({
        code: 'identifier-left-out',
        text: `Column ${name} has ${distinct} different texts such as "${values[0]}", looks like an identifier, and is left out.`,
      });
    } else features.push(column);
  }
  return features.sort((a, b) => Number(a.kind === 'numeric') - Number(b.kind === 'numeric'));
}
