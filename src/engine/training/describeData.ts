// The data of an experiment as the Data tab shows it: columns, splits, and associations. Labels and features are compared on
// training rows only, so that choices of settings see nothing of the test split.
import type { Experiment } from '../config/experiment.ts';
import type { TableInput } from '../config/tableInput.ts';
import { formatIssue, WorkbenchError } from '../core/errors.ts';
import { associate, type Variable } from '../data/association.ts';
import { type Column, NO_CELLS, type ParsedTable, suggestTask } from '../data/columns.ts';
import { formatDate } from '../data/dates.ts';
import { restored } from '../data/encode.ts';
import { histogramOf } from '../data/histogram.ts';
import { inspectTable } from '../data/inspect.ts';
import { openRequest } from '../data/openRequest.ts';
import { type ProgressSink, UNWATCHED } from '../data/progress.ts';
import type { Dataset } from '../data/table.ts';
import type { DataDescription, DescribedColumn, NamedAssociation } from '../protocol/dataDescription.ts';
import { sourceOf } from './plan.ts';
import { summariseDataset } from './summary.ts';

const FIRST_ROWS = 8;
/** How many values of a column are offered as positive class. */
const LISTED_VALUES = 50;
const MAX_COMPARED_ROWS = 10_000;
const MAX_COMPARED_FEATURES = 500;
const STRONGEST = 8;

/** @throws WorkbenchError (file, config) if the data cannot be read, and what `progress` throws */
export async function describeData(
  experiment: Experiment,
  file: TableInput | undefined,
  progress: ProgressSink = UNWATCHED,
): Promise<DataDescription> {
  const { data, tasks } = experiment;
  const source = sourceOf(experiment);
  const { request, issues } = await openRequest(source, { data: data.params, tasks, file }, progress);
  const dataset = issues.length === 0 ? await source.generate(request, progress) : null;
  const table = request.table ?? (dataset && tableOf(dataset));
  if (!table) throw new WorkbenchError('config', issues.map(formatIssue).join('\n'), issues);
  const { columns, ...inspection } = inspectTable(table, data.params);
  const roles = rolesOf(dataset);
  const described: DescribedColumn[] = [];
  for (const [i, column] of table.columns.entries()) {
    await progress(i / table.columns.length, 'Describing columns');
    const suggestion = suggestTask(column);
    described.push({
      ...(columns[i] as (typeof columns)[number]),
      histogram: histogramOf(column),
      role: roles.get(column.name) ?? 'unused',
      ...('type' in suggestion
        ? { suggestedTask: suggestion.type }
        : { suggestedTask: null, notATask: suggestion.reason }),
      values: column.values.slice(0, LISTED_VALUES),
    });
  }
  return {
    source: source.id,
    name: table.name,
    table: inspection,
    columns: described,
    firstRows: firstRowsOf(table),
    dataset: dataset && summariseDataset(dataset, request.table !== undefined),
    issues,
    associations: dataset && (await associationsOf(dataset, progress)),
  };
}

function rolesOf(dataset: Dataset | null): ReadonlyMap<string, 'target' | 'feature'> {
  return new Map([
    ...(dataset?.features ?? []).map(({ name }) => [name, 'feature'] as const),
    ...(dataset?.tasks ?? []).map(({ name }) => [name, 'target'] as const),
  ]);
}

function firstRowsOf({ columns, rows }: ParsedTable): string[][] {
  const cell = ({ kind, numbers, codes, values }: Column, row: number): string => {
    if (kind === 'categorical') return values[codes[row] as number] ?? '';
    const value = numbers[row] as number;
    if (Number.isNaN(value)) return '';
    return kind === 'date' ? formatDate(value) : String(value);
  };
  return Array.from({ length: Math.min(rows, FIRST_ROWS) }, (_, row) => columns.map((c) => cell(c, row)));
}

/** Generated rows as a parsed table, so that both kinds are described alike. */
function tableOf(dataset: Dataset): ParsedTable {
  const { features, tasks, categorical, numeric, targets, targetScaling, featureScaling } = dataset;
  let [codes, numbers] = [0, 0];
  const columns = features.map(({ name, kind, categories = [] }): Column => {
    if (kind === 'categorical') return classColumn(name, categorical[codes++] ?? [], categories);
    const scaling = featureScaling[numbers];
    const values = Float64Array.from(numeric[numbers++] ?? [], (z) => (scaling ? restored(z, scaling) : z));
    return numberColumn(name, values);
  });
  for (const [t, { name, type, outputs, classes }] of tasks.entries()) {
    const labels = targets[t] ?? new Float32Array();
    const scaling = targetScaling[t];
    const names = classes ?? Array.from({ length: Math.max(2, outputs) }, (_, k) => String(k));
    columns.push(
      type === 'regression'
        ? numberColumn(
            name,
            Float64Array.from(labels, (z) => (scaling ? restored(z, scaling) : z)),
          )
        : classColumn(
            name,
            Int32Array.from(labels, (code) => (Number.isNaN(code) ? -1 : code)),
            names,
          ),
    );
  }
  return {
    name: dataset.name,
    format: 'generated',
    rows: dataset.rows,
    columns,
    dropped: [],
    firstRow: null,
    notes: dataset.notes,
  };
}

const GENERATED = {
  reason: 'it is generated',
  markers: [],
  isAsked: true,
  texts: NO_CELLS,
  beyond: NO_CELLS,
};

function numberColumn(name: string, numbers: Float64Array): Column {
  const missing = numbers.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  const different = new Set(numbers);
  different.delete(Number.NaN);
  return {
    ...GENERATED,
    name,
    kind: 'numeric',
    rows: numbers.length,
    missing,
    numbers,
    codes: new Int32Array(),
    distinct: different.size,
    values: [...different].slice(0, LISTED_VALUES).map(String),
  };
}

function classColumn(name: string, column: ArrayLike<number>, names: readonly string[]): Column {
  const codes = Int32Array.from(column);
  const different = new Set(codes);
  different.delete(-1);
  return {
    ...GENERATED,
    name,
    kind: 'categorical',
    rows: codes.length,
    missing: codes.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0),
    numbers: new Float64Array(),
    codes,
    distinct: different.size,
    values:
      names.length > 0
        ? [...names]
        : Array.from({ length: codes.reduce((a, b) => Math.max(a, b), 0) + 1 }, (_, k) => String(k)),
  };
}

async function associationsOf(
  dataset: Dataset,
  progress: ProgressSink,
): Promise<DataDescription['associations']> {
  const { train } = dataset.split;
  const count = Math.min(train.length, MAX_COMPARED_ROWS);
  const rows = Uint32Array.from(
    { length: count },
    (_, i) => train[Math.floor((i * train.length) / count)] as number,
  );
  const labels = dataset.tasks.map(
    ({ name, type }, t): Variable => ({
      name,
      kind: type === 'regression' ? 'numeric' : 'categorical',
      values: dataset.targets[t] ?? [],
    }),
  );
  const between = (a: Variable, b: Variable): NamedAssociation => ({
    a: a.name,
    b: b.name,
    ...associate(a, b, rows),
  });
  const features = variablesOf(dataset).slice(0, MAX_COMPARED_FEATURES);
  const strongest: NamedAssociation[][] = [];
  for (const [t, label] of labels.entries()) {
    const all: NamedAssociation[] = [];
    for (const feature of features) {
      await progress(t / labels.length, 'Comparing features and labels');
      all.push(between(feature, label));
    }
    const known = all.filter(({ value }) => !Number.isNaN(value));
    strongest.push(known.sort((a, b) => strengthOf(b) - strengthOf(a)).slice(0, STRONGEST));
  }
  return {
    rows: count,
    labels: labels.flatMap((a, i) => labels.slice(i + 1).map((b) => between(a, b))),
    features: strongest,
    comparedFeatures: features.length,
  };
}

/** A curved relation counts by its rank correlation. */
const strengthOf = ({ value, spearman = 0 }: NamedAssociation) =>
  Math.max(Math.abs(value), Math.abs(spearman));

/** Features before imputation of missing numbers. */
function variablesOf({ features, categorical, numeric, missing }: Dataset): Variable[] {
  let [codes, numbers] = [0, 0];
  return features.map(({ name, kind }): Variable => {
    if (kind === 'categorical') return { name, kind, values: categorical[codes++] ?? [] };
    const gaps = missing[numbers];
    const values = numeric[numbers++] ?? new Float32Array();
    return {
      name,
      kind,
      values: gaps ? values.map((z, row) => (gaps[row] === 1 ? Number.NaN : z)) : values,
    };
  });
}
