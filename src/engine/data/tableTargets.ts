// Which columns of a table can be targets, and of which type; every issue lists the possible choices.
import { formatName, formatTypedName, listNames, QUOTING_HELP } from '../config/names.ts';
import type { TargetChoice } from '../config/params.ts';
import { clip, type Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import {
  type Column,
  describeCells,
  isMissing,
  isSpoilt,
  MAX_CLASSES,
  type ParsedTable,
  suggestTask,
} from './columns.ts';
import { counted } from './formats/limits.ts';
import { classRows, type PositiveChoice, positiveClass } from './positive.ts';
import { spellingKey } from './spellings.ts';
import type { TaskTypeId } from './table.ts';
import { cutAt, type Threshold, thresholdOf } from './threshold.ts';

const MAX_TASKS = 32;

export interface Target {
  column: Column;
  type: TaskTypeId;
  /** Names of the classes in the order of their codes, binary [negative, positive]; null for regression. */
  classes: string[] | null;
  /** How the positive class was chosen; binary only. */
  positiveBy?: PositiveChoice['by'];
}

/** The part of a table that is used. */
export interface Selection {
  targets: Target[];
  /** Categorical first, then numeric: the order of the tokens. */
  features: Column[];
  /** Kept rows of the file. */
  rows: number[];
  /** Why rows were removed, for messages: "88 of 120 rows miss a target: ...". Empty if none was. */
  removed: string[];
  notes: Note[];
}

/** The requested type; for `auto` the one that the column suggests, null if it cannot be a target. */
export function targetType(column: Column, { type }: TargetChoice): TaskTypeId | null {
  if (type !== 'auto') return type;
  const suggestion = suggestTask(column);
  return 'type' in suggestion ? suggestion.type : null;
}

/**
 * Targets in the order of the choices; call only if `checkTargets` returned no issues.
 * @param byName - number the classes of binary targets by name
 */
export function resolveTargets(
  columns: readonly Column[],
  choices: readonly TargetChoice[],
  byName = false,
): Target[] {
  return choices.flatMap((choice) => {
    const column = columns.find((c) => c.name === choice.column);
    const type = column && targetType(column, choice);
    return column && type ? [targetOf(column, type, choice.positive, byName)] : [];
  });
}

function targetOf(column: Column, type: TaskTypeId, asked: string | undefined, byName: boolean): Target {
  if (type === 'regression') return { column, type, classes: null };
  if (type === 'multiclass') return { column, type, classes: column.values };
  const threshold = thresholdOf(column, asked);
  if (threshold) {
    const cut = cutAt(column, threshold);
    return { column: cut, type, classes: cut.values, positiveBy: 'asked' };
  }
  const { positive, by } = positiveClass(column, asked, byName);
  const negative = column.values.filter((value) => value !== positive);
  return { column, type, classes: [...negative, positive], positiveBy: by };
}

export function checkTargets(table: ParsedTable, choices: readonly TargetChoice[]): Issue[] {
  const { columns } = table;
  const names = listNames(columns.map((c) => c.name));
  const refuse = (path: string, expected: string, got: string, remedy: string) => [
    { path, expected, got, remedy },
  ];
  if (choices.length === 0) {
    return refuse(
      'tasks.targets',
      `at least one target out of ${names}`,
      'none',
      'Choose the columns to predict.',
    );
  }
  if (choices.length > MAX_TASKS) {
    return refuse(
      'tasks.targets',
      `at most ${MAX_TASKS} targets`,
      String(choices.length),
      'Choose fewer columns.',
    );
  }
  return choices.flatMap((choice, i) => {
    const path = `tasks.targets[${i}]`;
    const column = columns.find((c) => c.name === choice.column);
    if (!column) return refuse(path, `a column out of ${names}`, choice.column, remedyForName(table, choice));
    if (choices.findIndex((c) => c.column === choice.column) !== i) {
      return refuse(path, 'each column once', `${choice.column} twice`, 'Remove one of them.');
    }
    return checkTarget(column, choice, path, names);
  });
}

/** Remedy for a name that no column has: it may be a cell of a first line that was taken for data, or lack quotes. */
function remedyForName({ columns, firstRow }: ParsedTable, { column, type }: TargetChoice): string {
  const at = firstRow?.indexOf(column) ?? -1;
  const named = columns[at];
  if (named) {
    return `The first line looks like data, so the columns have no names: choose ${formatTypedName(named.name, type)}, or set data.header to present if ${column} is a name.`;
  }
  const alike = columns.filter(({ name }) => spellingKey(name) === spellingKey(column));
  if (alike.length > 0)
    return `Write it as in the file: ${alike.map(({ name }) => formatTypedName(name, type)).join(' or ')}.`;
  const isPart = columns.some(({ name }) => name.includes(column) && formatName(name) !== name);
  if (isPart) return QUOTING_HELP;
  return column.includes(':')
    ? 'Choose one of the columns, and a type out of auto, regression, binary, multiclass.'
    : 'Choose one of the columns.';
}

function checkTarget(column: Column, choice: TargetChoice, path: string, names: string): Issue[] {
  const { name, kind, distinct, values } = column;
  const suggestion = suggestTask(column);
  const type = targetType(column, choice);
  const refuse = (expected: string, got: string, remedy: string) => [{ path, expected, got, remedy }];
  if (distinct < 2 || type === null) {
    const got = 'reason' in suggestion ? suggestion.reason : 'no type of task';
    return refuse(
      `a target with 2 to ${MAX_CLASSES} classes, or numbers, in ${name}`,
      distinct === 1 ? `${got}, "${values[0]}", in all ${column.rows - column.missing} filled cells` : got,
      distinct < 2
        ? 'Choose another column, or give a table in which it varies.'
        : `Choose another column out of ${names}.`,
    );
  }
  const threshold = type === 'binary' ? thresholdOf(column, choice.positive) : null;
  if (threshold) return checkThreshold(column, threshold, choice, path);
  if (type === 'regression' && kind !== 'numeric')
    return refuse(`numbers in ${name}`, ...textsFor(column, names));
  if (type === 'binary' && distinct !== 2) {
    const spellings = kind === 'categorical' ? new Set(values.map(spellingKey)).size : distinct;
    return spellings < distinct
      ? refuse(
          `2 values in ${name}`,
          `${distinct} (${classesWithRows(column)}), of which ${spellings} differ in more than case or blanks`,
          'Set data.mergeSpellings to true, correct the cells, or make it multiclass.',
        )
      : refuse(
          `2 values in ${name}`,
          `${distinct} (${classesWithRows(column)})`,
          kind === 'numeric'
            ? `Make it multiclass or regression, or cut it in two, as in ${formatTypedName(name, 'binary', `>${values[0]}`)}.`
            : `Make it multiclass, or correct the cells that are neither of the two${asMissing(column)}.`,
        );
  }
  if (choice.positive !== undefined && type !== 'binary') {
    return refuse(
      `a positive class of binary tasks only, and ${name} is ${type}`,
      choice.positive,
      'Leave the positive class out.',
    );
  }
  if (choice.positive !== undefined && !values.includes(choice.positive)) {
    return refuse(
      `a positive class of ${name} out of ${listNames(values)}`,
      choice.positive,
      `For example ${formatTypedName(name, 'binary', values[1])}.`,
    );
  }
  if (type === 'multiclass' && (distinct < 3 || distinct > MAX_CLASSES)) {
    return refuse(`3 to ${MAX_CLASSES} classes in ${name}`, String(distinct), 'Choose another type of task.');
  }
  return [];
}

/** How many values of a target a message names at most. */
const MAX_NAMED = 8;
/** How many it offers to count as missing. */
const MAX_MARKED = 3;

/** @param values - perhaps the first ones only */
function listed(values: readonly string[], count: number): string {
  const named = values.slice(0, MAX_NAMED).map((value) => `"${clip(value)}"`);
  return `${named.join(', ')}${count > named.length ? ` and ${count - named.length} more` : ''}`;
}

/** Codes of the classes, the most frequent first. */
const byRows = (rows: readonly number[]) =>
  [...rows.keys()].sort((a, b) => (rows[b] as number) - (rows[a] as number) || a - b);

/** How to be rid of the texts beside the two most frequent ones, where they are few. */
function asMissing(column: Column): string {
  const others = byRows(classRows(column)).slice(2);
  if (others.length > MAX_MARKED) return '';
  const names = others.map((code) => formatName(column.values[code] as string));
  return `, or count them as missing with data.missingMarkers=auto,${names.join(',')}`;
}

/** `"yes" (84 rows), "no" (75 rows), "maybe" (line 5)`: those beside the two most frequent ones with where they stand. */
function classesWithRows(column: Column): string {
  const { values, distinct, firstPlaces } = column;
  if (distinct > values.length) return listed(values, distinct);
  const rows = classRows(column);
  const place = (code: number) => {
    const line = firstPlaces?.lines[code];
    return line === undefined ? '' : `${firstPlaces?.unit ?? 'line'} ${line}`;
  };
  const named = byRows(rows)
    .slice(0, MAX_NAMED)
    .map((code, i) => {
      const count = rows[code] as number;
      const at = i < 2 ? '' : place(code);
      const inRows = counted(count, 'row', 'rows');
      const where = at === '' ? inRows : count === 1 ? at : `${inRows}, first in ${at}`;
      return `"${clip(values[code] as string)}" (${where})`;
    });
  return `${named.join(', ')}${distinct > named.length ? ` and ${distinct - named.length} more` : ''}`;
}

function checkThreshold(column: Column, threshold: Threshold, choice: TargetChoice, path: string): Issue[] {
  const { numbers, name } = column;
  if (cutAt(column, threshold).distinct === 2) return [];
  const known = numbers.filter((value) => !Number.isNaN(value));
  const [least, most] = known.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return [
    {
      path,
      expected: `a threshold with numbers of ${name} on both sides, which lie from ${least} to ${most}`,
      got: choice.positive ?? '',
      remedy: `For example ${formatTypedName(name, 'binary', `>${least}`)}.`,
    },
  ];
}

/** Describes texts among numbers, with their lines, and the remedies. */
function textsFor(column: Column, names: string): [got: string, remedy: string] {
  const { name, texts, rows, missing } = column;
  const classes = suggestTask(column);
  const other = `${'type' in classes ? `make it ${classes.type}, or ` : ''}choose another column out of ${names}.`;
  if (texts.count === 0) {
    const remedy = `Set data.types to ${formatTypedName(name, 'numeric')} if these are numbers; or ${other}`;
    return ['digits that are read as categories, see the notes', remedy];
  }
  const cells = describeCells(texts);
  if (!isSpoilt(column)) return [`text such as ${cells}`, other.replace(/^./, (c) => c.toUpperCase())];
  const marker = formatName(texts.first[0]?.text ?? '');
  return [
    `${cells}, beside ${rows - missing - texts.count} numbers`,
    `Correct the cell; or set data.missingMarkers to auto,${marker} to count it as missing; or ${other}`,
  ];
}

/** A target that varies in the file may be constant in the remaining labelled rows. */
export function checkVariation(targets: readonly Target[], rows: readonly number[]): Issue[] {
  return targets.flatMap(({ column }, i) => {
    const values = column.kind === 'numeric' ? column.numbers : column.codes;
    const labelled = rows.filter((row) => !isMissing(column, row));
    const first = values[labelled[0] ?? 0];
    if (labelled.some((row) => values[row] !== first)) return [];
    return [
      {
        path: `tasks.targets[${i}]`,
        expected: `at least two values of ${column.name} in the ${rows.length} rows that are kept`,
        got: labelled.length === 0 ? 'none' : 'only one value',
        remedy: 'Choose fewer targets, or another column.',
      },
    ];
  });
}
