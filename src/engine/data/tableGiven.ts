// Encodes a table as trained weights require, not by its own training rows: columns and classes are matched by name; codes,
// scaling and replacements are the given ones. Differences are noted; what cannot be encoded is refused.
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { type Column, classCodes } from './columns.ts';
import { codesOfValues, countValues } from './fitted.ts';
import type { SourceRequest } from './source.ts';
import { MIN_ROWS } from './split.ts';
import type {
  FittedCategories,
  FittedNumbers,
  FittedTable,
  FittedTarget,
  Split,
  Standardisation,
} from './table.ts';
import { ignoredNames, targetChoices } from './tableParams.ts';
import { resolveTargets, type Selection, type Target } from './tableTargets.ts';

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
/** How many names a note lists; the rest are counted. */
const LISTED = 8;
const listed = (items: readonly string[]) =>
  items.slice(0, LISTED).join(', ') + (items.length > LISTED ? ` and ${items.length - LISTED} more` : '');

/** Features in the order of the weights; call only if `checkGiven` returned no issues. */
export const featuresOf = ({ features }: FittedTable, columns: readonly Column[]): Column[] =>
  features.flatMap(({ name }) => columns.find((c) => c.name === name) ?? []);

/** Targets in the order of the weights; call only if `checkGiven` returned no issues. */
export const targetsOf = ({ targets }: FittedTable, chosen: readonly Target[]): Target[] =>
  targets.flatMap(({ name, type, classes }) => {
    const column = chosen.find((t) => t.column.name === name)?.column;
    return column ? [{ column, type, classes }] : [];
  });

/** Why the weights cannot be used with the table. */
export function checkGiven(
  given: FittedTable,
  columns: readonly Column[],
  { data, tasks }: SourceRequest,
): Issue[] {
  const chosen = resolveTargets(columns, targetChoices(tasks));
  const ignored = ignoredNames(data) ?? [];
  const names = columns.map((c) => c.name).join(', ');
  const features = given.features.flatMap((feature): Issue[] => {
    const { name, kind } = feature;
    const column = columns.find((c) => c.name === name);
    const refuse = (got: string, remedy: string) => [
      {
        path: `weights, feature ${name}`,
        expected: `a ${kind} column ${name}, which the weights read`,
        got,
        remedy,
      },
    ];
    if (!column) return refuse(`columns ${names}`, 'Add the column, or rename the one that holds it.');
    if (chosen.some((t) => t.column.name === name))
      return refuse('a target of that name', 'Choose other targets.');
    if (ignored.includes(name))
      return refuse('a column that is ignored', 'Remove it from data.params.ignore.');
    // A column without any value is read as text, and all of its cells are missing.
    if (column.kind === kind || column.distinct === 0) return [];
    return refuse(
      `${column.kind} values such as "${column.values[0]}"`,
      'Correct the cells, so that the column reads as it did in training.',
    );
  });
  return [...features, ...checkTasks(given.targets, chosen)];
}

function checkTasks(given: readonly FittedTarget[], chosen: readonly Target[]): Issue[] {
  const describe = (list: readonly { name: string; type: string }[]) =>
    list.map(({ name, type }) => `${name}:${type}`).join(', ');
  const here = chosen.map(({ column, type }) => ({ name: column.name, type }));
  const isAlike =
    given.length === here.length &&
    given.every((g) => here.some((h) => h.name === g.name && h.type === g.type));
  if (!isAlike) {
    return [
      {
        path: 'tasks.targets',
        expected: `the tasks of the weights, ${describe(given)}`,
        got: describe(here),
        remedy: 'Choose the same columns with the same types.',
      },
    ];
  }
  return given.flatMap(({ name, classes }) => {
    const column = chosen.find((t) => t.column.name === name)?.column;
    const unknown = classes && column ? column.values.filter((value) => !classes.includes(value)) : [];
    if (!classes || !column || unknown.length === 0) return [];
    const codes = classCodes(column);
    const rows = codes.reduce((n, code) => n + (unknown.includes(column.values[code] ?? '') ? 1 : 0), 0);
    return [
      {
        path: `weights, classes of ${name}`,
        expected: `classes out of ${quoted(classes)}, which the weights were trained on`,
        got: `${quoted(unknown)} in ${rows} rows`,
        remedy: 'Rename them as they were in training, or remove their rows.',
      },
    ];
  });
}

/**
 * Notes how the weights' encoding differs from the table's own, and finds the rows that it can encode.
 * @param own - the encoding fitted on the table's own training rows
 * @param selection - the columns in the order of the weights
 */
export function compareGiven(
  given: FittedTable,
  own: FittedTable,
  selection: Selection,
): { notes: Note[]; isEncodable: Uint8Array } {
  const { features, rows } = selection;
  const isEncodable = new Uint8Array(rows.length).fill(1);
  const notes = [...orderNotes(given, own), ...scalingNotes(given, own), ...classNotes(given, own)];
  given.features.forEach((feature, i) => {
    const column = features[i];
    if (feature.kind === 'categorical' && column?.kind === 'categorical')
      notes.push(...unseenNotes(column, rows, feature, isEncodable));
  });
  return { notes, isEncodable };
}

function orderNotes(given: FittedTable, own: FittedTable): Note[] {
  const notes: Note[] = [];
  const names = given.features.map((f) => f.name);
  const unused = own.features.map((f) => f.name).filter((name) => !names.includes(name));
  if (unused.length > 0) {
    notes.push({
      code: 'weights-columns-unused',
      text: `The weights do not read the ${unused.length === 1 ? 'column' : 'columns'} ${listed(unused)}.`,
    });
  }
  const here = own.features.map((f) => f.name).filter((name) => names.includes(name));
  if (here.some((name, i) => name !== names.filter((n) => here.includes(n))[i])) {
    notes.push({
      code: 'weights-features-reordered',
      text: `Columns are matched by name and read in the order of the weights: ${listed(names)}.`,
    });
  }
  const [tasks, ownTasks] = [given, own].map(({ targets }) => targets.map((t) => t.name));
  if (tasks?.join() !== ownTasks?.join()) {
    notes.push({
      code: 'weights-tasks-reordered',
      text: `Tasks are matched by name and stand in the order of the weights: ${listed(tasks ?? [])}.`,
    });
  }
  return notes;
}

/** Whether two scalings differ by more than the rounding of a sum in another order. */
const isOther = (a: Standardisation, b: Standardisation) =>
  Math.abs(a.mean - b.mean) > 1e-12 * Math.max(Math.abs(a.mean), Math.abs(b.mean), a.scale) ||
  Math.abs(a.scale - b.scale) > 1e-12 * Math.max(a.scale, b.scale);

const short = (value: number) => String(Number(value.toPrecision(4)));
const scalingText = (name: string, file: Standardisation, here: Standardisation) =>
  `${name} (mean ${short(file.mean)}, scale ${short(file.scale)}; here ${short(here.mean)} and ${short(here.scale)})`;

function scalingNotes(given: FittedTable, own: FittedTable): Note[] {
  const isNumeric = (f: { kind: string }): f is FittedNumbers => f.kind === 'numeric';
  const differing = given.features.filter(isNumeric).flatMap(({ name, scaling }) => {
    const here = own.features.filter(isNumeric).find((f) => f.name === name);
    return here && isOther(scaling, here.scaling) ? [scalingText(name, scaling, here.scaling)] : [];
  });
  const targets = given.targets.flatMap(({ name, scaling }) => {
    const here = own.targets.find((t) => t.name === name)?.scaling;
    return scaling && here && isOther(scaling, here) ? [scalingText(name, scaling, here)] : [];
  });
  const all = [...differing, ...targets];
  if (all.length === 0) return [];
  return [
    {
      code: 'weights-scaling-of-file',
      text: `Scaling, and what replaces missing numbers, come from the weights and not from this table's training rows: ${listed(all)}.`,
    },
  ];
}

function classNotes(given: FittedTable, own: FittedTable): Note[] {
  return given.targets.flatMap(({ name, classes }): Note[] => {
    const here = own.targets.find((t) => t.name === name)?.classes;
    if (!classes || !here || classes.join('\n') === here.join('\n')) return [];
    return [
      {
        code: 'weights-classes-of-file',
        text: `Classes of ${name} are matched by name and numbered as in the weights: ${listed(classes)} (here ${listed(here)}).`,
      },
    ];
  });
}

/** @param isEncodable - set to 0 for rows with a value that has no code. [rows] */
function unseenNotes(
  column: Column,
  rows: readonly number[],
  fitted: FittedCategories,
  isEncodable: Uint8Array,
): Note[] {
  const { name, names, other, missing } = fitted;
  const codeOf = codesOfValues(column, fitted);
  const { counts, missing: missingCells } = countValues(column, rows);
  const unseen = column.values.filter((value, i) => !names.includes(value) && (counts[i] as number) > 0);
  const count = column.values.reduce(
    (n, value, i) => n + (unseen.includes(value) ? (counts[i] as number) : 0),
    0,
  );
  const notes: Note[] = [];
  if (count > 0) {
    const fate =
      other >= 0 ? `read as "${names[other]}"` : 'left out, because the weights have no place for them';
    notes.push({
      code: 'weights-unseen-categories',
      text: `${count} rows with categories of ${name} that the weights do not know (${listed(unseen)}) are ${fate}.`,
    });
  }
  if (missingCells > 0 && missing < 0) {
    notes.push({
      code: 'weights-unseen-categories',
      text: `${missingCells} rows without a value of ${name} are left out, because none was missing when the weights were trained.`,
    });
  }
  rows.forEach((row, position) => {
    const code = column.codes[row] as number;
    if ((code < 0 ? missing : (codeOf[code] as number)) < 0) isEncodable[position] = 0;
  });
  return notes;
}

/** The split without rows that the weights cannot encode. */
export function splitOf({ train, validation, test }: Split, isEncodable: Uint8Array): Split {
  const keep = (positions: Uint32Array) => positions.filter((position) => isEncodable[position] === 1);
  return { train: keep(train), validation: keep(validation), test: keep(test) };
}

/** Issues if the weights can encode too few rows. */
export function checkLeft({ train, validation, test }: Split): Issue[] {
  if (Math.min(train.length, validation.length, test.length) >= MIN_ROWS) return [];
  return [
    {
      path: 'weights, rows',
      expected: `at least ${MIN_ROWS} rows in each split whose categories the weights know`,
      got: `${train.length} training, ${validation.length} validation, ${test.length} test rows`,
      remedy: 'Rename the categories as they were in training, or give another table.',
    },
  ];
}
