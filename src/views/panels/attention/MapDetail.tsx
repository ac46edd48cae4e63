// One attention map in detail: queries down, keys across, the chosen query's weights below.
import type { ReactNode } from 'react';
import { headTitle } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionQuantity } from '../../../store/view.ts';
import { formatFixed } from '../../charts/format.ts';
import type { Bands } from '../../charts/heatmap/bands.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import type { ColorScale } from '../../charts/heatmap/colorScale.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import type { HeatmapSpec } from '../../charts/heatmap/mark.ts';
import { QueryBars, QueryBarsAxis } from '../../charts/QueryBars.tsx';
import classes from './attention.module.css';
import { describeMap } from './mapHeatmap.ts';
import { tokenName } from './maps.ts';
import { quantityOf } from './quantities.ts';

/** Narrower maps have no room for the sum beside the name of the query. */
const SUM_FROM = 300;

export interface MapDetailProps {
  spec: HeatmapSpec;
  map: AttentionMap;
  quantity: AttentionQuantity;
  chosen: CellPosition;
  onChoose(position: CellPosition): void;
  /** "mean of 64 validation rows" */
  rowsCaption: string;
  /** "step 3,180, epoch 26" */
  when: string;
  /** The scale of the map; undefined or without ends if there is nothing to read off. */
  scale: ColorScale | undefined;
  /** Shown above the map. */
  lead: ReactNode;
}

export function MapDetail(props: MapDetailProps) {
  const { spec, map, quantity, chosen, onChoose, rowsCaption, when, scale, lead } = props;
  const { queries, keys } = map;
  const row = Math.min(chosen.row, queries.length - 1);
  const [from, to] = [row * keys.length, (row + 1) * keys.length];
  const { label, values } = quantityOf(quantity === 'value-weights' ? quantity : 'weights');
  const weights = values(map).subarray(from, to);
  const blocked = map.blocked?.subarray(from, to) ?? null;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const query = queries[row];
  const { kindName, size } = describeMap(map);
  const below = (bands: Bands) => ({
    axis: (
      <>
        <div className={classes.barsHead} />
        <QueryBarsAxis weights={weights} />
      </>
    ),
    content: (
      <>
        <div className={classes.barsHead}>
          <span>
            {label} of query <b>{query && tokenName(query)}</b>
          </span>
          {bands.size > SUM_FROM && (
            <span className={classes.muted}>
              sum {formatFixed(sum, 4)}, {rowsCaption}
            </span>
          )}
        </div>
        <QueryBars weights={weights} blocked={blocked} chosen={chosen.column} columns={bands} />
      </>
    ),
  });
  return (
    <HeatmapCard
      {...spec}
      below={below}
      figure="map"
      title={headTitle(map)}
      subtitle={`${kindName}, ${size}, ${when}`}
      className={classes.detail}
      {...(scale?.ends ? { sharedScale: scale } : {})}
      lead={lead}
      hasLegend={false}
      chosen={chosen}
      onSelect={onChoose}
    />
  );
}
