// The table of a sweep that comes from elsewhere: looked for by its name, and told from another of that name by its rows, so that runs
// that are left train on the rows that those before had, or not at all.
import { fileNameOf, type TableInput, tableInput } from '../../engine/config/tableInput.ts';
import type { DatasetSummary } from '../../engine/protocol/data.ts';
import type { Context } from '../context.ts';
import type { RunRecord } from '../runRecord.ts';
import { sweepOfRun } from './runIds.ts';
import type { SweepItem } from './sweepItem.ts';

/** One of both, or neither where the sweep needs no file. */
export interface FoundTable {
  file?: TableInput;
  /** Why there is none, and what to do. */
  tableNote?: string;
}

const REMEDY = 'Open the right one on the Data tab, then press Go on.';

/** Where no run has finished, the name alone decides. */
export async function findTable(context: Context, { id, sweep }: SweepItem): Promise<FoundTable> {
  const name = fileNameOf(sweep.base, context.get().catalog);
  if (name === null) return {};
  const trained = await finishedRun(context, id);
  let reason: string | null = null;
  for await (const file of candidates(context, name, trained)) {
    const difference = trained?.dataset ? await differenceOf(context, file, trained, trained.dataset) : null;
    if (difference === null) return { file };
    reason ??= `${name} is not the table that the other runs were trained on: ${difference}.`;
  }
  return { tableNote: `${reason ?? `${name}, the table of these runs, is not here.`} ${REMEDY}` };
}

async function finishedRun({ get, env }: Context, id: string): Promise<RunRecord | null> {
  for (const { runId, status } of get().kept ?? [])
    if (status === 'finished' && sweepOfRun(runId) === id) {
      const run = await env.runs.get(runId);
      if (run?.dataset) return run;
    }
  return null;
}

/** All of that name: the open one, the one that the browser keeps, the one that came with the weights of a run, the example. */
async function* candidates(
  { get, env }: Context,
  name: string,
  trained: RunRecord | null,
): AsyncGenerator<TableInput> {
  const { file } = get();
  if (file?.name === name) yield file;
  const kept = await env.tables.open(name).catch(() => null);
  if (kept) yield kept;
  const networks = trained && (await env.runs.getNetworks(trained.runId).catch(() => null));
  if (networks?.file?.name === name) yield networks.file;
  const example = await env.fetchFile(`data/${encodeURIComponent(name)}`).catch(() => null);
  if (example) yield tableInput(name, new Blob([example]));
}

/** What tells the file from the table of the run, as the end of a sentence; null where it is that table. */
async function differenceOf(
  { pool }: Context,
  file: TableInput,
  { experiment }: RunRecord,
  had: DatasetSummary,
): Promise<string | null> {
  try {
    const { description } = await pool.ask({ type: 'describe-data', experiment, file });
    const { dataset, issues } = description;
    return dataset ? tableDifference(had, dataset) : issues.map(({ got }) => got).join('; ');
  } catch (error) {
    return (error as { message: string }).message.replace(/\.$/, '');
  }
}

const columnsOf = ({ features, tasks }: DatasetSummary) => [...features, ...tasks].map(({ name }) => name);

/** @param had - of a version without fingerprints it is compared by its labels */
export function tableDifference(had: DatasetSummary, found: DatasetSummary): string | null {
  if (had.rows !== found.rows) return `expected ${had.rows} rows, got ${found.rows}`;
  const [wanted, own] = [columnsOf(had), columnsOf(found)];
  const missing = wanted.filter((name) => !own.includes(name));
  if (missing.length > 0) return `expected a column ${missing.join(', ')}, got none of that name`;
  const more = own.filter((name) => !wanted.includes(name));
  if (more.length > 0) return `expected no column ${more.join(', ')}, got one`;
  const contentOf = (of: DatasetSummary) =>
    had.fingerprint === undefined
      ? JSON.stringify([of.split, of.targetScaling, of.classCounts])
      : of.fingerprint;
  return contentOf(had) === contentOf(found) ? null : 'expected the same values, got others';
}
