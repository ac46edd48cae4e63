// A map of hundreds or thousands of rows and columns in a scrollable window: drag to move; Ctrl with the wheel, pinch, or + and
// − to zoom. A frame draws only what is on screen, from images that are made once per map.
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { SmallButton } from '../parts/SmallButton.tsx';
import { readTokens, usePixelRatio, useScheme } from '../parts/useScheme.ts';
import { useFigure } from '../save/figures.ts';
import { CELL_KEYS, type CellDescription, type CellPosition, insideMap, inWords } from './cellKeys.ts';
import { AXIS_FONT, type AxisSpec } from './drawAxis.ts';
import { cellsWithin, type Hatch, hatchTile } from './drawCells.ts';
import type { Figure } from './figure.ts';
import classes from './LargeHeatmap.module.css';
import { type StripMap, useLevels } from './useLevels.ts';
import { clampWindow, labelStep, type MapWindow, revealed, shownCells, zoomAt } from './window.ts';

export interface LargeHeatmapProps {
  label: string;
  rows: AxisSpec;
  columns: AxisSpec;
  /** Its cells, coloured when they are drawn. */
  strips: StripMap;
  /** 1 = hatched; null if none is. */
  blocked: Uint8Array | null;
  /** The whole map as a figure, of which the part on screen is saved. */
  figure(): Figure;
  /** CSS pixels. */
  width: number;
  explain(position: CellPosition): CellDescription;
  chosen: CellPosition;
  onChoose(position: CellPosition): void;
}

const LEFT = 72;
const TOP = 34;
const TALLEST = 620;
const ZOOM = 1.5;
/** A longer movement of a press is a drag and chooses nothing. CSS pixels. */
const DRAG = 4;
/** Masked cells of at least this width are hatched; smaller ones are plain. */
const HATCH_FROM = 7;
const HATCH: Hatch = { every: 5, width: 1.3 };
const LABEL_ROOM = { top: 56, left: 14 };

export function LargeHeatmap(props: LargeHeatmapProps) {
  const { label, rows, columns, strips, blocked, figure, width, explain, chosen, onChoose } = props;
  const [rowCount, columnCount] = [rows.labels.length, columns.labels.length];
  const extent = useMemo(() => {
    const across = Math.max(80, width - LEFT);
    return { width: across, height: Math.min(TALLEST, across) };
  }, [width]);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const view = useRef<MapWindow>({ x: 0, y: 0, scale: 0 });
  const drag = useRef<{ x: number; y: number; moved: boolean; from: MapWindow } | null>(null);
  const frame = useRef(0);
  const [hovered, setHovered] = useState<CellPosition | null>(null);
  const scheme = useScheme();
  const ratio = usePixelRatio();
  const helpId = useId();
  const last = { row: rowCount - 1, column: columnCount - 1 };
  const colors = useMemo(() => {
    const tokens = scheme && readTokens(['surface', 'masked', 'masked-hatch', 'inset', 'text', 'text-muted']);
    return tokens || null;
  }, [scheme]);
  const cellColors = useMemo(
    () =>
      colors && {
        surface: colors.surface,
        masked: colors.masked,
        hatch: colors['masked-hatch'],
        blank: colors.inset,
      },
    [colors],
  );
  const levels = useLevels(strips, cellColors);

  /** Hatches the masked cells on screen. */
  const hatch = (context: CanvasRenderingContext2D, color: string, { x, y, scale }: MapWindow) => {
    const pattern = blocked && context.createPattern(hatchTile(color, HATCH, ratio), 'repeat');
    if (!pattern) return;
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    context.save();
    context.beginPath();
    context.rect(LEFT, TOP, extent.width, extent.height);
    context.clip();
    context.beginPath();
    const [left, right] = shownCells(x, extent.width, scale, columnCount);
    const [top, bottom] = shownCells(y, extent.height, scale, rowCount);
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++)
        if (blocked?.[row * columnCount + column] === 1)
          context.rect(LEFT + (column - x) * scale, TOP + (row - y) * scale, scale, scale);
    context.fillStyle = pattern;
    context.fill();
    context.restore();
  };

  const draw = () => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || !colors) return;
    view.current = clampWindow(view.current, rowCount, columnCount, extent);
    const { x, y, scale } = view.current;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, LEFT + extent.width, TOP + extent.height);
    const wanted = Math.max(0, Math.floor(-Math.log2(scale * ratio)));
    const level = Math.min(levels.length - 1, wanted);
    const image = levels[level];
    const shownWidth = Math.min(extent.width / scale, columnCount);
    const shownHeight = Math.min(extent.height / scale, rowCount);
    if (image) {
      const part = 2 ** -level;
      context.imageSmoothingEnabled = scale * ratio < 1;
      context.drawImage(
        image,
        x * part,
        y * part,
        shownWidth * part,
        shownHeight * part,
        LEFT,
        TOP,
        shownWidth * scale,
        shownHeight * scale,
      );
    }
    if (scale >= HATCH_FROM && image) hatch(context, colors['masked-hatch'], view.current);
    context.font = AXIS_FONT;
    context.fillStyle = colors['text-muted'];
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    context.fillText(columns.title, LEFT + extent.width / 2, 8);
    const [left, right] = shownCells(x, extent.width, scale, columnCount);
    const across = labelStep(scale, LABEL_ROOM.top);
    for (let c = Math.ceil(left / across) * across; c <= right; c += across)
      context.fillText(columns.labels[c] ?? '', LEFT + (c + 0.5 - x) * scale, 24);
    context.textAlign = 'right';
    const [top, bottom] = shownCells(y, extent.height, scale, rowCount);
    const down = labelStep(scale, LABEL_ROOM.left);
    for (let r = Math.ceil(top / down) * down; r <= bottom; r += down)
      context.fillText(rows.labels[r] ?? '', LEFT - 6, TOP + (r + 0.5 - y) * scale);
    const at = insideMap(chosen, last);
    const box = Math.max(scale, 5);
    const [boxX, boxY] = [LEFT + (at.column + 0.5 - x) * scale, TOP + (at.row + 0.5 - y) * scale];
    if (boxX >= LEFT && boxY >= TOP && boxX <= LEFT + extent.width && boxY <= TOP + extent.height) {
      context.strokeStyle = colors.surface;
      context.lineWidth = 4;
      context.strokeRect(boxX - box / 2, boxY - box / 2, box, box);
      context.strokeStyle = colors.text;
      context.lineWidth = 2;
      context.strokeRect(boxX - box / 2, boxY - box / 2, box, box);
    }
  };
  const latest = useRef(draw);
  latest.current = draw;
  /** At most one drawing per frame, however many events arrive. */
  const redraw = (next: MapWindow) => {
    view.current = next;
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => latest.current());
  };
  useEffect(() => {
    latest.current();
    return () => cancelAnimationFrame(frame.current);
  });

  const zoom = (factor: number, px = extent.width / 2, py = extent.height / 2) =>
    redraw(zoomAt(view.current, factor, px, py));
  /** Keyboard zoom is centred on the chosen cell, which stays in view. */
  const zoomToChosen = (factor: number) => {
    const { row, column } = insideMap(chosen, last);
    const shown = clampWindow(revealed(view.current, row, column, extent), rowCount, columnCount, extent);
    const { x, y, scale } = shown;
    redraw(zoomAt(shown, factor, (column + 0.5 - x) * scale, (row + 0.5 - y) * scale));
  };
  /** The part on screen as a figure. */
  const section = (): Figure => {
    const { x, y, scale } = view.current;
    const [left, right] = shownCells(x, extent.width, scale, columnCount);
    const [top, bottom] = shownCells(y, extent.height, scale, rowCount);
    const [height, across] = [bottom - top + 1, right - left + 1];
    const cut = (axis: AxisSpec, from: number, size: number): AxisSpec => ({
      title: axis.title,
      labels: axis.labels.slice(from, from + size),
      groups: [{ name: '', size }],
    });
    const isWhole = height === rowCount && across === columnCount;
    const where = `Rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1} of ${rowCount} by ${columnCount}.`;
    const whole = figure();
    return {
      ...whole,
      caption: isWhole ? whole.caption : `${whole.caption} ${where}`,
      rows: cut(rows, top, height),
      columns: cut(columns, left, across),
      cells: cellsWithin(whole.cells, columnCount, { top, left, rows: height, width: across }),
    };
  };
  useFigure(canvasRef, section);
  const zoomRef = useRef(zoom);
  zoomRef.current = zoom;
  useEffect(() => {
    const canvas = canvasRef.current;
    // React's wheel events are passive and cannot prevent the page from zooming.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const corner = (event.currentTarget as Element).getBoundingClientRect();
      zoomRef.current(
        Math.exp(-event.deltaY / 250),
        event.clientX - corner.left - LEFT,
        event.clientY - corner.top - TOP,
      );
    };
    canvas?.addEventListener('wheel', onWheel, { passive: false });
    return () => canvas?.removeEventListener('wheel', onWheel);
  }, []);

  const cellAt = (event: PointerEvent): CellPosition => {
    const corner = event.currentTarget.getBoundingClientRect();
    const { x, y, scale } = view.current;
    return insideMap(
      {
        row: Math.floor(y + (event.clientY - corner.top - TOP) / scale),
        column: Math.floor(x + (event.clientX - corner.left - LEFT) / scale),
      },
      last,
    );
  };
  const onPointerMove = (event: PointerEvent) => {
    const held = drag.current;
    if (!held) return setHovered(cellAt(event));
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < DRAG) return;
    if (!held.moved) setHovered(null);
    held.moved = true;
    const { from } = held;
    redraw({ scale: from.scale, x: from.x - dx / from.scale, y: from.y - dy / from.scale });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const keys: Record<string, () => void> = {
      '+': () => zoomToChosen(ZOOM),
      '=': () => zoomToChosen(ZOOM),
      '-': () => zoomToChosen(1 / ZOOM),
      '0': () => zoom(0),
    };
    const move = CELL_KEYS[event.key];
    if (!move && !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]?.();
    if (!move) return;
    const next = insideMap(move(insideMap(chosen, last), last), last);
    view.current = revealed(view.current, next.row, next.column, extent);
    setHovered(null);
    onChoose(next);
  };
  const told = explain(insideMap(hovered ?? chosen, last));
  return (
    <div>
      <div className={classes.bar}>
        <SmallButton onClick={() => zoom(ZOOM)} label="Zoom in">
          +
        </SmallButton>
        <SmallButton onClick={() => zoom(1 / ZOOM)} label="Zoom out">
          −
        </SmallButton>
        <SmallButton onClick={() => zoom(0)}>All</SmallButton>
        <span>Drag moves, Ctrl with the wheel zooms.</span>
      </div>
      <div
        className={classes.map}
        style={{ width: LEFT + extent.width }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the chosen cell
        tabIndex={0}
        role="application"
        aria-roledescription="heatmap"
        aria-label={label}
        aria-describedby={helpId}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, moved: false, from: view.current };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={(event) => {
          if (drag.current && !drag.current.moved) onChoose(cellAt(event));
          drag.current = null;
        }}
        onPointerCancel={() => {
          drag.current = null;
        }}
        onPointerLeave={() => setHovered(null)}
      >
        <canvas
          ref={canvasRef}
          width={Math.round((LEFT + extent.width) * ratio)}
          height={Math.round((TOP + extent.height) * ratio)}
          style={{ width: LEFT + extent.width, height: TOP + extent.height }}
        />
      </div>
      <p className={classes.told}>{inWords(told)}</p>
      <p id={helpId} className="visually-hidden">
        Arrow keys move between cells, plus and minus zoom, 0 shows all.
      </p>
      <p className="visually-hidden" aria-live="polite">
        {hovered ? '' : inWords(told)}
      </p>
    </div>
  );
}
