// The figures of the Experts tab as tables on the page and as CSV. Tables round; files keep all digits.
import type { ExpertAnomaly, ExpertLayer, GateUse } from '../../../engine/protocol/experts.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatFixed, shortTaskLabel } from '../../charts/format.ts';
import { pairsOf } from '../../charts/heatmap/outputs.ts';
import type { TableData } from '../../charts/parts/DataTable.tsx';
import type { GateSpread } from './distribution.ts';
import { expertName, ownerText, showWeight } from './grid.ts';

/** Shown instead of a weight. */
export const NOT_WEIGHTED = '–';
const nameOf = (layer: ExpertLayer, expert: number): string => layer.experts[expert]?.name ?? String(expert);

/** Every gate and expert of all layers; empty where the gate does not weight the expert. */
export function weightsCsv(layers: readonly ExpertLayer[]): string {
  const rows = layers.flatMap((layer) =>
    layer.gates.flatMap((gate) =>
      layer.experts.map(({ name, owner }, expert): CsvValue[] => {
        const place = gate.experts.indexOf(expert);
        return [
          layer.layer,
          gate.key,
          gate.label,
          name,
          owner,
          place < 0 ? null : (gate.mean[place] ?? null),
          place < 0 ? null : (gate.chosen?.[place] ?? 1),
        ];
      }),
    ),
  );
  return toCsv(['layer', 'gate', 'feeds', 'expert', 'owner', 'mean_weight', 'chosen_share'], rows);
}

export function spreadTable(layer: ExpertLayer, gate: GateUse, spread: GateSpread): TableData {
  return {
    caption: `Weights of gate ${shortTaskLabel(gate.label)} over ${spread.rows} validation rows: least, quartiles, most and mean`,
    header: ['Expert', 'Least', '25\u00a0%', 'Median', '75\u00a0%', 'Most', 'Mean'],
    rows: spread.experts.map(({ expert, summary: s }) => [
      expertName(nameOf(layer, expert)),
      ...[s.low, s.lowerQuartile, s.median, s.upperQuartile, s.high, s.mean].map(showWeight),
    ]),
  };
}

/** All weights of a gate: a line per validation row, a column per expert that it weights. */
export function gateCsv(layer: ExpertLayer, gate: GateUse): string {
  const width = gate.experts.length;
  const count = width > 0 ? Math.floor(gate.weights.length / width) : 0;
  const rows = Array.from({ length: count }, (_, row): CsvValue[] => [
    row,
    ...gate.weights.subarray(row * width, (row + 1) * width),
  ]);
  return toCsv(['validation_row', ...gate.experts.map((expert) => nameOf(layer, expert))], rows);
}

export function expertsTable(
  layer: ExpertLayer,
  order: readonly number[],
  names: readonly string[],
): TableData {
  return {
    caption: `${layer.label}, use of its experts`,
    header: ['Expert', 'Meant for', 'Utilisation', 'Zero activations'],
    rows: order.map((expert) => {
      const label = layer.experts[expert];
      return [
        expertName(label?.name ?? ''),
        label ? ownerText(label, names) : '',
        showWeight(layer.utilisation[expert] ?? Number.NaN),
        showShare(layer.zeroShare[expert] ?? Number.NaN),
      ];
    }),
  };
}

export function expertsCsv(layers: readonly ExpertLayer[], names: readonly string[]): string {
  const rows = layers.flatMap((layer) =>
    layer.experts.map(({ name, owner, tasks }, i): CsvValue[] => [
      layer.layer,
      name,
      owner,
      tasks.map((task) => names[task] ?? task).join(' '),
      layer.utilisation[i] ?? null,
      Number.isNaN(layer.zeroShare[i]) ? null : (layer.zeroShare[i] ?? null),
    ]),
  );
  return toCsv(['layer', 'expert', 'owner', 'tasks', 'utilisation', 'zero_share'], rows);
}

export function entropyTable(layer: ExpertLayer): TableData {
  return {
    caption: `${layer.label}, evenness of its gates`,
    header: ['Gate', 'Experts', 'Normalised entropy'],
    rows: layer.gates.map((gate) => [
      shortTaskLabel(gate.label),
      gate.experts.length,
      formatFixed(gate.entropy, 4),
    ]),
  };
}

export function entropyCsv(layers: readonly ExpertLayer[]): string {
  const rows = layers.flatMap((layer) =>
    layer.gates.map((gate): CsvValue[] => [
      layer.layer,
      gate.key,
      gate.label,
      gate.experts.length,
      gate.entropy,
    ]),
  );
  return toCsv(['layer', 'gate', 'feeds', 'experts', 'normalised_entropy'], rows);
}

function similarityPairs(layer: ExpertLayer, names: readonly string[]): [string, string, number][] {
  const { similarity } = layer;
  if (!similarity) return [];
  const count = Math.round(Math.sqrt(similarity.length));
  return pairsOf(count).map(([i, j]) => [
    names[i] ?? `task${i + 1}`,
    names[j] ?? `task${j + 1}`,
    similarity[i * count + j] ?? Number.NaN,
  ]);
}

export function similarityCsv(layers: readonly ExpertLayer[], names: readonly string[]): string {
  const rows = layers.flatMap((layer) =>
    similarityPairs(layer, names).map((pair): CsvValue[] => [layer.layer, ...pair]),
  );
  return toCsv(['layer', 'task_a', 'task_b', 'cosine'], rows);
}

export function anomaliesCsv(
  anomalies: readonly ExpertAnomaly[],
  layers: readonly ExpertLayer[],
  names: readonly string[],
): string {
  const rows = anomalies.map((anomaly): CsvValue[] => {
    const layer = layers.find((l) => l.layer === anomaly.layer);
    return [
      anomaly.kind,
      anomaly.layer,
      anomaly.expert === null || !layer ? null : nameOf(layer, anomaly.expert),
      anomaly.task === null ? null : (names[anomaly.task] ?? anomaly.task),
      anomaly.value,
      anomaly.limit,
      anomaly.text,
    ];
  });
  return toCsv(['anomaly', 'layer', 'expert', 'task', 'value', 'limit', 'finding'], rows);
}

/** A share as a percentage: "93.4 %". */
export const showShare = (share: number): string =>
  Number.isNaN(share) ? formatFixed(share, 0) : `${formatFixed(100 * share, 1)}\u00a0%`;
