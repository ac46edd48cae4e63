// Cards about whole heads and the whole network: entropy per head, distance between heads, and where tasks look through all
// blocks.
import { useMemo } from 'react';
import { shortHeadName } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap, HeadSummary } from '../../../engine/protocol/attention.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatFixed, shortTaskLabel } from '../../charts/format.ts';
import { largest } from '../../charts/heatmap/cells.ts';
import { BOTH_RUNS, sharedBy, squareRootScale } from '../../charts/heatmap/colorScale.ts';
import type { AxisSpec } from '../../charts/heatmap/drawAxis.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';
import classes from './attention.module.css';
import { taskRollout } from './summary.ts';

const CELL = { smallest: 10, largest: 34 };

/** A map from 0 to its largest value, and that of the run in the other column. */
const summaryMap = (
  map: Pick<HeatmapMark, 'label' | 'rows' | 'columns' | 'values' | 'legendText'>,
  beside: ArrayLike<number> | null = null,
): HeatmapMark => ({
  ...map,
  scale: beside
    ? sharedBy(squareRootScale(Math.max(largest(map.values), largest(beside))), BOTH_RUNS)
    : squareRootScale(largest(map.values)),
  print: (value) => formatFixed(value, 2),
});

const axisOf = (
  title: string,
  id: string,
  labels: readonly string[],
  names: readonly string[] = labels,
): AxisSpec => ({ title, id, labels, names, groups: [{ name: '', size: labels.length }] });

export interface HeadsCardProps {
  attention: { maps: readonly AttentionMap[]; heads: HeadSummary };
  /** The network on screen. */
  network: string | null;
}

export function HeadsCard({ attention: { maps, heads }, network }: HeadsCardProps) {
  const { names, entropies, distances } = useMemo(() => {
    const own = maps.flatMap((m, i) => (m.network === network ? [i] : []));
    return {
      names: own.map((i) => shortHeadName(maps[i] as AttentionMap)),
      entropies: own.map((i) => heads.entropies[i]),
      distances: Float32Array.from(
        own.flatMap((i) => own.map((j) => heads.distances[i * maps.length + j] ?? Number.NaN)),
      ),
    };
  }, [maps, heads, network]);
  return (
    <HeatmapCard
      figure="head-distance"
      title="Heads"
      subtitle="block · head"
      what="Heads"
      fileName="heads"
      caption="Distance between heads"
      maps={
        names.length > 1
          ? [
              summaryMap({
                label: 'Distance between heads, total variation of their weights, mean over queries',
                rows: axisOf('head', 'head', names),
                columns: axisOf('to head', 'head', names),
                values: distances,
                legendText: '0: the same; 1: no key in common',
              }),
            ]
          : []
      }
      cell={CELL}
      tableHeight={360}
      csv={() => headsCsv(names, entropies, distances)}
      npy={() => ({ values: distances, shape: [names.length, names.length] })}
      lead={
        <>
          <ul className={classes.entropies}>
            {names.map((name, i) => (
              <li key={name}>
                <span>{name}</span>
                <span className={classes.entropyTrack} aria-hidden="true">
                  <span style={{ width: `${100 * (entropies[i] ?? 0)}%` }} />
                </span>
                <strong>{formatFixed(entropies[i] ?? Number.NaN, 3)}</strong>
              </li>
            ))}
          </ul>
          <p className={classes.muted}>
            Normalised entropy, mean over queries and rows. 0: one key; 1: all open keys alike. Distances are
            those of the maps shown.
          </p>
        </>
      }
    />
  );
}

/** A line per head: its entropy and its distance to every head. */
const headsCsv = (
  names: readonly string[],
  entropies: readonly (number | undefined)[],
  distances: Float32Array,
): string =>
  toCsv(
    ['head', 'normalised_entropy', ...names.map((name) => `distance to ${name}`)],
    names.map((name, i) => [
      name,
      entropies[i] ?? null,
      ...names.map((_, j) => distances[i * names.length + j] ?? null),
    ]),
  );

export interface RolloutCardProps {
  maps: readonly AttentionMap[];
  /** Those of the run in the other column. */
  beside: readonly AttentionMap[];
}

export function RolloutCard({ maps, beside }: RolloutCardProps) {
  const look = useMemo(() => taskRollout(maps), [maps]);
  const theirs = useMemo(() => taskRollout(beside)?.values ?? null, [beside]);
  if (!look) return null;
  const { tasks, tokens, values } = look;
  return (
    <HeatmapCard
      figure="rollout"
      title="Where tasks look through all blocks"
      subtitle="attention rollout of the mean weights (Abnar and Zuidema 2020)"
      what="Rollout"
      fileName="rollout"
      caption="Attention rollout per task"
      maps={[
        summaryMap(
          {
            label: 'Attention rollout. Rows are task tokens, columns are tokens.',
            rows: axisOf('task token (rows)', 'task', tasks.map(shortTaskLabel), tasks),
            columns: axisOf('token (columns)', 'token', tokens.map(shortTaskLabel), tokens),
            values,
          },
          theirs,
        ),
      ]}
      cell={CELL}
      tableHeight={360}
    >
      <p className={classes.muted}>
        Half of every block is kept for the residual path. Rows sum to 1.{' '}
        {maps.some((m) => m.kind === 'row') && 'Layers between rows are left out.'}
      </p>
    </HeatmapCard>
  );
}
