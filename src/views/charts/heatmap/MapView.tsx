// Draws one declared map in the available space: all of its cells, or a window on a large one, with its legend.
import { useMemo } from 'react';
import { LegendItem } from '../parts/Card.tsx';
import { useScheme } from '../parts/useScheme.ts';
import { useWidth } from '../parts/useWidth.ts';
import { fitCell } from './bands.ts';
import type { CellPosition } from './cellKeys.ts';
import { type ColorScale, colorCells } from './colorScale.ts';
import { leftAxisWidth } from './drawAxis.ts';
import { Heatmap } from './Heatmap.tsx';
import classes from './HeatmapCard.module.css';
import { LargeHeatmap } from './LargeHeatmap.tsx';
import { type HeatmapMark, type HeatmapSpec, isLarge, type MapEditing } from './mark.ts';
import { explainMark, figureOf } from './outputs.ts';
import { ScaleBar } from './ScaleBar.tsx';
import type { StripMap } from './useLevels.ts';
import { useMeasure } from './useMeasure.ts';

/** Space kept free at the right of the cells. */
const SLACK = 10;

/** Returns the same object until its content changes. */
function useContent<T>(value: T): T {
  const text = JSON.stringify(value);
  return useMemo(() => JSON.parse(text) as T, [text]);
}

/** The legend of a map: colour bar, hatch, text. */
export function MapLegend({ mark }: { mark: HeatmapMark }) {
  const { scale, blocked, blockedText, blockedLegend = blockedText, legendText } = mark;
  const isHatched = blockedLegend !== undefined && blocked?.includes(1);
  if (!scale.ends && !isHatched && !legendText) return null;
  return (
    <p className={classes.legend}>
      <ScaleBar scale={scale} />
      {isHatched && <LegendItem mark="hatch">{blockedLegend}</LegendItem>}
      {legendText && <span>{legendText}</span>}
    </p>
  );
}

export interface MapViewProps {
  mark: HeatmapMark;
  spec: Pick<HeatmapSpec, 'cell' | 'markRow' | 'below'>;
  chosen: CellPosition | null;
  onSelect(position: CellPosition): void;
  editing?: MapEditing | undefined;
}

export function MapView({ mark, spec, chosen, onSelect, editing }: MapViewProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const scheme = useScheme();
  const measure = useMeasure();
  const { label, values, colored = values, blocked, blank } = mark;
  const rows = useContent(mark.rows);
  const columns = useContent(mark.columns);
  const scale = useContent<ColorScale>(mark.scale);
  const isWindow = isLarge(mark);
  const [numRows, numColumns] = [rows.labels.length, columns.labels.length];
  const cells = useMemo(
    () => (isWindow ? null : colorCells({ values: colored, scale, blocked, blank }, scheme)),
    [isWindow, colored, scale, blocked, blank, scheme],
  );
  const strips = useMemo(
    (): StripMap => ({
      rows: numRows,
      columns: numColumns,
      color: (range) => colorCells({ values: colored, scale, blocked, blank }, scheme, range),
    }),
    [numRows, numColumns, colored, scale, blocked, blank, scheme],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is printed depends on the values alone
  const print = useMemo(
    () =>
      mark.print &&
      ((at: CellPosition) => mark.print?.(values[at.row * numColumns + at.column] ?? Number.NaN, at) ?? ''),
    [values, numColumns],
  );
  // The window has an axis of fixed width: its thousands of labels need not be measured.
  const room = useMemo(
    () => (isWindow ? 0 : leftAxisWidth(rows, measure) + SLACK),
    [isWindow, rows, measure],
  );
  const isMirrored = mark.isSymmetric && chosen && chosen.row !== chosen.column;
  const common = {
    label,
    rows,
    columns,
    // On white in either theme.
    figure: () => figureOf(mark, 'light'),
    explain: (position: CellPosition) => explainMark(mark, position),
    onChoose: onSelect,
  };
  return (
    <div ref={ref}>
      {width > 0 &&
        (cells === null ? (
          <LargeHeatmap
            {...common}
            strips={strips}
            blocked={blocked ?? null}
            width={width}
            chosen={chosen ?? { row: 0, column: 0 }}
          />
        ) : (
          <Heatmap
            {...common}
            cells={cells}
            cell={fitCell(
              columns.groups.map((group) => group.size),
              width - room,
              spec.cell.smallest,
              spec.cell.largest,
            )}
            print={print}
            chosen={chosen}
            outlined={isMirrored ? [{ row: chosen.column, column: chosen.row }] : []}
            selected={editing?.selected}
            onStretch={editing?.onStretch}
            onKey={editing?.onKey}
            markRow={spec.markRow}
            below={spec.below}
          />
        ))}
    </div>
  );
}
