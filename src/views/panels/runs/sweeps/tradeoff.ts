// What two tasks cost each other over the cells of a sweep: the metric of one against that of the other. Pure.
import type { CellFigures } from '../../../../store/sweeps/figures.ts';
import { paretoFront } from '../compare.ts';

export interface TradeoffPoint {
  label: string;
  x: CellFigures;
  y: CellFigures;
  /** No other cell is as good in one task and better in the other. */
  onFront: boolean;
}

/**
 * Cells that have both metrics, from the best in x to the worst.
 * @param xs - one per cell, higher is better
 * @param ys - of the same cells
 */
export function tradeoffOf(xs: readonly CellFigures[], ys: readonly CellFigures[]): TradeoffPoint[] {
  const points = xs.flatMap((x, i) => {
    const y = ys[i] as CellFigures;
    if (Number.isNaN(x.mean) || Number.isNaN(y.mean)) return [];
    return [{ label: x.cell.labels.join(', '), x, y, cost: -x.mean, value: y.mean }];
  });
  const front = new Set(paretoFront(points));
  return points
    .sort((a, b) => a.cost - b.cost || b.value - a.value)
    .map((point) => ({ label: point.label, x: point.x, y: point.y, onFront: front.has(point) }));
}
