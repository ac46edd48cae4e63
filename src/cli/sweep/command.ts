// `multitab sweep` and `multitab merge`.
import { availableParallelism } from 'node:os';
import { catalog } from '../../engine/catalog.ts';
import { formatIssue, type Issue, visible, WorkbenchError } from '../../engine/core/errors.ts';
import type { CellResult } from '../../engine/sweeps/aggregate.ts';
import {
  type Cell,
  expandCells,
  experimentOf,
  isSameExperiment,
  runsOf,
  type SweepRun,
  shardOf,
  sweepId,
} from '../../engine/sweeps/expand.ts';
import { cellsEver, countHalvingRuns, isHalvingDone, rungsOf } from '../../engine/sweeps/halving.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { rankIn } from '../../engine/sweeps/ranking.ts';
import type { SweepRecord } from '../../engine/sweeps/record.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { planExperiment } from '../../engine/training/plan.ts';
import { startNodeBackend } from '../../platform/node.ts';
import { onEndSignal } from '../endings.ts';
import { readTables, type TablePaths } from '../files.ts';
import { readBackend } from '../options.ts';
import { readSweep, type SweepInput } from './input.ts';
import { startTrainer, type Trainer } from './pool.ts';
import { SweepProgress } from './progress.ts';
import { readShard } from './shard.ts';
import { readFolder, readSweepFolder, ShardFile, shardName, writeMerged } from './shardFile.ts';
import { sweepTable } from './table.ts';
import { trainRuns } from './work.ts';

export interface SweepOptions extends SweepInput {
  out?: string;
  jobs?: string;
  shard?: string;
  backend: string;
  'allow-software-gpu': boolean;
  'dry-run': boolean;
  quiet: boolean;
}

/** How many cells are planned before the first run; planning more takes too long. */
const MAX_PLANNED = 500;

/** @returns the exit code */
export async function sweepCommand(options: SweepOptions): Promise<number> {
  const { sweep, table } = await readSweep(options);
  const { cells } = expandCells(sweep, catalog);
  const shard = readShard(options.shard, process.env);
  const jobs = readJobs(options.jobs, process.env);
  if (options['dry-run']) {
    process.stdout.write(`${planText(sweep, cells, shard.of)}\n`);
    return 0;
  }
  const { out } = options;
  if (!out)
    throw WorkbenchError.of('config', {
      path: '--out',
      expected: 'a folder for the runs',
      got: 'nothing',
      remedy: 'For example --out runs/first. The same command goes on with what is there.',
    });
  if (sweep.design.kind === 'halving' && shard.of > 1)
    throw WorkbenchError.of('config', {
      path: '--shard',
      expected: 'one shard for successive halving, whose next runs follow from all of the last',
      got: shardName(shard),
      remedy: 'Leave --shard out and raise --jobs, or use a grid.',
    });
  const warn = (text: string) => process.stderr.write(`${text}\n`);
  await warnOfRefusals(sweep, cells, table, warn);
  // Before training: a folder of another sweep is refused. Existing runs count, whichever shard did them.
  const before = await readFolder(out, () => {});
  requireSame(sweep, before.sweep, out);
  requireSettings(before.records, sweep, cells, out);
  const file = await ShardFile.open(out, shard, sweep, warn);
  const trainers: Trainer[] = [];
  const end = onEndSignal(() => {
    for (const trainer of trainers) trainer.close();
  });
  const isStopped = () => end.exitCode() !== null;
  try {
    let lost = 0;
    const ofSweep: string[] = [];
    for await (const step of stepsOf(sweep, cells, file, before.records)) {
      const all = runsOf(step, sweep);
      ofSweep.push(...all.map((run) => run.id));
      const own = shardOf(all, shard.number - 1, shard.of);
      const isThere = ({ id }: SweepRun) => file.records.has(id) || before.records.has(id);
      const runs = own.filter((run) => !isThere(run));
      const progress = new SweepProgress(
        process.stderr,
        options.quiet,
        cells,
        own,
        new Set(own.filter(isThere).map(({ id }) => id)),
        jobs,
      );
      while (trainers.length < Math.min(jobs, runs.length))
        trainers.push(startTrainer(trainerSettings(options, table)));
      lost += await trainRuns(runs, file, trainers, progress, isStopped);
      progress.clear();
      if (isStopped() || lost > 0) break;
    }
    const code = end.exitCode();
    if (code !== null) {
      warn(`Stopped; ${file.records.size} runs are kept in ${out}. The same command goes on.`);
      return code;
    }
    if (lost > 0) return 1;
    await file.sort(ofSweep);
  } catch (error) {
    if (error !== file.fault || !file.fault) throw error;
    warn(`error: ${file.fault.message} ${file.records.size} runs are kept; the same command goes on.`);
    return 1;
  } finally {
    end.release();
    for (const trainer of trainers) trainer.close();
    await file.close();
  }
  return shard.of === 1 ? mergeCommand({ dir: out, quiet: options.quiet }) : 0;
}

/** The cells to train, batch by batch: all at once, or rung by rung as results arrive. */
async function* stepsOf(
  sweep: Sweep,
  cells: readonly Cell[],
  file: ShardFile,
  before: ReadonlyMap<string, SweepRecord>,
): AsyncGenerator<readonly Cell[]> {
  if (sweep.design.kind !== 'halving') {
    yield cells;
    return;
  }
  for (let rung = 0; ; rung++) {
    const results = [...before.values(), ...file.records.values()];
    const own = rungsOf(sweep, cells, rankIn(results, sweep.seeds), catalog)[rung];
    if (!own) return;
    yield own.cells;
  }
}

/** Joins the files of a folder's shards, reports what is missing, and prints the table. */
export async function mergeCommand({ dir, quiet }: { dir: string; quiet: boolean }): Promise<number> {
  const warn = (text: string) => process.stderr.write(`${text}\n`);
  const found = await readSweepFolder(dir, warn);
  const { sweep } = found;
  const { runs, cells, isWhole } = runsSoFar(sweep, [...found.records.values()]);
  const path = await writeMerged(
    dir,
    sweep,
    runs.map((run) => run.id),
    found,
  );
  const missing = runs.filter((run) => !found.records.has(run.id)).length;
  process.stdout.write(`${sweepTable(sweep, cells, [...found.records.values()])}\n`);
  if (missing > 0 || !isWhole) {
    warn(
      `${path}: ${missing > 0 ? `${missing} of ${runs.length} runs are missing` : 'the next rung is missing'}; run "multitab sweep" again with the same --out.`,
    );
    return 1;
  }
  if (!quiet) warn(`${runs.length} runs in ${path}.`);
  return 0;
}

/** All runs of a sweep; for successive halving, the runs known so far, with the cells of the last rung first. */
export function runsSoFar(
  sweep: Sweep,
  results: readonly CellResult[],
): { runs: SweepRun[]; cells: Cell[]; isWhole: boolean } {
  const { cells } = expandCells(sweep, catalog);
  if (sweep.design.kind !== 'halving') return { runs: runsOf(cells, sweep), cells, isWhole: true };
  const rankOf = rankIn(results, sweep.seeds);
  const rungs = rungsOf(sweep, cells, rankOf, catalog);
  return {
    runs: rungs.flatMap((rung) => runsOf(rung.cells, sweep)),
    cells: rungs.flatMap(({ cells: own, budget }) =>
      own.map((cell) => ({
        ...cell,
        labels: cell.labels.with(-1, `${cell.labels.at(-1)} (budget ${budget})`),
      })),
    ),
    isWhole: isHalvingDone(sweep, rungs, rankOf),
  };
}

function planText(sweep: Sweep, cells: readonly Cell[], shards: number): string {
  const total = countHalvingRuns(sweep, cells.length);
  const seeds = sweep.seeds.length;
  const head = `${visible(sweep.label)}: ${total} runs, ${cells.length} cells with ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
  const lines = cells.map((cell) => `${cell.id}  ${visible(cell.labels.join(', '))}`);
  return [shards > 1 ? `${head}, about ${Math.ceil(total / shards)} per shard` : head, ...lines].join('\n');
}

const trainerSettings = (options: SweepOptions, table: TablePaths | null) => ({
  backend: readBackend(options.backend),
  allowSoftwareAdapter: options['allow-software-gpu'],
  table,
});

function readJobs(text: string | undefined, env: NodeJS.ProcessEnv): number {
  const given = text ?? env.SLURM_CPUS_PER_TASK;
  if (given === undefined) return availableParallelism();
  const jobs = Number(given);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 1024) return jobs;
  throw WorkbenchError.of('config', {
    path: text === undefined ? 'SLURM_CPUS_PER_TASK' : '--jobs',
    expected: 'an integer from 1 to 1024',
    got: given,
    remedy: 'Leave it out for one per core.',
  });
}

/** Reports cells with invalid settings before the first run; refuses the sweep if no cell is valid. */
async function warnOfRefusals(
  sweep: Sweep,
  cells: readonly Cell[],
  table: TablePaths | null,
  warn: (text: string) => void,
): Promise<void> {
  // Planning only counts parameters; any backend will do.
  await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
  const file = table === null ? undefined : await readTables('--data', table);
  const refused: { cell: Cell; issue: Issue }[] = [];
  const planned = cells.slice(0, MAX_PLANNED);
  for (const cell of planned) {
    const [issue] = (await planExperiment(cell.experiment, { file })).issues;
    if (issue) refused.push({ cell, issue });
  }
  const [first] = refused;
  if (!first) return;
  if (refused.length === cells.length) throw WorkbenchError.of('config', first.issue);
  warn(
    `${refused.length} of ${planned.length} cells of "${visible(sweep.label)}" are not valid experiments and will be recorded as failed, for example ${visible(first.cell.labels.join(', '))}: ${formatIssue(first.issue)}`,
  );
}

/** Another version may have other defaults, so that the same text is another experiment. */
function requireSettings(
  records: ReadonlyMap<string, SweepRecord>,
  sweep: Sweep,
  cells: readonly Cell[],
  dir: string,
): void {
  const byId = new Map(cellsEver(sweep, cells, catalog).map((cell) => [cell.id, cell]));
  for (const { run, cell, seed, result } of records.values()) {
    const wanted = byId.get(cell);
    if (!wanted || isSameExperiment(result.experiment, experimentOf(wanted, seed, sweep))) continue;
    throw WorkbenchError.of('file', {
      path: '--out',
      expected: 'runs with the defaults of this version',
      got: `${dir} with the run ${run}, trained by a version with others`,
      remedy: 'Choose another folder, or go on with the version that began it.',
    });
  }
}

function requireSame(sweep: Sweep, found: unknown, dir: string): void {
  if (found === null || sweepId(requireSweep(found, catalog), catalog) === sweepId(sweep, catalog)) return;
  throw WorkbenchError.of('file', {
    path: '--out',
    expected: 'an empty folder, or one with runs of this sweep',
    got: `${dir} with runs of another sweep`,
    remedy: 'Choose another folder.',
  });
}
