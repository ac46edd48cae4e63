// Parallel coordinates: every cell of a sweep as a line over its settings to one figure, which colours it.
import { type CSSProperties, useMemo, useState } from 'react';
import type { CellFigures, Figure } from '../../../../store/sweeps/figures.ts';
import { toCsv } from '../../../charts/csv.ts';
import { formatCompact } from '../../../charts/format.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { DataTable } from '../../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../../charts/parts/SmallButton.tsx';
import { useWidth } from '../../../charts/parts/useWidth.ts';
import { DIVERGING, tableColor, toCss, VIRIDIS } from '../../../theme/palette.ts';
import { cellText } from './outputs.ts';
import { namesApart, parallelOf } from './parallel.ts';
import classes from './sweeps.module.css';

const HEIGHT = 250;
const ROOM = { side: 52, top: 40, bottom: 18 };
/** The marks of the first axis take at most this share of the width. */
const MARKS_SHARE = 0.28;
const cut = (text: string, room: number) => {
  const letters = Math.max(2, Math.floor(room / LETTER));
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
};
/** Names of axes stand in two lines where they would touch. */
const NAME_LINES = [12, 26];
/** A letter of 11 px is about this wide. */
const LETTER = 6;
/** More names than these beside an axis would touch; then its ends have theirs. */
const MOST_MARKS = 9;

export interface ParallelCardProps {
  figure: Figure;
  cells: readonly CellFigures[];
  axes: readonly string[];
}

export function ParallelCard({ figure, cells, axes }: ParallelCardProps) {
  const [asTable, setAsTable] = useState(false);
  const [ref, width] = useWidth<HTMLDivElement>();
  const best = cells.filter(({ mean }) => !Number.isNaN(mean)).sort((a, b) => b.mean - a.mean);
  const data = {
    caption: `Every cell with its ${figure.label}, largest first`,
    header: [...axes, figure.label],
    rows: best.map((own) => [...own.cell.labels, cellText(own)]),
  };
  const csv = () =>
    toCsv(
      [...axes, figure.label, 'sd', 'low', 'high', 'n'],
      best.map(({ cell, mean, sd, low, high, n }) => [...cell.labels, mean, sd, low, high, n]),
    );
  return (
    <Card
      figure="sweep-cells"
      title="All cells"
      subtitle={`settings and ${figure.label}, one line per cell`}
      files={{ what: 'All cells', fileName: 'sweep-cells', csv }}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="All cells" />}
    >
      <div ref={ref}>
        {asTable ? (
          <DataTable data={data} maxHeight={360} />
        ) : (
          width > 0 && <Picture figure={figure} cells={cells} axes={axes} width={width} known={best.length} />
        )}
      </div>
    </Card>
  );
}

/** Both themes' colours, of which the style sheet chooses: a picture is saved in light ones. */
const colors = (share: number, isSigned: boolean) => {
  const at = Math.round(share * 255);
  const [light, dark] = isSigned ? [DIVERGING.light, DIVERGING.dark] : [VIRIDIS, VIRIDIS];
  return {
    '--on-light': toCss(tableColor(light, at)),
    '--on-dark': toCss(tableColor(dark, at)),
  } as CSSProperties;
};

function Picture({
  figure,
  cells,
  axes,
  width,
  known,
}: ParallelCardProps & { width: number; known: number }) {
  const { values, marks, strands } = useMemo(
    () => parallelOf(cells, axes.length, figure.isSigned),
    [cells, axes.length, figure.isSigned],
  );
  const plot = HEIGHT - ROOM.top - ROOM.bottom;
  const longest = LETTER * Math.max(0, ...(marks[0] ?? []).map(({ label }) => label.length));
  const left = Math.max(ROOM.side, Math.min(MARKS_SHARE * width, longest + 8));
  const across = (i: number) => Math.round(left + (i / axes.length) * (width - left - ROOM.side));
  // Beside an axis there is room for its marks up to the axis before it.
  const roomAt = (i: number) => (i === 0 ? left : across(i) - across(i - 1)) - 8;
  const down = (share: number) => Math.round(10 * (ROOM.top + (1 - share) * plot)) / 10;
  const names = [...axes, figure.label];
  const places = namesApart(
    names.map((_, i) => across(i)),
    names.map((name) => LETTER * name.length),
    { width, gap: 8, lines: NAME_LINES.length },
  );
  const ends = values.map((value, at) => ({ label: formatCompact(value), share: at }));
  return (
    <svg
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={`${known} cells over ${axes.join(', ')}, coloured by ${figure.label}; the table has the numbers`}
    >
      {strands.map(({ share, lines }) => (
        <path
          key={share}
          className={classes.strand}
          style={colors(share, figure.isSigned)}
          strokeWidth={known > 200 ? 1 : 1.75}
          d={lines.map((line) => `M${line.map((s, i) => `${across(i)} ${down(s)}`).join('L')}`).join('')}
        />
      ))}
      {names.map((name, i) => {
        const isLast = i === axes.length;
        const own = isLast ? ends : (marks[i] ?? []);
        const shown = own.length > MOST_MARKS ? own.filter((_, at) => at % (own.length - 1) === 0) : own;
        return (
          <g key={name}>
            <path d={`M${across(i)} ${ROOM.top}v${plot}`} stroke="var(--axis)" />
            <text x={places[i]?.left} y={NAME_LINES[places[i]?.line ?? 0]} className={classes.axisName}>
              {name}
            </text>
            {shown.map(({ label, share }) => (
              <text
                key={share}
                x={across(i) + (isLast ? 5 : -5)}
                y={down(share)}
                dy="0.32em"
                textAnchor={isLast ? 'start' : 'end'}
                paintOrder="stroke"
                className={classes.outlined}
              >
                {isLast ? label : cut(label, roomAt(i))}
                <title>{label}</title>
              </text>
            ))}
          </g>
        );
      })}
    </svg>
  );
}
