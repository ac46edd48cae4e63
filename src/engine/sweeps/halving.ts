// Successive halving (Jamieson and Talwalkar 2016): many cells with a small budget, few with a large one. A cell that continues
// is trained from the start with the larger budget, so that its result is that of an ordinary run with this budget.
import type { Catalog } from '../config/catalog.ts';
import { type Cell, cellId } from './expand.ts';
import { withSettings } from './settings.ts';
import type { Sweep } from './sweep.ts';

/** The budgets, smallest first: `to` divided by eta as long as it is at least `from`. */
export function budgetsOf({ design }: Pick<Sweep, 'design'>): number[] {
  if (design.kind !== 'halving') return [];
  const budgets = [design.to];
  for (;;) {
    const next = Math.round((budgets[0] as number) / design.eta);
    if (next < design.from || next === budgets[0]) return budgets;
    budgets.unshift(next);
  }
}

/** How many of `cells` cells remain at each budget; at least one. */
export const survivorsOf = (cells: number, rungs: number, eta: number): number[] =>
  Array.from({ length: rungs }, (_, rung) => Math.max(1, Math.floor(cells / eta ** rung)));

export interface Rung {
  budget: number;
  cells: Cell[];
}

/** Score of a cell, larger is better; null while some of its seeds are missing. */
export type RankOf = (cell: string) => number | null;

/** A cell of the sweep with the budget of a rung, which gives it an id of its own. */
export function withBudget({ design }: Sweep, cell: Cell, budget: number, catalog: Catalog): Cell {
  if (design.kind !== 'halving') return cell;
  const settings = { ...cell.settings, [design.key]: budget };
  const { experiment } = withSettings(cell.experiment, { [design.key]: budget }, catalog);
  return { id: cellId(experiment, catalog), labels: cell.labels, settings, experiment };
}

/** Every cell that a sweep may train: for successive halving, each cell with each budget. */
export const cellsEver = (sweep: Sweep, cells: readonly Cell[], catalog: Catalog): Cell[] =>
  sweep.design.kind === 'halving'
    ? budgetsOf(sweep).flatMap((budget) => cells.map((cell) => withBudget(sweep, cell, budget, catalog)))
    : [...cells];

/**
 * The rungs that can be trained now: the first one, and each whose previous rung has ended.
 * @param cells - of the sweep, without a budget
 * @param rankOf - scores of cells of all rungs, by their own ids
 * @param made - returns a cell with a budget that the caller has made already
 */
export function rungsOf(
  sweep: Sweep,
  cells: readonly Cell[],
  rankOf: RankOf,
  catalog: Catalog,
  made: typeof withBudget = withBudget,
): Rung[] {
  const { design } = sweep;
  if (design.kind !== 'halving') return [];
  const budgets = budgetsOf(sweep);
  const counts = survivorsOf(cells.length, budgets.length, design.eta);
  const rungs: Rung[] = [];
  let alive = [...cells];
  for (const [rung, budget] of budgets.entries()) {
    const own = alive.map((cell) => made(sweep, cell, budget, catalog));
    rungs.push({ budget, cells: own });
    const ranks = own.map(({ id }) => rankOf(id));
    if (ranks.some((rank) => rank === null)) break;
    // A stable sort: of equal cells the first one continues.
    const order = own.map((_, i) => i).sort((i, j) => (ranks[j] as number) - (ranks[i] as number));
    const next = new Set(order.slice(0, counts[rung + 1] ?? 0));
    alive = alive.filter((_, i) => next.has(i));
  }
  return rungs;
}

/** Whether the last rung has ended. */
export const isHalvingDone = (sweep: Sweep, rungs: readonly Rung[], rankOf: RankOf): boolean => {
  const last = rungs.at(-1);
  if (!last || rungs.length < budgetsOf(sweep).length) return false;
  return last.cells.every(({ id }) => rankOf(id) !== null);
};

/** Number of runs in all rungs. */
export const countHalvingRuns = (sweep: Sweep, cells: number): number => {
  if (sweep.design.kind !== 'halving') return cells * sweep.seeds.length;
  const counts = survivorsOf(cells, budgetsOf(sweep).length, sweep.design.eta);
  return counts.reduce((sum, count) => sum + count, 0) * sweep.seeds.length;
};
