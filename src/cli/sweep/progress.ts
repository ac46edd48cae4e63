// Progress of a sweep: on a terminal, one line that is redrawn in place; in a log, a line per run.
import { catalog } from '../../engine/catalog.ts';
import { visible } from '../../engine/core/errors.ts';
import { type Measured, rowsOf, secondsLeft, workOf } from '../../engine/sweeps/estimate.ts';
import type { Cell, SweepRun } from '../../engine/sweeps/expand.ts';
import type { SweepRecord } from '../../engine/sweeps/record.ts';
import { duration } from '../progress.ts';
import type { Progress } from './work.ts';

const BAR_WIDTH = 24;
const singleTask = new Set(catalog.models.filter((model) => model.singleTask).map(({ id }) => id));
const work = (run: SweepRun) => workOf(run.experiment, singleTask, rowsOf(run.experiment));

export class SweepProgress implements Progress {
  private readonly measured: Measured[] = [];
  private readonly left: Map<string, number>;
  private readonly total: number;
  private readonly jobs: number;
  private readonly out: NodeJS.WriteStream;
  private readonly cells: ReadonlyMap<string, Cell>;
  private isDrawn = false;

  /**
   * @param done - runs done by earlier commands, of `total`
   * @param out - null reports errors only
   */
  constructor(
    out: NodeJS.WriteStream,
    private readonly isQuiet: boolean,
    cells: readonly Cell[],
    runs: readonly SweepRun[],
    done: ReadonlySet<string>,
    jobs: number,
  ) {
    this.out = out;
    this.jobs = jobs;
    this.total = runs.length;
    this.cells = new Map(cells.map((cell) => [cell.id, cell]));
    this.left = new Map(runs.filter((run) => !done.has(run.id)).map((run) => [run.id, work(run)]));
    if (done.size > 0) this.say(`${done.size} of ${this.total} runs are there already.`);
  }

  ended(run: SweepRun, { result }: SweepRecord, elapsedMs: number): void {
    this.left.delete(run.id);
    this.measured.push({ work: work(run), seconds: elapsedMs / 1000 });
    if (result.status === 'failed') this.warn(`${this.name(run)} failed: ${result.error?.message ?? ''}`);
    if (this.isQuiet) return;
    const done = this.total - this.left.size;
    const seconds = secondsLeft([...this.left.values()], this.measured, this.jobs);
    const rest = seconds === null ? '' : `, ${duration(seconds)} left`;
    if (!this.out.isTTY) {
      this.out.write(`${done} of ${this.total}: ${this.name(run)}, ${duration(elapsedMs / 1000)}${rest}\n`);
      return;
    }
    const filled = Math.round((BAR_WIDTH * done) / Math.max(1, this.total));
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    this.out.write(
      `\r\u001b[2K${`${bar} ${done} of ${this.total} runs${rest}`.slice(0, (this.out.columns ?? 80) - 1)}`,
    );
    this.isDrawn = true;
  }

  lost(run: SweepRun, why: string): void {
    this.warn(`${this.name(run)} has no result (${why}); the same command trains it again.`);
  }

  /** Prints a line of its own; nothing with --quiet. */
  say(text: string): void {
    if (!this.isQuiet) this.warn(text);
  }

  warn(text: string): void {
    this.clear();
    this.out.write(`${text}\n`);
  }

  clear(): void {
    if (this.isDrawn) this.out.write('\r\u001b[2K');
    this.isDrawn = false;
  }

  private name({ cell, seed }: SweepRun): string {
    return visible([...(this.cells.get(cell)?.labels ?? []), `seed ${seed}`].join(', '));
  }
}
