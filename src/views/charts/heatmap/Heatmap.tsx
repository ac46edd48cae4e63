// A matrix as coloured cells on a canvas, with named rows and columns. One focusable element represents all cells: the arrow
// keys move the chosen cell, hover and focus show its values, and a live region reads them out.
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { parseHex, tableColor, textOn } from '../../theme/palette.ts';
import { ChartTooltip } from '../parts/ChartTooltip.tsx';
import { readTokens, usePixelRatio, useScheme } from '../parts/useScheme.ts';
import { useFigure } from '../save/figures.ts';
import { AxisCanvas } from './AxisCanvas.tsx';
import { type Bands, indexAt, layoutBands } from './bands.ts';
import { CellTooltip } from './CellTooltip.tsx';
import { CELL_KEYS, type CellDescription, type CellPosition, insideMap, inWords } from './cellKeys.ts';
import { type AxisSpec, setAxisFont } from './drawAxis.ts';
import { type Cells, drawCells, type Hatch } from './drawCells.ts';
import type { Figure } from './figure.ts';
import classes from './Heatmap.module.css';
import { useMeasure } from './useMeasure.ts';

export interface HeatmapProps {
  /** Describes the map for screen readers. */
  label: string;
  rows: AxisSpec;
  columns: AxisSpec;
  cells: Cells;
  /** The figure to save. */
  figure(): Figure;
  /** Preferred width of a cell, CSS pixels. */
  cell: number;
  explain(position: CellPosition): CellDescription;
  /** Text printed on cells that are wide enough. */
  print?: ((position: CellPosition) => string) | undefined;
  chosen: CellPosition | null;
  onChoose(position: CellPosition): void;
  /** Further outlined cells, such as the mirror image of the chosen one. */
  outlined?: readonly CellPosition[];
  /** Two corners of a selected rectangle, outlined instead of the chosen cell. */
  selected?: { from: CellPosition; to: CellPosition } | undefined;
  /** Marks the whole row of the chosen cell, whose weights are shown below. */
  markRow?: boolean | undefined;
  /** Called during a drag, and for Shift with an arrow key, with the first and the current cell. */
  onStretch?: ((from: CellPosition, to: CellPosition) => void) | undefined;
  /** Keys handled by the owner, for the chosen cell. */
  onKey?: ((key: string) => boolean) | undefined;
  /** Drawn below the columns and scrolled with them; `axis` is at its left. */
  below?: ((columns: Bands) => { axis: ReactNode; content: ReactNode }) | undefined;
}

const DETAIL_HATCH: Hatch = { every: 5, width: 1.3 };
const PRINT_FROM = 30;
/** Larger cells are outlined on the inside, so that labels beside the map cover no outline. */
const INSET_FROM = 12;
/** Taller maps scroll within their card; names and bars stay in view. */
const TALL = 640;
const TOKENS = ['surface', 'masked', 'masked-hatch', 'inset', 'text-muted'] as const;

export function Heatmap(props: HeatmapProps) {
  const {
    label,
    rows,
    columns,
    cells,
    figure,
    cell,
    explain,
    print,
    chosen,
    onChoose,
    outlined = [],
    selected: rectangle,
    markRow,
    onStretch,
    onKey,
    below,
  } = props;
  const anchor = useRef<CellPosition | null>(null);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const bodyRef = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const ratio = usePixelRatio();
  const helpId = useId();
  const measure = useMeasure();
  useFigure(bodyRef, figure);
  const [hovered, setHovered] = useState<CellPosition | null>(null);
  const [showsChosen, setShowsChosen] = useState(false);
  const rowKey = rows.groups.map((group) => group.size).join(' ');
  const columnKey = columns.groups.map((group) => group.size).join(' ');
  const rowBands = useMemo(
    () => layoutBands(rowKey.split(' ').map(Number), cell, ratio),
    [rowKey, cell, ratio],
  );
  const columnBands = useMemo(
    () => layoutBands(columnKey.split(' ').map(Number), cell, ratio),
    [columnKey, cell, ratio],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the tokens, `measure` tells of new fonts
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    if (!canvas) return;
    const tokens = readTokens(TOKENS);
    const colors = {
      surface: tokens.surface,
      masked: tokens.masked,
      hatch: tokens['masked-hatch'],
      blank: tokens.inset,
    };
    drawCells(canvas, cells, rowBands, columnBands, colors, DETAIL_HATCH, ratio);
    const context = canvas.getContext('2d');
    if (!print || !context || columnBands.cell < PRINT_FROM) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    setAxisFont(context);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const width = columnBands.starts.length;
    cells.indices.forEach((index, i) => {
      const position = { row: Math.floor(i / width), column: i % width };
      const isBlank = cells.blank?.[i] === 1;
      context.fillStyle = isBlank
        ? tokens['text-muted']
        : textOn(cells.blocked?.[i] ? parseHex(colors.masked) : tableColor(cells.table, index));
      const x = (columnBands.starts[position.column] as number) + columnBands.cell / 2;
      const y = (rowBands.starts[position.row] as number) + rowBands.cell / 2 + 0.5;
      context.fillText(print(position), x, y);
    });
  }, [cells, rowBands, columnBands, ratio, scheme, print, measure]);

  const last = { row: rowBands.starts.length - 1, column: columnBands.starts.length - 1 };
  const inside = (at: CellPosition) => insideMap(at, last);
  const selected = chosen && inside(chosen);

  const cellAt = (event: PointerEvent): CellPosition => {
    const box = event.currentTarget.getBoundingClientRect();
    return inside({
      row: indexAt(rowBands, event.clientY - box.top),
      column: indexAt(columnBands, event.clientX - box.left),
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setShowsChosen(false);
    const move = CELL_KEYS[event.key];
    if (!move) {
      if (!event.ctrlKey && !event.metaKey && onKey?.(event.key)) event.preventDefault();
      return;
    }
    event.preventDefault();
    const next = inside(selected ? move(selected, last) : { row: 0, column: 0 });
    setShowsChosen(true);
    setHovered(null);
    if (event.shiftKey && onStretch && selected) {
      anchor.current ??= selected;
      // The owner chooses the far corner itself: choosing it here as well would select a single cell.
      onStretch(anchor.current, next);
    } else {
      anchor.current = null;
      onChoose(next);
    }
    bodyRef.current
      ?.querySelector(`.${classes.cellOutline}`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const pointed = hovered ? inside(hovered) : showsChosen ? selected : null;
  const description = pointed && explain(pointed);
  const outline = (from: CellPosition, to = from) => {
    const [left, right] = [Math.min(from.column, to.column), Math.max(from.column, to.column)];
    const [top, bottom] = [Math.min(from.row, to.row), Math.max(from.row, to.row)];
    const [x, y] = [columnBands.starts[left] ?? 0, rowBands.starts[top] ?? 0];
    return {
      left: x,
      top: y,
      width: (columnBands.starts[right] ?? 0) + columnBands.cell - x,
      height: (rowBands.starts[bottom] ?? 0) + rowBands.cell - y,
    };
  };
  const footer = below?.(columnBands);
  return (
    <div className={classes.scroll} data-tall={rowBands.size > TALL}>
      <div className={classes.grid}>
        <div className={classes.corner} />
        <AxisCanvas
          spec={columns}
          bands={columnBands}
          side="top"
          chosen={selected && markRow ? selected.column : null}
        />
        <AxisCanvas
          spec={rows}
          bands={rowBands}
          side="left"
          chosen={selected && markRow ? selected.row : null}
        />
        <div
          ref={bodyRef}
          className={classes.body}
          data-large={columnBands.cell >= INSET_FROM}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the chosen cell
          tabIndex={0}
          role="application"
          aria-roledescription="heatmap"
          aria-label={label}
          aria-describedby={helpId}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            if (!event.currentTarget.matches(':focus-visible')) return;
            setShowsChosen(true);
            if (!selected) onChoose({ row: 0, column: 0 });
          }}
          onBlur={() => setShowsChosen(false)}
          onPointerMove={(event) => {
            const at = cellAt(event);
            setHovered(at);
            if (onStretch && anchor.current && event.buttons === 1) onStretch(anchor.current, at);
          }}
          onPointerLeave={() => setHovered(null)}
          onPointerDown={(event) => {
            const at = cellAt(event);
            anchor.current = at;
            onChoose(at);
          }}
        >
          <canvas ref={canvasRef} style={{ width: columnBands.size, height: rowBands.size }} />
          {selected && markRow && (
            <span
              className={classes.rowOutline}
              style={{ top: rowBands.starts[selected.row], width: columnBands.size, height: rowBands.cell }}
            />
          )}
          {outlined.map((at) => (
            <span
              key={`${at.row} ${at.column}`}
              className={classes.cellOutline}
              style={outline(inside(at))}
            />
          ))}
          {selected && (
            <span
              className={classes.cellOutline}
              style={rectangle ? outline(inside(rectangle.from), inside(rectangle.to)) : outline(selected)}
            />
          )}
          {pointed && description && (
            <CellTooltip anchor={bodyRef} box={outline(pointed)}>
              <ChartTooltip title={description.title} pairs={description.pairs} />
            </CellTooltip>
          )}
        </div>
        {footer && (
          <>
            <div className={classes.footerAxis}>{footer.axis}</div>
            <div className={classes.footer}>{footer.content}</div>
          </>
        )}
      </div>
      <p id={helpId} className="visually-hidden">
        Arrow keys move between cells, Home and End go to the ends of a row.
      </p>
      <p className="visually-hidden" aria-live="polite">
        {showsChosen && !hovered && description ? inWords(description) : ''}
      </p>
    </div>
  );
}
