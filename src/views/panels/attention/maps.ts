// What the Attention tab derives from captured maps: values and colours of the chosen quantity, groups of tokens, and how much
// features attend to tasks.

import { distanceInNetwork, samePlace } from '../../../engine/core/attentionPlace.ts';
import type { TokenLabel } from '../../../engine/core/tokens.ts';
import type { AttentionMap, RowSelection } from '../../../engine/protocol/attention.ts';
import { formatRowList } from '../../../store/rowList.ts';
import type { AttentionQuantity, AttentionView } from '../../../store/view.ts';
import { formatCompact, formatFixed, formatSigned, shortTaskLabel } from '../../charts/format.ts';
import type { CellDescription, CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { rankInRow } from '../../charts/heatmap/cells.ts';
import {
  BOTH_RUNS,
  type ColorScale,
  colorCells,
  linearScale,
  sharedBy,
  squareRootScale,
} from '../../charts/heatmap/colorScale.ts';
import type { AxisSpec } from '../../charts/heatmap/drawAxis.ts';
import type { Cells } from '../../charts/heatmap/drawCells.ts';
import { quantityOf, showWeight } from './quantities.ts';

export const tokenName = (token: TokenLabel): string =>
  token.group === 'task' ? shortTaskLabel(token.name) : token.name;

const GROUP_NAMES: Record<TokenLabel['group'], string> = {
  task: 'tasks',
  categorical: 'categorical',
  numeric: 'numeric',
  row: 'rows of the batch',
};

/** Consecutive tokens of a kind. */
export function tokenGroups(tokens: readonly TokenLabel[]): { name: string; size: number }[] {
  const groups: { name: string; size: number; kind: TokenLabel['group'] }[] = [];
  for (const token of tokens) {
    const last = groups.at(-1);
    if (last?.kind === token.group) last.size++;
    else groups.push({ kind: token.group, name: GROUP_NAMES[token.group], size: 1 });
  }
  return groups.map(({ name, size }) => ({ name, size }));
}

/** Names and groups of the tokens along one side of a map. */
export const tokenAxis = (tokens: readonly TokenLabel[], title: string): AxisSpec => ({
  title,
  id: title.split(' ')[0] ?? title,
  labels: tokens.map(tokenName),
  names: tokens.map((token) => token.name),
  groups: tokenGroups(tokens),
  strong: tokens.map(({ group }) => group === 'task'),
});

/** "mean of 64 validation rows" */
export function describeRows(rows: RowSelection, count: number): string {
  if (rows.kind === 'mean') return `mean of ${count} validation rows`;
  const list = formatRowList(rows.rows);
  return rows.rows.length === 1 ? `validation row ${list}` : `mean of validation rows ${list}`;
}

/** What a run shows at a step: its record of then, or its newest one. */
export function recordAt<R extends { step: number }>(
  newest: R | null,
  remembered: readonly R[],
  step: number | null,
): R | null {
  const at = remembered.findIndex((record) => record.step === step);
  return at < 0 || at === remembered.length - 1 ? newest : (remembered[at] ?? newest);
}

/** The map shown in detail: the chosen one, or the nearest existing one. */
export function chooseMap(maps: readonly AttentionMap[], view: AttentionView): AttentionMap | null {
  const distance = (map: AttentionMap) => distanceInNetwork(map, view);
  return maps.reduce<AttentionMap | null>(
    (best, map) => (best && distance(best) <= distance(map) ? best : map),
    null,
  );
}

/** Smallest and largest finite value of a map, cached. */
const extents = new WeakMap<AttentionMap, Map<AttentionQuantity, [number, number]>>();

function extentOf(map: AttentionMap, quantity: AttentionQuantity): [number, number] {
  const known = extents.get(map) ?? new Map<AttentionQuantity, [number, number]>();
  extents.set(map, known);
  const found = known.get(quantity);
  if (found) return found;
  const values = quantityOf(quantity).values(map);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value < Number.POSITIVE_INFINITY) high = value;
  }
  known.set(quantity, [low, high]);
  return [low, high];
}

/**
 * One scale for all heads of a layer kind, so that they can be compared.
 * @param beside - maps of the run in the other column, which has the same scale
 */
export function scaleOf(
  own: readonly AttentionMap[],
  quantity: AttentionQuantity,
  beside: readonly AttentionMap[] = [],
): ColorScale {
  const scale = scaleOver([...own, ...beside], quantity);
  return beside.length > 0 ? sharedBy(scale, BOTH_RUNS) : scale;
}

function scaleOver(maps: readonly AttentionMap[], quantity: AttentionQuantity): ColorScale {
  const all = maps.map((map) => extentOf(map, quantity));
  const low = Math.min(...all.map((e) => e[0]));
  const high = Math.max(...all.map((e) => e[1]));
  if (quantityOf(quantity).fromZero)
    return squareRootScale(Math.max(0, high), (value) =>
      formatFixed(value, value < 0.1 && value > 0 ? 3 : 2),
    );
  return low <= high ? linearScale(low, high, formatCompact) : linearScale(0, 1, formatCompact);
}

/** Quantities have the same colours in both themes. */
const colored = (values: Float32Array, scale: ColorScale, blocked: Uint8Array | null): Cells =>
  colorCells({ values, scale, blocked }, 'light');

/** The cells of a map for the chosen quantity. Before the mask nothing is hatched. */
export function cellsOf(map: AttentionMap, quantity: AttentionQuantity, scale: ColorScale): Cells {
  const { values, isMasked } = quantityOf(quantity);
  return colored(values(map), scale, isMasked ? map.blocked : null);
}

/** A map in the size of a thumbnail. */
export interface SmallMap {
  rows: number;
  columns: number;
  /** Its cells, computed when they are drawn: a map of four million takes ten milliseconds. */
  cells(): Cells;
}

/**
 * A small map instead of a large one: each cell is the highest value of a square, or blocked if the whole square is.
 * @param most - maximum cells along a side
 */
export function thumbnailOf(
  map: AttentionMap,
  quantity: AttentionQuantity,
  scale: ColorScale,
  most: number,
): SmallMap {
  const [rows, columns] = [map.queries.length, map.keys.length];
  const every = Math.ceil(Math.max(rows, columns) / most);
  if (every <= 1) return { rows, columns, cells: () => cellsOf(map, quantity, scale) };
  return {
    rows: Math.ceil(rows / every),
    columns: Math.ceil(columns / every),
    cells: () => pooledCells(map, quantity, scale, every),
  };
}

/** @param every - side of a square */
function pooledCells(
  map: AttentionMap,
  quantity: AttentionQuantity,
  scale: ColorScale,
  every: number,
): Cells {
  const [rows, columns] = [map.queries.length, map.keys.length];
  const { values, isMasked } = quantityOf(quantity);
  const all = values(map);
  const hidden = isMasked ? map.blocked : null;
  const width = Math.ceil(columns / every);
  const pooled = new Float32Array(Math.ceil(rows / every) * width).fill(Number.NEGATIVE_INFINITY);
  const blocked = hidden && new Uint8Array(pooled.length).fill(1);
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * columns;
    for (let at = row * columns, to = Math.floor(row / every) * width; at < end; to++) {
      const stop = Math.min(end, at + every);
      let highest = pooled[to] as number;
      for (; at < stop; at++) {
        if (hidden !== null && hidden[at] === 1) continue;
        if (blocked) blocked[to] = 0;
        if ((all[at] as number) > highest) highest = all[at] as number;
      }
      pooled[to] = highest;
    }
  }
  return colored(pooled, scale, blocked);
}

/** The description of a cell. */
export function explainCell(
  map: AttentionMap,
  { row, column }: CellPosition,
  other: { map: AttentionMap; label: string } | null = null,
): CellDescription {
  const keys = map.keys.length;
  const at = row * keys + column;
  const isBlocked = map.blocked?.[at] === 1;
  const score = map.scores[at] ?? Number.NaN;
  const { rank, open } = rankInRow(map.weights, map.blocked, keys, row, column);
  const query = map.queries[row];
  const key = map.keys[column];
  return {
    title: `query ${query ? tokenName(query) : row} → key ${key ? tokenName(key) : column}`,
    pairs: [
      { label: 'Score before mask', value: formatFixed(score, 4) },
      { label: 'Score after mask', value: isBlocked ? '−∞, blocked' : formatFixed(score, 4) },
      { label: 'Weight', value: showWeight(map.weights[at] ?? Number.NaN), strong: true },
      { label: 'Weight × value norm', value: showWeight(map.valueWeights[at] ?? Number.NaN) },
      { label: 'Rank in row', value: isBlocked ? 'none, blocked' : `${rank} of ${open}` },
      ...(other
        ? [
            { label: `Weight, ${other.label}`, value: showWeight(other.map.weights[at] ?? Number.NaN) },
            {
              label: 'Difference of weights',
              value: formatSigned((map.weights[at] ?? Number.NaN) - (other.map.weights[at] ?? Number.NaN), 4),
              strong: true,
            },
          ]
        : []),
    ],
  };
}

/** Mean weight that feature queries give to all task keys together, per block, over heads. */
export function attentionToTasks(maps: readonly AttentionMap[]): { block: number; weight: number }[] {
  const sums = new Map<number, { total: number; rows: number }>();
  for (const map of maps) {
    if (map.kind !== 'feature' || !map.keys.some((key) => key.group === 'task')) continue;
    const sum = sums.get(map.block) ?? { total: 0, rows: 0 };
    map.queries.forEach((query, row) => {
      if (query.group === 'task') return;
      sum.rows++;
      map.keys.forEach((key, column) => {
        if (key.group === 'task') sum.total += map.weights[row * map.keys.length + column] as number;
      });
    });
    sums.set(map.block, sum);
  }
  return [...sums].map(([block, { total, rows }]) => ({
    block,
    weight: rows > 0 ? total / rows : Number.NaN,
  }));
}

const STEPS: Record<string, { by: 'head' | 'block'; step: number }> = {
  '[': { by: 'head', step: -1 },
  ']': { by: 'head', step: 1 },
  '{': { by: 'block', step: -1 },
  '}': { by: 'block', step: 1 },
};

/** The map that `[` and `]` (head) or `{` and `}` (block) lead to, cyclically; null for other keys. */
export function neighbour(
  maps: readonly AttentionMap[],
  from: AttentionMap,
  key: string,
): AttentionMap | null {
  const move = STEPS[key];
  if (!move) return null;
  const other = move.by === 'head' ? 'block' : 'head';
  const ring = maps.filter((m) => m.kind === from.kind && m[other] === from[other]);
  const at = ring.findIndex((m) => samePlace(m, from));
  return ring[(at + move.step + ring.length) % ring.length] ?? null;
}
