// A table from a file as a data source: columns typed, targets chosen, missing values handled, and every such step noted.
import { formatNames, QUOTING_HELP } from '../config/names.ts';
import type { ParamSpec, Params, TargetChoice } from '../config/params.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { checkCells } from './checkCells.ts';
import { type Column, classCodes, isIdentifier, isMissing } from './columns.ts';
import { encodeParams, fitStandardisation, IDENTITY, standardise } from './encode.ts';
import { checkReadingLists, checkReadingNames, columnList, readingParams } from './reading.ts';
import { correlations } from './relatedness.ts';
import type { DataPlan, DataSource, FileInput, ProgressSink, SourceRequest } from './source.ts';
import { checkSplit, splitParams, splitRows } from './split.ts';
import type { Dataset, FeatureMeta, Split, Standardisation, TaskMeta } from './table.ts';
import { type Categories, encodeCategories, fitCategories, imputeNumbers } from './tableEncode.ts';
import { type ParsedTable, parseTable } from './tableFile.ts';
import { checkTargets, checkVariation, resolveTargets, type Target } from './tableTargets.ts';

export { previewTable } from './tableFile.ts';

const dataParams: readonly ParamSpec[] = [
  {
    kind: 'text',
    key: 'file',
    label: 'File',
    help: 'A table as text: CSV with comma, semicolon, tab or bar between cells.',
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
    help: `Columns to leave out, separated by commas. ${QUOTING_HELP}`,
    maxLength: 2000,
    default: '',
    advanced: true,
  },
  ...readingParams,
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

interface Selection {
  targets: Target[];
  /** Categorical first, then numeric: the order of the tokens. */
  features: Column[];
  /** Rows of the file that are kept. */
  rows: number[];
  notes: Note[];
}

const ignoredNames = (data: Params) => columnList(data, 'ignore') ?? [];

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
  const lists = checkReadingLists(data);
  if (lists.length > 0) return lists;
  let table: ParsedTable;
  try {
    table = parseTable(file, data);
  } catch (error) {
    if (error instanceof WorkbenchError)
      return error.issues.map((i) => ({ ...i, path: `data.params.file, ${i.path}` }));
    throw error;
  }
  const choices = tasks.targets as TargetChoice[];
  const names = table.columns.map((c) => c.name);
  const issues = [
    ...checkReadingNames(data, names),
    ...checkTargets(table, choices),
    ...checkIgnored(table, data, choices),
  ];
  if (issues.length > 0) return issues;
  const { features, rows, targets } = select(request, table);
  const cells = checkCells([...targets.map((t) => t.column), ...features], table.name);
  if (cells.length > 0) return cells;
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
  const sizes = checkSplit(rows.length, data, 'data.params');
  return sizes.length > 0 ? sizes : checkVariation(targets, rows);
}

function checkIgnored({ columns }: ParsedTable, data: Params, choices: readonly TargetChoice[]): Issue[] {
  const free = columns.map((c) => c.name).filter((name) => !choices.some((c) => c.column === name));
  const refuse = (got: string) => ({
    path: 'data.params.ignore',
    expected: `columns out of ${formatNames(free)}`,
    got,
    remedy: `Correct the name, or remove it. ${QUOTING_HELP}`,
  });
  const ignored = columnList(data, 'ignore');
  if (!ignored) return [refuse(String(data.ignore))];
  return ignored
    .filter((name) => !free.includes(name))
    .map((name) => refuse(choices.some((c) => c.column === name) ? `${name}, which is a target` : name));
}

function select({ data, tasks }: SourceRequest, table: ParsedTable): Selection {
  const { columns } = table;
  const notes = [...table.notes];
  const targets = resolveTargets(columns, tasks.targets as TargetChoice[]);
  const ignored = new Set(ignoredNames(data));
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
  if (ignored.size > 0)
    notes.push({ code: 'left-out-as-asked', text: `Left out as asked: ${formatNames([...ignored])}.` });
  features.sort((a, b) => Number(a.kind === 'numeric') - Number(b.kind === 'numeric'));

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

function taskMeta({ column, type }: Target): TaskMeta {
  const base = { name: column.name, type, description: `column ${column.name}` };
  if (type === 'regression') return { ...base, outputs: 1 };
  return { ...base, outputs: type === 'binary' ? 1 : column.distinct, classes: column.values };
}

/** Categories per feature, null for numeric ones. */
function fitFeatures({ features, rows }: Selection, { train }: Split, data: Params): (Categories | null)[] {
  return features.map((column) =>
    column.kind === 'numeric' ? null : fitCategories(column, rows, train, data.rareBelow as number),
  );
}

function featureMeta({ name }: Column, categories: Categories | null): FeatureMeta {
  if (!categories) return { name, kind: 'numeric', cardinality: 1 };
  return { name, kind: 'categorical', cardinality: categories.names.length, categories: categories.names };
}

function plan(request: SourceRequest): DataPlan {
  const selection = select(request, parseTable(request.file as FileInput, request.data));
  const { features, targets, rows } = selection;
  const fitted = fitFeatures(selection, splitRows(rows.length, request.data), request.data);
  return {
    rows: rows.length,
    features: features.map((column, i) => featureMeta(column, fitted[i] ?? null)),
    tasks: targets.map(taskMeta),
  };
}

function categoryNotes({ name }: Column, { merged, missingCode, untrained, names }: Categories): Note[] {
  const notes: Note[] = [];
  if (merged > 0)
    notes.push({
      code: 'rare-categories-merged',
      text: `${merged} rare categories of ${name} are merged into one.`,
    });
  if (missingCode >= 0)
    notes.push({
      code: 'missing-is-category',
      text: `Missing values of ${name} are the category "${names[missingCode]}".`,
    });
  if (untrained > 0) {
    notes.push({
      code: 'categories-without-training-rows',
      text: `${untrained} categories of ${name} occur in no training row, so nothing is learnt about them.`,
    });
  }
  return notes;
}

/** Labels of a task in the kept rows, standardised in place where that is asked for. */
function encodeTarget(
  { column, type }: Target,
  rows: readonly number[],
  train: Uint32Array,
  isStandardised: boolean,
) {
  if (type !== 'regression') {
    const codes = classCodes(column);
    return { values: Float32Array.from(rows, (row) => codes[row] as number), scaling: null };
  }
  const values = Float32Array.from(rows, (row) => column.numbers[row] as number);
  const scaling = isStandardised ? fitStandardisation(values, train) : IDENTITY;
  standardise(values, scaling);
  return { values, scaling };
}

async function generate(request: SourceRequest, progress: ProgressSink): Promise<Dataset> {
  const { data } = request;
  const file = request.file as FileInput;
  const selection = select(request, parseTable(file, data));
  const { targets, features, rows, notes } = selection;
  const split = splitRows(rows.length, data);
  const fitted = fitFeatures(selection, split, data);
  const categorical: Int32Array[] = [];
  const numeric: Float32Array[] = [];
  const missing: (Uint8Array | null)[] = [];
  const featureScaling: Standardisation[] = [];
  for (const [i, column] of features.entries()) {
    await progress(i / features.length, 'Encoding columns');
    const categories = fitted[i];
    if (categories) {
      notes.push(...categoryNotes(column, categories));
      categorical.push(encodeCategories(column, rows, categories));
      continue;
    }
    const { values, missing: cells, imputed } = imputeNumbers(column, rows, split.train);
    if (imputed > 0) {
      notes.push({
        code: 'missing-replaced-by-mean',
        text: `${imputed} missing values of ${column.name} are replaced by the mean of the training rows.`,
      });
    }
    const scaling = data.standardiseFeatures ? fitStandardisation(values, split.train) : IDENTITY;
    standardise(values, scaling);
    featureScaling.push(scaling);
    numeric.push(values);
    missing.push(cells);
  }
  await progress(1, 'Encoding targets');
  const labels = targets.map((t) => encodeTarget(t, rows, split.train, data.standardiseTargets as boolean));
  const columns = labels.map((l) => l.values);
  if (targets.some((t) => t.type === 'multiclass')) {
    notes.push({
      code: 'multiclass-correlation-of-class-numbers',
      text: 'The correlation of a multiclass label is that of its class numbers, in the order of their names.',
    });
  }
  return {
    name: file.name,
    rows: rows.length,
    features: features.map((column, i) => featureMeta(column, fitted[i] ?? null)),
    categorical,
    numeric,
    missing,
    tasks: targets.map(taskMeta),
    targets: columns,
    split,
    featureScaling,
    targetScaling: labels.map((l) => l.scaling),
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
