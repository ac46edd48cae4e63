// The gates of a layer against its experts as a grid: order, groups and labels of the axes, colour scale, and descriptions of
// cells. Weights are means over the validation rows; a gate that does not weight an expert has no number there, not a zero;
// neither has a sparse gate whose rows never choose it.

import type { ExpertLabel } from '../../../engine/layers/forward.ts';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import type { ExpertsView } from '../../../store/view.ts';
import { formatFixed, shortTaskLabel } from '../../charts/format.ts';
import type { CellDescription } from '../../charts/heatmap/cellKeys.ts';
import {
  BOTH_RUNS,
  type ColorScale,
  linearScale,
  sharedBy,
  squareRootScale,
} from '../../charts/heatmap/colorScale.ts';
import { gateColumn, summarise } from './distribution.ts';

const OWNERS: readonly ExpertLabel['owner'][] = ['task', 'group', 'shared'];
const OWNER_NAMES: Record<ExpertLabel['owner'], string> = {
  task: 'task experts',
  group: 'group experts',
  shared: 'shared',
};

/** "task3 0" becomes "T3 · expert 0", "shared 0" becomes "shared expert 0"; self-explanatory names stay as they are. */
export function expertName(name: string): string {
  const at = name.lastIndexOf(' ');
  const [owner, number] = [name.slice(0, at), name.slice(at + 1)];
  if (at < 0 || /\bexpert\b/.test(owner)) return name;
  return owner === 'shared' ? `shared expert ${number}` : `${shortTaskLabel(owner)} · expert ${number}`;
}

/** The owner of an expert, in words. */
export function ownerText(expert: ExpertLabel, taskNames: readonly string[]): string {
  if (expert.owner === 'shared') return 'all tasks';
  return expert.tasks.map((task) => shortTaskLabel(taskNames[task] ?? `task${task + 1}`)).join(', ');
}

/** Names of the tasks with a gate of their own, by task index. */
export function taskNames(layers: readonly ExpertLayer[]): string[] {
  const names: string[] = [];
  for (const layer of layers)
    for (const gate of layer.gates) if (gate.task !== null) names[gate.task] = gate.label;
  return names;
}

/** The layer with that number, or the nearest existing one. */
export function chooseLayer(layers: readonly ExpertLayer[], wanted: number): ExpertLayer | null {
  return layers.reduce<ExpertLayer | null>(
    (best, layer) => (best && Math.abs(best.layer - wanted) <= Math.abs(layer.layer - wanted) ? best : layer),
    null,
  );
}

export interface Grid {
  gateLabels: string[];
  /** Task that a gate feeds, or null. */
  gateTasks: (number | null)[];
  /** Index of the expert in each column. */
  experts: number[];
  expertLabels: string[];
  rowGroups: { name: string; size: number }[];
  columnGroups: { name: string; size: number }[];
  /** Mean weights, row-major [gates, experts]; NaN if the gate does not weight the expert, or never chooses it. */
  means: Float64Array;
}

function groups<T>(items: readonly T[], nameOf: (item: T) => string): { name: string; size: number }[] {
  const found: { name: string; size: number }[] = [];
  for (const item of items) {
    const name = nameOf(item);
    const last = found.at(-1);
    if (last?.name === name) last.size++;
    else found.push({ name, size: 1 });
  }
  return found;
}

/** Columns are task experts, then group experts, then shared ones. */
export function gridOf(layer: ExpertLayer): Grid {
  const ownerRank = (expert: number) => OWNERS.indexOf(layer.experts[expert]?.owner ?? 'shared');
  const experts = layer.experts.map((_, i) => i).sort((a, b) => ownerRank(a) - ownerRank(b) || a - b);
  const columnOf = new Map(experts.map((expert, column) => [expert, column]));
  const means = new Float64Array(layer.gates.length * experts.length).fill(Number.NaN);
  layer.gates.forEach((gate, row) => {
    gate.experts.forEach((expert, i) => {
      const column = columnOf.get(expert);
      if (column === undefined || gate.chosen?.[i] === 0) return;
      means[row * experts.length + column] = gate.mean[i] ?? Number.NaN;
    });
  });
  const noTask = layer.gates.filter((gate) => gate.task === null);
  const hasOther = noTask.length > 0;
  const others = noTask.every((gate) => gate.label === 'shared') ? 'shared' : 'groups, shared';
  return {
    gateLabels: layer.gates.map((gate) => shortTaskLabel(gate.label)),
    gateTasks: layer.gates.map((gate) => gate.task),
    experts,
    expertLabels: experts.map((expert) => expertName(layer.experts[expert]?.name ?? '')),
    rowGroups: groups(layer.gates, (gate) => (!hasOther ? '' : gate.task === null ? others : 'tasks')),
    columnGroups: groups(experts, (expert) => OWNER_NAMES[layer.experts[expert]?.owner ?? 'shared']),
    means,
  };
}

/**
 * With more experts than this, uniform weights are so small that a linear scale would show them all alike, and the map takes
 * the whole width of the panel.
 */
const MANY_EXPERTS = 10;

export const isWide = (layer: ExpertLayer): boolean => layer.experts.length > MANY_EXPERTS;

/**
 * One scale for all layers, so that they can be compared.
 * @param beside - layers of the run in the other column, which has the same scale
 */
export function scaleOf(own: readonly ExpertLayer[], beside: readonly ExpertLayer[] = []): ColorScale {
  const scale = scaleOver([...own, ...beside]);
  return beside.length > 0 ? sharedBy(scale, BOTH_RUNS) : scale;
}

function scaleOver(layers: readonly ExpertLayer[]): ColorScale {
  let high = 0;
  for (const layer of layers)
    for (const gate of layer.gates) for (const weight of gate.mean) if (weight > high) high = weight;
  return layers.some(isWide) ? squareRootScale(high) : linearScale(0, high);
}

/** [gates, experts], 1 where there is no weight. */
export const blockedOf = ({ means }: Grid): Uint8Array =>
  Uint8Array.from(means, (mean) => (Number.isNaN(mean) ? 1 : 0));

/** The chosen gate and column; the nearest existing ones if the layer has fewer. */
export function chosenCell(grid: Grid, view: ExpertsView): { row: number; column: number } {
  return {
    row: Math.min(view.gate, grid.gateLabels.length - 1),
    column: Math.max(0, grid.experts.indexOf(Math.min(view.expert, grid.experts.length - 1))),
  };
}

/** The description of a gate and an expert. */
export function explainCell(layer: ExpertLayer, grid: Grid, row: number, column: number): CellDescription {
  const gate = layer.gates[row];
  const expert = grid.experts[column] ?? -1;
  const title = `gate ${grid.gateLabels[row] ?? row} → expert ${grid.expertLabels[column] ?? column}`;
  const place = gate?.experts.indexOf(expert) ?? -1;
  if (!gate || place < 0) return { title, pairs: [{ label: 'Weight', value: 'not weighted by this gate' }] };
  const share = gate.chosen?.[place];
  if (share === 0) return { title, pairs: [{ label: 'Weight', value: 'not chosen in any row' }] };
  const own = gate.mean[place] ?? Number.NaN;
  const rank = 1 + gate.mean.reduce((count, mean) => count + (mean > own ? 1 : 0), 0);
  const { low, median, high } = summarise(gateColumn(gate, place));
  return {
    title,
    pairs: [
      { label: 'Mean weight', value: showWeight(own), strong: true },
      { label: 'If even', value: showWeight(1 / gate.experts.length) },
      ...(share === undefined
        ? []
        : [{ label: 'Chosen in', value: `${formatFixed(100 * share, 1)}\u00a0% of the rows` }]),
      { label: share === undefined ? 'Median' : 'Median where chosen', value: showWeight(median) },
      { label: 'Least and most', value: `${showWeight(low)} – ${showWeight(high)}` },
      { label: 'Rank in gate', value: `${rank} of ${gate.experts.length}` },
    ],
  };
}

/** Four decimals, or three digits and an exponent if four decimals would show only zeros. */
export const showWeight = (weight: number): string =>
  weight > 0 && weight < 1e-3 ? weight.toExponential(2) : formatFixed(weight, 4);
