// Reports of the page: the runs of a sweep, or the compared ones, as one HTML page to save. Loaded on demand.
import type { Catalog } from '../../../engine/config/catalog.ts';
import { isWorkbenchAddress, type ReportInput, sweepReport } from '../../../engine/report/report.ts';
import type { Cell } from '../../../engine/sweeps/expand.ts';
import { parseSweep } from '../../../engine/sweeps/parse.ts';
import { recordOf } from '../../../engine/sweeps/record.ts';
import { valueAt } from '../../../engine/sweeps/settings.ts';
import { type Settings, SWEEP_VERSION, type Sweep } from '../../../engine/sweeps/sweep.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { runIdOf } from '../../../store/sweeps/runIds.ts';
import type { Expanded, SweepItem } from '../../../store/sweeps/sweepItem.ts';
import type { Group, SettingColumn } from './compare.ts';

type ReadRecords = (runIds: readonly string[]) => Promise<RunRecord[]>;

/** The address that a report links to; null if the page was not opened from a server. */
function workbench(): string | null {
  const address = `${location.origin}${location.pathname}`;
  return isWorkbenchAddress(address) ? address : null;
}

/** Results and times of the ended records, by the cells that they belong to. */
function resultsOf(records: readonly RunRecord[], cellOf: (record: RunRecord) => string | undefined) {
  const results: ReportInput['results'][number][] = [];
  const times: ReportInput['times'][number][] = [];
  for (const record of records) {
    const cell = cellOf(record);
    if (!record.result || cell === undefined) continue;
    results.push({ cell, result: record.result });
    const seed = record.experiment.seed;
    // Imported runs may lack their times.
    if (record.result.elapsedMs > 0)
      times.push(recordOf({ id: record.runId, cell, seed }, record.result, '').times);
  }
  return { results, times };
}

/** @returns the page as text */
export async function reportOfSweep(
  { id, sweep }: Pick<SweepItem, 'id' | 'sweep'>,
  { cells, runs }: Pick<Expanded, 'cells' | 'runs'>,
  catalog: Catalog,
  readRecords: ReadRecords,
): Promise<string> {
  const cellOf = new Map(runs.map((run) => [runIdOf(id, run), run.cell]));
  const records = await readRecords([...cellOf.keys()]);
  return sweepReport({
    sweep,
    cells: sweep.design.kind === 'halving' ? cells.map(withBudgetInName) : cells,
    ...resultsOf(records, ({ runId }) => cellOf.get(runId)),
    catalog,
    workbench: workbench(),
  });
}

/** A report has one label per axis; the budget is appended to the last. */
function withBudgetInName({ labels, ...cell }: Cell): Cell {
  const [last = '', budget = ''] = labels.slice(-2);
  return { ...cell, labels: [...labels.slice(0, -2), `${last} (budget ${budget})`] };
}

/** Groups of runs as cells of one axis; as a repeatable sweep if each of them has its own settings. */
export function sweepOfGroups(
  groups: readonly Group[],
  columns: readonly SettingColumn[],
  catalog: Catalog,
): { sweep: Sweep; cells: Cell[]; isLoose: boolean } {
  const first = groups[0]?.runs[0];
  if (!first)
    throw new Error('reportOfRuns: expected runs that were chosen, got none. Choose some in the list.');
  const cells = groups.map(({ id, label, runs }): Cell => {
    const { experiment } = runs[0] ?? first;
    const settings: Settings = {};
    for (const { key } of columns) {
      const value = valueAt(experiment, key);
      if (value !== undefined) settings[key] = value;
    }
    return { id, labels: [label], settings, experiment };
  });
  const seeds = [...new Set(groups.flatMap(({ runs }) => runs.flatMap((run) => run.seeds)))].sort(
    (a, b) => a - b,
  );
  const sweep: Sweep = {
    version: SWEEP_VERSION,
    label: groups.length === 1 ? (groups[0]?.label ?? 'Runs') : 'Runs side by side',
    base: { ...first.experiment, seed: seeds[0] ?? 0, repeats: 1 },
    axes: [
      {
        label: 'Runs',
        options: cells.map(({ labels, settings }) => ({
          label: (labels[0] ?? '').slice(0, 80),
          set: settings,
        })),
      },
    ],
    design: { kind: 'grid' },
    seeds,
  };
  const isSeveral = groups.some(({ settings }) => settings.includes('several'));
  return { sweep, cells, isLoose: isSeveral || parseSweep(sweep, catalog).issues.length > 0 };
}

/** @returns the page as text */
export async function reportOfRuns(
  groups: readonly Group[],
  columns: readonly SettingColumn[],
  catalog: Catalog,
  readRecords: ReadRecords,
): Promise<string> {
  const cellOf = new Map(groups.flatMap(({ id, runs }) => runs.map(({ runId }) => [runId, id] as const)));
  const records = await readRecords([...cellOf.keys()]);
  return sweepReport({
    ...sweepOfGroups(groups, columns, catalog),
    ...resultsOf(records, ({ runId }) => cellOf.get(runId)),
    catalog,
    workbench: workbench(),
  });
}
