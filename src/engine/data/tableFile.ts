// A file as typed columns. Parsing is the expensive part of planning, and planning happens at every edit, so the last file is
// cached: by the id that all copies of an input share, and by its reading settings.
import { defaultsOf, type Params } from '../config/params.ts';
import type { SplitFile, TableInput } from '../config/tableInput.ts';
import { shortNote } from '../core/notes.ts';
import { type Column, type ParsedTable, previewColumn } from './columns.ts';
import type { LayoutSettings, ReaderColumn, TableReader, TableSchema } from './formats/format.ts';
import { formatOf } from './formats/formatOf.ts';
import { checkLimits, plain, refuse } from './formats/limits.ts';
import { chooseOf, columnToSampleBy, pickRows, sampleNote } from './formats/sampling.ts';
import { unpack } from './formats/unpack.ts';
import { positiveClass } from './positive.ts';
import { fromPrepared, type PreparedTable, preparedKey, toPrepared } from './prepared.ts';
import type { ColumnPreview, TablePreview } from './preview.ts';
import { type ProgressSink, shareOfReading, UNWATCHED } from './progress.ts';
import { readingColumns } from './readColumns.ts';
import { type ReadingSettings, readingKey, readingParams, readingSettings } from './reading.ts';
import { joinSplits, readLike, type SplitTable, splitFilesOf } from './splitFiles.ts';
import { cutDatesNote, isOtherType, textOf, typedColumn } from './typedColumns.ts';

interface KeptTable {
  file: Pick<TableInput, 'id' | 'name'>;
  key: string;
  table: Promise<ParsedTable>;
}

let last: KeptTable | null = null;

const keeps = (kept: KeptTable | null, { id, name }: TableInput, key: string): kept is KeptTable =>
  kept !== null && kept.key === key && kept.file.id === id && kept.file.name === name;

/**
 * @param data - settings of a table source; missing reading settings take their defaults
 * @throws WorkbenchError (file), and what `progress` throws
 */
export async function parseTable(
  file: TableInput,
  data: Params = {},
  progress: ProgressSink = UNWATCHED,
): Promise<ParsedTable> {
  const params = { ...defaultsOf(readingParams), ...data };
  const key = readingKey(params);
  while (keeps(last, file, key)) {
    const { table } = last;
    try {
      return await table;
    } catch {
      // The first caller may have cancelled; the file is read again for this one.
      forget(table);
    }
  }
  const table = preparedOf(file, params).then((prepared) => prepared ?? readAll(file, params, progress));
  last = { file: { id: file.id, name: file.name }, key, table };
  table.catch(() => forget(table));
  return table;
}

function forget(table: Promise<ParsedTable>): void {
  if (last?.table === table) last = null;
}

/** The columns of an earlier visit, if they were read with these settings. */
async function preparedOf({ prepared }: TableInput, params: Params): Promise<ParsedTable | null> {
  if (prepared?.key !== preparedKey(params)) return null;
  // If the browser lost or truncated them, the file is read again.
  return fromPrepared(prepared.blob).catch(() => null);
}

/** The columns in the form that is kept for later visits. */
export async function prepareTable(
  file: TableInput,
  data: Params = {},
  progress: ProgressSink = UNWATCHED,
): Promise<PreparedTable> {
  return { key: preparedKey(data), blob: toPrepared(await parseTable(file, data, progress)) };
}

/** The table, with the rows of the files that splits have of their own behind its own. */
async function readAll(file: TableInput, params: Params, progress: ProgressSink): Promise<ParsedTable> {
  const files = splitFilesOf(file, params);
  const settings = readingSettings(params);
  if (files.length === 0) return read(file, settings, progress);
  const total = [file, ...files].reduce((sum, { blob }) => sum + blob.size, 0) || 1;
  let before = 0;
  const next = (given: SplitFile, how: ReadingSettings) => {
    const [start, share] = [before / total, given.blob.size / total];
    before += given.blob.size;
    return read(given, how, (fraction, phase) =>
      progress(start + share * shareOfReading(fraction, phase), `${phase}: ${given.name}`),
    );
  };
  const table = await next(file, settings);
  const others: SplitTable[] = [];
  for (const { split, ...given } of files)
    others.push({ split, table: await next(given, readLike(table, settings)) });
  const joined = joinSplits(table, others, settings);
  checkLimits(joined.columns.length, joined.rows, file.name);
  return joined;
}

/** Longer names come from a file that was cut in the wrong places. */
const MAX_NAME = 1_000;

async function read(
  { name, blob }: SplitFile,
  settings: ReadingSettings,
  progress: ProgressSink,
): Promise<ParsedTable> {
  const inner = await unpack(blob, name, progress);
  const { format, notes: ofFormat } = await formatOf(inner.blob, inner.name, inner.kind);
  const reader = await format.open(inner.blob, inner.name, settings.layout, progress);
  const schema = reader.schema();
  const { columns: names, firstRow, hasSemicolons, notes, dropped = [] } = schema;
  const long = names.find((column) => column.length > MAX_NAME);
  if (long !== undefined)
    throw refuse(
      `${name}, names of columns`,
      `at most ${plain(MAX_NAME)} characters each`,
      long,
      'Shorten it. If the first line of the file holds values and not names, set data.header to none.',
    );
  const isToSample = !schema.isSampled && settings.layout.sample !== 'all';
  checkLimits(names.length, schema.rows, name, isToSample ? settings.layout : undefined);
  const chosen = isToSample ? await chosenRows(reader, schema, settings.layout, name, progress) : null;
  const given = await columnsOf(reader, names, chosen, progress);
  const rows = chosen?.length ?? schema.rows;
  const split = chosen && schema.split ? chosen.map((row) => schema.split?.[row] as number) : schema.split;
  const typed = new Map<string, Column>();
  const texts = given.flatMap((column) => {
    if (column.kind === 'text') return [column];
    const asked = settings.types.get(column.name);
    if (isOtherType(column, asked)) return [textOf(column)];
    typed.set(column.name, typedColumn(column, asked));
    notes.push(...cutDatesNote(column));
    return [];
  });
  const steps = readingColumns({ columns: texts, hasSemicolons }, settings);
  let step = steps.next();
  while (!step.done) {
    await progress(step.value, 'Understanding columns');
    step = steps.next();
  }
  const interpreted = step.value;
  for (const column of interpreted.columns) typed.set(column.name, column);
  return {
    name,
    format: format.id,
    dropped,
    split: split && Uint8Array.from(split),
    rows,
    columns: names.map((column) => {
      const found = typed.get(column) as Column;
      return settings.types.get(column) === 'ignore' ? { ...found, isAsked: false, isIgnored: true } : found;
    }),
    firstRow,
    notes: [...inner.notes, ...ofFormat, ...notes, ...interpreted.notes].map(shortNote),
  };
}

/** The rows of a sample, chosen before the columns are read. */
async function chosenRows(
  reader: TableReader,
  { columns, rows, notes }: TableSchema,
  layout: LayoutSettings,
  file: string,
  progress: ProgressSink,
): Promise<Uint32Array> {
  const chosen = await chooseOf(rows, layout, () =>
    reader.column(columns[columnToSampleBy(columns, layout.sampleBy, file)] as string, progress),
  );
  notes.push(sampleNote(layout, chosen.length, rows));
  return chosen;
}

/**
 * Reads columns one after the other, each with its share of the progress.
 * @param rows - those that are kept of each before the next is read; null for all
 */
async function columnsOf(
  reader: TableReader,
  names: readonly string[],
  rows: Uint32Array | null,
  progress: ProgressSink,
): Promise<ReaderColumn[]> {
  const columns: ReaderColumn[] = [];
  for (const [i, name] of names.entries()) {
    const share = (fraction: number) => (i + fraction) / names.length;
    const told: ProgressSink = (fraction, phase) => progress(share(fraction), phase);
    if (!rows) columns.push(await reader.column(name, told));
    else if (reader.someOf) columns.push(await reader.someOf(name, rows, told));
    else columns.push(...pickRows([await reader.column(name, told)], rows));
    await progress(share(1), 'reading columns');
  }
  return columns;
}

const previewed = (column: Column): ColumnPreview =>
  column.distinct === 2
    ? { ...previewColumn(column), positive: positiveClass(column).positive }
    : previewColumn(column);

/** @throws WorkbenchError (file), and what `progress` throws */
export async function previewTable(
  file: TableInput,
  data: Params = {},
  progress: ProgressSink = UNWATCHED,
): Promise<TablePreview> {
  const { rows, columns, notes } = await parseTable(file, data, progress);
  return { name: file.name, rows, columns: columns.map(previewed), notes };
}
