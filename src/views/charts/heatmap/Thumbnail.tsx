// A heatmap small enough to compare many: no names, no gaps, finer hatch.
import { memo, useEffect, useMemo, useRef } from 'react';
import { readTokens, usePixelRatio, useScheme } from '../parts/useScheme.ts';
import { usePrint } from '../save/figures.ts';
import { layoutBands } from './bands.ts';
import { type Cells, drawCells, type Hatch, PRINT_COLORS, PRINT_SCALE } from './drawCells.ts';
import { drawLater } from './drawLater.ts';

const HATCH: Hatch = { every: 3.4, width: 1 };
/** Cells are 5 px, or smaller if the map would exceed this. */
const LARGEST = 86;
const CELL = 5;
/** Larger maps are pooled before they come here: a thumbnail has no more pixels. */
export const MOST_CELLS = 172;

export interface ThumbnailProps {
  rows: number;
  columns: number;
  /** Called when it is drawn: pass the same function for the same map. */
  cells(): Cells;
  /** Size of a cell, and maximum size of the thumbnail, in CSS pixels. */
  cell?: number;
  largest?: number;
}

export const Thumbnail = memo(function Thumbnail({
  rows,
  columns,
  cells,
  cell: most = CELL,
  largest = LARGEST,
}: ThumbnailProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const scheme = useScheme();
  const ratio = usePixelRatio();
  const cell = Math.min(most, largest / Math.max(rows, columns));
  const [rowBands, columnBands] = useMemo(
    () => [layoutBands([rows], cell, ratio), layoutBands([columns], cell, ratio)],
    [rows, columns, ratio, cell],
  );
  usePrint(ref, (on) => {
    const [down, across] = [rows, columns].map((count) => layoutBands([count], cell, PRINT_SCALE));
    if (down && across) drawCells(on, cells(), down, across, PRINT_COLORS, HATCH, PRINT_SCALE);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the tokens that are read
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    return drawLater(() => {
      const tokens = readTokens(['surface', 'masked', 'masked-hatch', 'inset']);
      const colors = {
        surface: tokens.surface,
        masked: tokens.masked,
        hatch: tokens['masked-hatch'],
        blank: tokens.inset,
      };
      drawCells(canvas, cells(), rowBands, columnBands, colors, HATCH, ratio);
    });
  }, [cells, rowBands, columnBands, ratio, scheme]);
  const shrink = Math.min(1, largest / Math.max(rowBands.size, columnBands.size, 1));
  return <canvas ref={ref} style={{ width: columnBands.size * shrink, height: rowBands.size * shrink }} />;
});
