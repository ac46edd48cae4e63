// A table from a file as a data source: columns typed, targets chosen, missing values handled, and every such step noted.
import type { ParamSpec, Params, TargetChoice } from '../config/params.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import type { TablePreview } from '../protocol.ts';
import { type Column, isIdentifier, previewColumns, readColumn, suggestTask } from './columns.ts';
import { encodeParams, fitStandardisation, IDENTITY, standardise } from './encode.ts';
import type { RawTable } from './formats/format.ts';
import { formatOf } from './formats/registry.ts';
import { correlations } from './relatedness.ts';
import type { DataPlan, DataSource, FileInput, ProgressSink, SourceRequest } from './source.ts';
import { checkSplit, splitParams, splitRows } from './split.ts';
import type { Dataset, FeatureMeta, Split, Standardisation, TaskMeta, TaskTypeId } from './table.ts';

const MISSING_CATEGORY = 'missing';
const OTHER_CATEGORY = 'other';
const MAX_TASKS = 32;

const dataParams: readonly ParamSpec[] = [
  {
    kind: 'text',
    key: 'file',
    label: 'File',
    help: 'A table with a header line: CSV with comma, semicolon, tab or bar between cells.',
    maxLength: 200,
    default: 'penguins.csv',
  },
  {
    kind: 'choice',
    key: 'missing',
    label: 'Missing',
    help: 'What happens to a missing number: replaced by the mean of the training rows, or its row dropped. A missing category is a category of its own either way.',
    control: 'segmented',
    options: [
      { value: 'mean', label: 'Mean' },
      { value: 'drop', label: 'Drop row' },
    ],
    default: 'mean',
  },
  {
    kind: 'number',
    key: 'rareBelow',
    label: 'Rare below',
    help: 'Categories with fewer training rows than this become one category "other"; 0 keeps them all.',
    integer: true,
    min: 0,
    max: 10000,
    step: 1,
    default: 0,
    control: 'box',
    advanced: true,
  },
  {
    kind: 'text',
    key: 'ignore',
    label: 'Ignore',
    help: 'Columns to leave out, separated by commas.',
    maxLength: 2000,
    default: '',
    advanced: true,
  },
  ...encodeParams,
  ...splitParams,
];

const taskParams: readonly ParamSpec[] = [
  {
    kind: 'targets',
    key: 'targets',
    label: 'Targets',
    help: 'The columns to predict and the type of each task.',
    default: [],
  },
];

interface ParsedTable {
  raw: RawTable;
  columns: Column[];
}

const parsed = new WeakMap<Uint8Array, ParsedTable>();

/** Parsed once per file, since planning asks for it at every keystroke. */
function parse(file: FileInput): ParsedTable {
  const known = parsed.get(file.bytes);
  if (known) return known;
  const raw = formatOf(file.name).read(file.bytes, file.name);
  const columns = raw.columns.map(({ name, cells }) => readColumn(name, cells));
  const table = { raw, columns };
  parsed.set(file.bytes, table);
  return table;
}

/** @throws WorkbenchError (file) */
export async function previewTable(file: FileInput): Promise<TablePreview> {
  const { raw, columns } = parse(file);
  return previewColumns(file.name, raw, columns);
}

interface Selection {
  targets: { column: Column; type: TaskTypeId }[];
  features: Column[];
  /** Rows of the file that are kept. */
  rows: number[];
  notes: string[];
}

const targetType = (column: Column, choice: TargetChoice): TaskTypeId | null => {
  if (choice.type !== 'auto') return choice.type;
  const suggestion = suggestTask(column);
  return 'type' in suggestion ? suggestion.type : null;
};

const ignoredNames = (data: Params) =>
  (data.ignore as string)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function check(request: SourceRequest): Issue[] {
  const { data, tasks, file } = request;
  if (!file) {
    return [
      {
        path: 'data.params.file',
        expected: `the contents of ${data.file || 'a file'}`,
        got: 'nothing',
        remedy: 'Choose a file, or one of the examples.',
      },
    ];
  }
  let table: ParsedTable;
  try {
    table = parse(file);
  } catch (error) {
    if (error instanceof WorkbenchError) return error.issues.map((i) => ({ ...i, path: `data.params.file, ${i.path}` }));
    throw error;
  }
  const issues = [...checkTargets(table, tasks.targets as TargetChoice[]), ...checkIgnored(table, data)];
  if (issues.length > 0) return issues;
  const { features, rows } = select(request, table);
  if (features.length === 0) {
    return [
      {
        path: 'tasks.targets',
        expected: 'at least one column left as a feature',
        got: 'none',
        remedy: 'Choose fewer targets, or ignore fewer columns.',
      },
    ];
  }
  return checkSplit(rows.length, data, 'data.params');
}

function checkIgnored({ columns }: ParsedTable, data: Params): Issue[] {
  return ignoredNames(data)
    .filter((name) => !columns.some((c) => c.name === name))
    .map((name) => ({
      path: 'data.params.ignore',
      expected: `columns out of ${columns.map((c) => c.name).join(', ')}`,
      got: name,
      remedy: 'Correct the name, or remove it.',
    }));
}

function checkTargets({ columns }: ParsedTable, targets: readonly TargetChoice[]): Issue[] {
  const names = columns.map((c) => c.name).join(', ');
  if (targets.length === 0) {
    return [
      {
        path: 'tasks.targets',
        expected: `at least one target out of ${names}`,
        got: 'none',
        remedy: 'Choose the columns to predict.',
      },
    ];
  }
  if (targets.length > MAX_TASKS) {
    return [
      {
        path: 'tasks.targets',
        expected: `at most ${MAX_TASKS} targets`,
        got: String(targets.length),
        remedy: 'Choose fewer columns.',
      },
    ];
  }
  return targets.flatMap((choice, i) => {
    const path = `tasks.targets[${i}]`;
    const column = columns.find((c) => c.name === choice.column);
    if (!column) {
      return [{ path, expected: `a column out of ${names}`, got: choice.column, remedy: 'Choose one of the columns.' }];
    }
    if (targets.findIndex((t) => t.column === choice.column) !== i) {
      return [{ path, expected: 'each column once', got: `${choice.column} twice`, remedy: 'Remove one of them.' }];
    }
    return checkTarget(column, choice, path);
  });
}

function checkTarget(column: Column, choice: TargetChoice, path: string): Issue[] {
  const suggestion = suggestTask(column);
  const type = targetType(column, choice);
  const refuse = (expected: string, got: string, remedy: string) => [{ path, expected, got, remedy }];
  if (!type || column.distinct.length < 2) {
    const got = 'reason' in suggestion ? suggestion.reason : 'only one value';
    return refuse(`a target ${column.name} with at least two values`, got, 'Choose another column.');
  }
  if (type === 'regression' && column.kind !== 'numeric') {
    return refuse(`numbers in ${column.name}`, `text such as "${column.distinct[0]}"`, 'Make it a binary or multiclass task.');
  }
  if (type === 'binary' && column.distinct.length !== 2) {
    return refuse(`two values in ${column.name}`, String(column.distinct.length), 'Make it multiclass or regression.');
  }
  if (type === 'multiclass' && (column.distinct.length < 3 || column.distinct.length > 50)) {
    return refuse(`3 to 50 classes in ${column.name}`, String(column.distinct.length), 'Choose another type of task.');
  }
  return [];
}

function select({ data, tasks }: SourceRequest, { raw, columns }: ParsedTable): Selection {
  const notes = [...raw.notes];
  const targets = (tasks.targets as TargetChoice[]).flatMap((choice) => {
    const column = columns.find((c) => c.name === choice.column);
    const type = column && targetType(column, choice);
    return column && type ? [{ column, type }] : [];
  });
  const ignored = new Set(ignoredNames(data));
  const features: Column[] = [];
  for (const column of columns) {
    if (ignored.has(column.name) || targets.some((t) => t.column === column)) continue;
    if (column.distinct.length < 2) notes.push(`Column ${column.name} is constant and left out.`);
    else if (isIdentifier(column)) {
      notes.push(`Column ${column.name} has ${column.distinct.length} different texts, looks like an identifier, and is left out.`);
    } else features.push(column);
  }
  // Categorical first, then numeric: the order of the tokens.
  features.sort((a, b) => Number(a.kind === 'numeric') - Number(b.kind === 'numeric'));

  const all = Array.from({ length: raw.rows }, (_, row) => row);
  const labelled = all.filter((row) => targets.every(({ column }) => column.texts[row] !== null));
  const unlabelled = all.length - labelled.length;
  if (unlabelled > 0) {
    notes.push(`${unlabelled} of ${all.length} rows miss a target and are dropped; a loss on part of the tasks is not supported.`);
  }
  const isComplete = (row: number) => features.every((c) => c.kind !== 'numeric' || !Number.isNaN(c.numbers[row]));
  const rows = data.missing === 'drop' ? labelled.filter(isComplete) : labelled;
  if (rows.length < labelled.length) {
    notes.push(`${labelled.length - rows.length} rows miss a number and are dropped.`);
  }
  return { targets, features, rows, notes };
}

function taskMeta({ column, type }: Selection['targets'][number]): TaskMeta {
  const base = { name: column.name, type, description: `column ${column.name}` };
  if (type === 'regression') return { ...base, outputs: 1 };
  return { ...base, outputs: type === 'binary' ? 1 : column.distinct.length, classes: column.distinct };
}

/** Codes of a categorical column; the categories are its values, "missing" and "other" only where they occur. */
function encodeCategories(column: Column, rows: readonly number[], train: Uint32Array, rareBelow: number) {
  const counts = new Map<string, number>();
  for (const position of train) {
    const text = column.texts[rows[position] as number] ?? MISSING_CATEGORY;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const isRare = (text: string) => rareBelow > 0 && (counts.get(text) ?? 0) < rareBelow;
  const merged = column.distinct.filter(isRare);
  const categories = column.distinct.filter((text) => !isRare(text));
  if (merged.length > 0) categories.push(OTHER_CATEGORY);
  if (rows.some((row) => column.texts[row] === null)) categories.push(MISSING_CATEGORY);
  const codeOf = new Map(categories.map((text, code) => [text, code]));
  const codes = Int32Array.from(rows, (row) => {
    const text = column.texts[row];
    if (text === null || text === undefined) return codeOf.get(MISSING_CATEGORY) ?? 0;
    return codeOf.get(text) ?? codeOf.get(OTHER_CATEGORY) ?? 0;
  });
  return { codes, categories, merged };
}

/** Numbers with missing ones replaced by the mean of the training rows. */
function imputeNumbers(column: Column, rows: readonly number[], train: Uint32Array) {
  const values = Float32Array.from(rows, (row) => column.numbers[row] as number);
  const known = train.filter((position) => !Number.isNaN(values[position]));
  const { mean } = known.length > 0 ? fitStandardisation(values, known) : IDENTITY;
  let imputed = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    values[i] = mean;
    imputed++;
  }
  return { values, imputed };
}

function plan(request: SourceRequest): DataPlan {
  const { features, targets, rows } = select(request, parse(request.file as FileInput));
  const split = splitRows(rows.length, request.data);
  return {
    rows: rows.length,
    features: features.map((column) => featureMeta(column, rows, split, request.data)),
    tasks: targets.map(taskMeta),
  };
}

function featureMeta(column: Column, rows: readonly number[], split: Split, data: Params): FeatureMeta {
  if (column.kind === 'numeric') return { name: column.name, kind: 'numeric', cardinality: 1 };
  const { categories } = encodeCategories(column, rows, split.train, data.rareBelow as number);
  return { name: column.name, kind: 'categorical', cardinality: categories.length, categories };
}

async function generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset> {
  const { data, file } = request;
  const table = parse(file as FileInput);
  const { targets, features, rows, notes } = select(request, table);
  const split = splitRows(rows.length, data);
  const categorical: Int32Array[] = [];
  const numeric: Float32Array[] = [];
  const featureScaling: Standardisation[] = [];
  for (const [i, column] of features.entries()) {
    await progress(i / features.length, 'Encoding columns');
    if (column.kind === 'categorical') {
      const { codes, merged } = encodeCategories(column, rows, split.train, data.rareBelow as number);
      if (merged.length > 0) notes.push(`${merged.length} rare categories of ${column.name} become "${OTHER_CATEGORY}".`);
      if (column.missing > 0) notes.push(`Missing values of ${column.name} are the category "${MISSING_CATEGORY}".`);
      categorical.push(codes);
    } else {
      const { values, imputed } = imputeNumbers(column, rows, split.train);
      if (imputed > 0) notes.push(`${imputed} missing values of ${column.name} are replaced by the mean of the training rows.`);
      const scaling = data.standardiseFeatures ? fitStandardisation(values, split.train) : IDENTITY;
      standardise(values, scaling);
      featureScaling.push(scaling);
      numeric.push(values);
    }
  }
  const targetScaling: (Standardisation | null)[] = [];
  const columns = targets.map(({ column, type }) => {
    if (type !== 'regression') {
      targetScaling.push(null);
      const codeOf = new Map(column.distinct.map((text, code) => [text, code]));
      return Float32Array.from(rows, (row) => codeOf.get(column.texts[row] as string) as number);
    }
    const values = Float32Array.from(rows, (row) => column.numbers[row] as number);
    const scaling = data.standardiseTargets ? fitStandardisation(values, split.train) : IDENTITY;
    standardise(values, scaling);
    targetScaling.push(scaling);
    return values;
  });
  if (targets.some((t) => t.type === 'multiclass')) {
    notes.push('The correlation of a multiclass label is that of its class numbers, in the order of their names.');
  }
  return {
    name: (file as FileInput).name,
    rows: rows.length,
    features: features.map((column) => featureMeta(column, rows, split, data)),
    categorical,
    numeric,
    tasks: targets.map(taskMeta),
    targets: columns,
    split,
    featureScaling,
    targetScaling,
    relatedness: {
      requestedCosine: null,
      smallestEigenvalue: null,
      closedForm: null,
      realised: correlations(columns, split.train),
    },
    notes,
  };
}

export const tableSource: DataSource = {
  id: 'table',
  label: 'Table (CSV)',
  summary: 'A table of your own, or one of the examples: choose the columns to predict.',
  citation: 'Example: Palmer penguins, Gorman, Williams and Fraser 2014',
  deviations: [],
  dataParams,
  taskParams,
  check,
  plan,
  generate,
};
