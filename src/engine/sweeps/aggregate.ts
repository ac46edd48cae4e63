// Aggregates a sweep cell by cell: mean, spread and interval over seeds; and compares two cells, or two of their networks, on
// the seeds that both have.
import { type Estimate, estimate } from '../core/interval.ts';
import { type PairedTest, pairedTest } from '../core/pairedTests.ts';
import type { RunResult } from '../protocol/result.ts';
import { type Quantity, valueIn } from './quantity.ts';
import type { Sweep } from './sweep.ts';

/** A run that has ended in any state. Runs of several seeds count for each of them. */
export interface CellResult {
  cell: string;
  result: RunResult;
}

export interface CellFigure extends Estimate {
  cell: string;
  /** Number of seeds with a value. */
  n: number;
  /** Number of seeds of the sweep that have ended here, with or without a value. */
  ended: number;
  /** Error of the first failed run; null if none failed. */
  failure: string | null;
}

/**
 * One measure for each cell, in order.
 * @param results - of the sweep; results of other cells are ignored, and if a seed occurs twice the last one counts
 */
export function aggregate(
  sweep: Pick<Sweep, 'seeds'>,
  cells: readonly { id: string }[],
  results: readonly CellResult[],
  wanted: Quantity,
): CellFigure[] {
  const byCell = new Map<string, CellResult[]>(cells.map(({ id }) => [id, []]));
  for (const result of results) byCell.get(result.cell)?.push(result);
  return cells.map(({ id }) => {
    const own = byCell.get(id) ?? [];
    const values = valuesBySeed(own, wanted);
    const failed = own.find(({ result }) => result.status === 'failed');
    const perSeed = sweep.seeds.map((seed) => values.get(seed) ?? Number.NaN);
    const ended = new Set(
      own.flatMap(({ result }) => [
        ...result.seeds.map((s) => s.seed),
        ...(result.status === 'failed' ? [failedSeedOf(result)] : []),
      ]),
    );
    return {
      cell: id,
      ...estimate(perSeed),
      n: perSeed.filter((value) => !Number.isNaN(value)).length,
      ended: sweep.seeds.filter((seed) => ended.has(seed)).length,
      failure: failed ? (failed.result.error?.message ?? 'failed') : null,
    };
  });
}

/** The seed in which a run failed. */
export const failedSeedOf = ({
  unfinished,
  experiment,
}: Pick<RunResult, 'unfinished' | 'experiment'>): number => unfinished?.seed ?? experiment.seed;

function valuesBySeed(results: readonly CellResult[], wanted: Quantity): Map<number, number> {
  const values = new Map<number, number>();
  for (const { result } of results)
    for (const seed of result.seeds) values.set(seed.seed, valueIn(seed, wanted));
  return values;
}

/** With fewer pairs a difference is called undecided, not absent. */
export const FEW_PAIRS = 6;

export interface CellComparison extends PairedTest {
  /** Too few seeds for Wilcoxon's test to reach 0.05. */
  isTooFew: boolean;
}

/** One measure of one cell against one of another, paired by seed. */
export function comparePaired(
  results: readonly CellResult[],
  first: { cell: string; quantity: Quantity },
  second: { cell: string; quantity: Quantity },
): CellComparison {
  const [a, b] = [first, second].map(({ cell, quantity }) =>
    valuesBySeed(
      results.filter((r) => r.cell === cell),
      quantity,
    ),
  ) as [Map<number, number>, Map<number, number>];
  const seeds = [...a.keys()].filter((seed) => b.has(seed));
  const test = pairedTest(
    seeds.map((seed) => a.get(seed) as number),
    seeds.map((seed) => b.get(seed) as number),
  );
  return { ...test, isTooFew: test.n < FEW_PAIRS };
}
