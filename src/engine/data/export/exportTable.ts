// The prepared table as files for other tools: encoded, scaled and split as in a run of the workbench.
import { type CsvValue, csvCell } from '../../core/csv.ts';
import { newId } from '../../core/newId.ts';
import type { Dataset, Split } from '../table.ts';

/** Group names of the reference code's HDF5. */
const GROUPS: readonly [name: string, split: keyof Split][] = [
  ['train', 'train'],
  ['val', 'validation'],
  ['test', 'test'],
];

const categoricalOf = ({ features }: Dataset) => features.filter((feature) => feature.kind === 'categorical');
const numericOf = ({ features }: Dataset) => features.filter((feature) => feature.kind === 'numeric');

/** Features by row, as [rows, columns] row-major. */
function table<T extends Int32Array | Float32Array>(columns: readonly T[], rows: Uint32Array, into: T): T {
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      into[r * columns.length + c] = column[row] as number;
    });
  });
  return into;
}

/** A valid HDF5 dataset name: a slash would begin a group. */
export const datasetName = (task: string): string => task.replaceAll('/', '_');

/**
 * The HDF5 layout of the reference code: groups train, val and test, each with features_categorical (codes), features_numerical
 * (scaled as for training) and a dataset per task (standardised values, or classes; NaN where a label is missing).
 */
export async function toHdf5(data: Dataset): Promise<Uint8Array> {
  const { File, ready } = await import('h5wasm');
  const { FS } = await ready;
  const path = `export-${newId()}.h5`;
  const file = new File(path, 'w');
  for (const [name, part] of GROUPS) {
    const rows = data.split[part];
    const group = file.create_group(name);
    const { categorical, numeric } = data;
    if (categorical.length > 0)
      group.create_dataset({
        name: 'features_categorical',
        data: table(categorical, rows, new Int32Array(rows.length * categorical.length)),
        shape: [rows.length, categorical.length],
      });
    if (numeric.length > 0)
      group.create_dataset({
        name: 'features_numerical',
        data: table(numeric, rows, new Float32Array(rows.length * numeric.length)),
        shape: [rows.length, numeric.length],
      });
    data.tasks.forEach((task, t) => {
      const labels = data.targets[t] as Float32Array;
      group.create_dataset({
        name: datasetName(task.name),
        data: Float32Array.from(rows, (row) => labels[row] as number),
        shape: [rows.length],
      });
    });
  }
  file.close();
  const bytes = FS.readFile(path);
  FS.unlink(path);
  return bytes;
}

/** One CSV row per row of the table, ordered by split: split, categories and classes by name, scaled numbers. */
export function toSplitCsv(data: Dataset): string {
  const categorical = categoricalOf(data);
  const numeric = numericOf(data);
  const header = ['split', ...data.features.map((f) => f.name), ...data.tasks.map((t) => t.name)];
  const line = (cells: readonly CsvValue[]) => `${cells.map(csvCell).join(',')}\r\n`;
  const lines = [line(header)];
  for (const [name, part] of GROUPS) {
    for (const row of data.split[part]) {
      lines.push(
        line([
          name,
          ...categorical.map(
            (feature, c) => feature.categories?.[data.categorical[c]?.[row] as number] ?? '',
          ),
          ...numeric.map((_, c) => data.numeric[c]?.[row] as number),
          ...data.tasks.map((task, t) => {
            const label = data.targets[t]?.[row] as number;
            return Number.isNaN(label) ? null : (task.classes?.[label] ?? label);
          }),
        ]),
      );
    }
  }
  return lines.join('');
}

/** The same columns in Parquet: text for split, categories and classes, floats for numbers; null where a label is missing. */
export async function toParquet(data: Dataset): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const order = GROUPS.flatMap(([name, part]) => Array.from(data.split[part], (row) => ({ name, row })));
  const column = (name: string, type: 'STRING' | 'FLOAT', of: (row: number) => string | number | null) => ({
    name,
    type,
    nullable: true,
    data: order.map(({ row }) => of(row)),
  });
  const columnData = [
    { name: 'split', type: 'STRING' as const, data: order.map(({ name }) => name) },
    ...categoricalOf(data).map(({ name, categories }, c) =>
      column(name, 'STRING', (row) => categories?.[data.categorical[c]?.[row] as number] ?? null),
    ),
    ...numericOf(data).map(({ name }, c) => column(name, 'FLOAT', (row) => data.numeric[c]?.[row] as number)),
    ...data.tasks.map(({ name, classes }, t) =>
      column(name, classes ? 'STRING' : 'FLOAT', (row) => {
        const label = data.targets[t]?.[row] as number;
        return Number.isNaN(label) ? null : (classes?.[label] ?? label);
      }),
    ),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** Describes the columns of an export, as JSON to be written beside it. */
export function exportSettings(data: Dataset, experiment: unknown) {
  return {
    experiment,
    features: data.features,
    featureScaling: data.featureScaling,
    tasks: data.tasks.map((task, t) => ({
      ...task,
      dataset: datasetName(task.name),
      scaling: data.targetScaling[t],
    })),
    rows: { train: data.split.train.length, val: data.split.validation.length, test: data.split.test.length },
    notes: data.notes,
  };
}

/** Python code that reads the export as PyTorch tensors. */
export function pythonSnippet(file: string, data: Dataset): string {
  const tasks = data.tasks.map((task) => datasetName(task.name));
  const reader = /\.csv$/i.test(file) ? 'read_csv' : 'read_parquet';
  if (/\.(csv|parquet)$/i.test(file))
    return `import pandas as pd

table = pd.${reader}(${JSON.stringify(file)})
train, val, test = (table[table["split"] == part].drop(columns="split") for part in ("train", "val", "test"))
labels = train[${JSON.stringify(data.tasks.map((task) => task.name))}]`;
  return `import h5py
import torch

def load(part):
    with h5py.File(${JSON.stringify(file)}) as f:
        return {key: torch.from_numpy(f[part][key][()]) for key in f[part]}

train, val, test = load("train"), load("val"), load("test")
features = [train[key] for key in ("features_categorical", "features_numerical") if key in train]
labels = {task: train[task] for task in ${JSON.stringify(tasks)}}`;
}
