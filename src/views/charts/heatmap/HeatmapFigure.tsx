// The maps of a declared heatmap or, in their place, the table of their values. All maps share the chosen cell.
import { useState } from 'react';
import { DataTable } from '../parts/DataTable.tsx';
import type { CellPosition } from './cellKeys.ts';
import classes from './HeatmapCard.module.css';
import { MapLegend, MapView } from './MapView.tsx';
import type { HeatmapSpec, MapEditing } from './mark.ts';
import { tableOf } from './outputs.ts';

const TABLE_HEIGHT = 420;

export interface HeatmapFigureProps {
  spec: HeatmapSpec;
  asTable: boolean;
  /** Left out where nobody else needs it: the figure then keeps its own. */
  chosen?: CellPosition | null | undefined;
  onSelect?: ((position: CellPosition) => void) | undefined;
  /** Each map has its legend below, unless the owner draws one for all. */
  hasLegend?: boolean;
  /** Arranges several maps; below each other where it is left out. */
  className?: string | undefined;
  /** Of a card with one map. */
  editing?: MapEditing | undefined;
}

export function HeatmapFigure(props: HeatmapFigureProps) {
  const { spec, asTable, hasLegend = true, className = classes.maps } = props;
  const [own, setOwn] = useState<CellPosition>({ row: 0, column: 0 });
  const chosen = props.chosen === undefined ? own : props.chosen;
  const { maps, tableHeight = TABLE_HEIGHT } = spec;
  if (maps.length === 0) return null;
  if (asTable)
    return <DataTable maxHeight={tableHeight} data={tableOf(spec, chosen ?? { row: 0, column: 0 })} />;
  const hasTitles = maps.length > 1 || maps[0]?.subtitle !== undefined;
  return (
    <div className={className}>
      {maps.map((mark) => (
        <section key={mark.id ?? mark.label}>
          {hasTitles && mark.title && (
            <h3>
              {mark.title} <span>{mark.subtitle}</span>
            </h3>
          )}
          <MapView
            mark={mark}
            spec={spec}
            chosen={chosen}
            onSelect={props.onSelect ?? setOwn}
            editing={props.editing}
          />
          {hasLegend && <MapLegend mark={mark} />}
          {mark.remark}
        </section>
      ))}
    </div>
  );
}
