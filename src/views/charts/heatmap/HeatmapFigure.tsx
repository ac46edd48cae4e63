// The maps of a declared heatmap, or the table of their values instead. All maps share the chosen cell.
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
  /** If omitted, the figure keeps its own chosen cell. */
  chosen?: CellPosition | null | undefined;
  onSelect?: ((position: CellPosition) => void) | undefined;
  /** Whether each map has its legend below it; false if the owner draws one for all. */
  hasLegend?: boolean;
  /** Arranges several maps; default: one below the other. */
  className?: string | undefined;
  /** For cards with one map. */
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
