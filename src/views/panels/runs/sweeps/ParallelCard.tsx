// Parallel coordinates: every cell of a sweep as a line over its settings to one figure, which colours it; on a canvas, because
// there may be thousands.
import { useEffect, useRef, useState } from 'react';
import type { CellFigures, Figure } from '../../../../store/sweeps/figures.ts';
import { placesOf } from '../../../../store/sweeps/figures.ts';
import { formatCompact } from '../../../charts/format.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { DataTable } from '../../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../../charts/parts/SmallButton.tsx';
import { useScheme } from '../../../charts/parts/useScheme.ts';
import { useWidth } from '../../../charts/parts/useWidth.ts';
import { DIVERGING, tableColor, toCss, VIRIDIS } from '../../../theme/palette.ts';
import { extentOf, positionsOf } from './lines.ts';
import { cellText } from './outputs.ts';
import classes from './sweeps.module.css';

const HEIGHT = 250;
const ROOM = { side: 52, top: 40, bottom: 18 };
/** Names of axes stand in two lines where they would touch. */
const NAME_LINES = [12, 26];
const NAME_GAP = 8;

export interface ParallelCardProps {
  figure: Figure;
  cells: readonly CellFigures[];
  axes: readonly string[];
}

export function ParallelCard({ figure, cells, axes }: ParallelCardProps) {
  const [asTable, setAsTable] = useState(false);
  const [ref, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useScheme();
  const known = cells.filter(({ mean }) => !Number.isNaN(mean));
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, width, { figure, cells, axes }, scheme);
  });
  const best = [...known].sort((a, b) => b.mean - a.mean);
  const data = {
    caption: `Every cell with its ${figure.label}, largest first`,
    header: [...axes, figure.label],
    rows: best.map((own) => [...own.cell.labels, cellText(own)]),
  };
  return (
    <Card
      figure="sweep-cells"
      title="All cells"
      subtitle={`settings and ${figure.label}, one line per cell`}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="All cells" />}
    >
      <div ref={ref}>
        {asTable ? (
          <DataTable data={data} maxHeight={360} />
        ) : (
          <canvas
            ref={canvas}
            className={classes.canvas}
            role="img"
            aria-label={`${known.length} cells over ${axes.join(', ')}, coloured by ${figure.label}; the table has the numbers`}
          />
        )}
      </div>
    </Card>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  width: number,
  { figure, cells, axes }: ParallelCardProps,
  scheme: 'light' | 'dark',
): void {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${HEIGHT}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, HEIGHT);
  const style = getComputedStyle(canvas);
  const [text, axisColor] = [style.getPropertyValue('--text-secondary'), style.getPropertyValue('--axis')];
  const surface = style.getPropertyValue('--surface');
  const known = cells.filter(({ mean }) => !Number.isNaN(mean));
  const values = extentOf(
    known.map(({ mean }) => mean),
    figure.isSigned,
  );
  const plot = HEIGHT - ROOM.top - ROOM.bottom;
  const across = (i: number) => ROOM.side + (i / axes.length) * (width - 2 * ROOM.side);
  const down = (share: number) => ROOM.top + (1 - share) * plot;
  const places = axes.map((_, axis) => {
    const names = placesOf(
      cells.map(({ cell }) => cell),
      axis,
    );
    const at = positionsOf(names);
    const [low, high] = [Math.min(...at), Math.max(...at)];
    return { names, shares: at.map((p) => (high === low ? 0.5 : (p - low) / (high - low))) };
  });
  const shareOf = (mean: number) => (mean - values[0]) / (values[1] - values[0]);
  const limit = Math.max(Math.abs(values[0]), Math.abs(values[1]));
  const colorOf = (mean: number) =>
    figure.isSigned
      ? toCss(tableColor(DIVERGING[scheme], Math.round((0.5 + mean / (2 * limit)) * 255)))
      : toCss(tableColor(VIRIDIS, Math.round(shareOf(mean) * 255)));
  context.lineWidth = known.length > 200 ? 1 : 1.75;
  // The largest are drawn last, on top.
  for (const { cell, mean } of [...known].sort((a, b) => a.mean - b.mean)) {
    context.strokeStyle = colorOf(mean);
    context.beginPath();
    places.forEach(({ names, shares }, axis) => {
      const y = down(shares[names.indexOf(cell.labels[axis] ?? '')] ?? 0.5);
      if (axis === 0) context.moveTo(across(axis), y);
      else context.lineTo(across(axis), y);
    });
    context.lineTo(across(axes.length), down(shareOf(mean)));
    context.stroke();
  }
  context.font = '11px "Inter Variable", system-ui, sans-serif';
  context.textAlign = 'center';
  context.lineWidth = 1;
  const ends = NAME_LINES.map(() => Number.NEGATIVE_INFINITY);
  [...axes, figure.label].forEach((name, i) => {
    context.strokeStyle = axisColor;
    context.beginPath();
    context.moveTo(across(i), ROOM.top);
    context.lineTo(across(i), ROOM.top + plot);
    context.stroke();
    context.fillStyle = text;
    context.textAlign = 'left';
    const long = context.measureText(name).width;
    const from = Math.max(2, Math.min(width - 2 - long, across(i) - long / 2));
    const free = ends.findIndex((end) => from > end + NAME_GAP);
    const line = free < 0 ? i % NAME_LINES.length : free;
    ends[line] = from + long;
    context.fillText(name, from, NAME_LINES[line] as number);
    const marks =
      i === axes.length
        ? values.map((value, at) => ({ label: formatCompact(value), share: at }))
        : (places[i]?.names ?? []).map((label, at) => ({ label, share: places[i]?.shares[at] ?? 0 }));
    context.textAlign = i === axes.length ? 'left' : 'right';
    for (const { label, share } of marks.length > 9
      ? [marks[0], marks.at(-1)].flatMap((e) => e ?? [])
      : marks)
      outlined(context, label, across(i) + (i === axes.length ? 5 : -5), down(share) + 4, surface);
  });
}

/** Text with an outline, legible on top of lines. */
function outlined(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  around: string,
): void {
  context.save();
  context.strokeStyle = around;
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeText(text, x, y);
  context.restore();
  context.fillText(text, x, y);
}
