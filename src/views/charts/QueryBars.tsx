// The weights of one query as bars, aligned with the columns of the heatmap above them.
import { useId } from 'react';
import { formatTick } from './format.ts';
import type { Bands } from './heatmap/bands.ts';
import { linearTicks } from './scale.ts';

const HEIGHT = 112;
const TOP = 8;
const BOTTOM = 6;

export interface QueryBarsProps {
  /** One weight per key. */
  weights: ArrayLike<number>;
  /** One entry per key, 1 = blocked; null if none is. */
  blocked: ArrayLike<number> | null;
  chosen: number | null;
  columns: Bands;
}

function barTicks(weights: ArrayLike<number>) {
  return linearTicks(0, Math.max(1e-6, ...Array.from(weights)), 3);
}

const yOf = (value: number, top: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);

/** The axis at the left of the bars. */
export function QueryBarsAxis({ weights }: { weights: ArrayLike<number> }) {
  const { ticks, domain, step } = barTicks(weights);
  return (
    <svg height={HEIGHT} style={{ width: 0, minWidth: '100%' }} aria-hidden="true">
      {ticks.map((tick) => (
        <text
          key={tick}
          x="100%"
          dx={-8}
          y={yOf(tick, domain[1]) + 4}
          textAnchor="end"
          fontSize={11}
          fill="var(--text-muted)"
        >
          {formatTick(tick, step)}
        </text>
      ))}
    </svg>
  );
}

export function QueryBars({ weights, blocked, chosen, columns }: QueryBarsProps) {
  const hatch = useId();
  const { ticks, domain } = barTicks(weights);
  const base = yOf(0, domain[1]);
  const inset = columns.cell >= 12 ? Math.round(columns.cell * 0.16) : 0;
  return (
    <svg
      width={columns.size}
      height={HEIGHT}
      role="img"
      aria-label="Weights of the chosen query, one bar per key"
    >
      <defs>
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="1.3" height="5" fill="var(--masked-hatch)" />
        </pattern>
      </defs>
      {ticks.map((tick) => (
        <line
          key={tick}
          x1="0"
          x2={columns.size}
          y1={yOf(tick, domain[1])}
          y2={yOf(tick, domain[1])}
          stroke={tick === 0 ? 'var(--axis)' : 'var(--grid)'}
        />
      ))}
      {Array.from(columns.starts, (start, key) => {
        const isBlocked = blocked?.[key] === 1;
        const y = isBlocked ? base - 9 : yOf(weights[key] ?? 0, domain[1]);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: keys are told apart by position only
            key={key}
            x={start + inset}
            y={y}
            width={Math.max(1, columns.cell - 2 * inset)}
            height={Math.max(0, base - y)}
            rx={inset > 0 ? 1.5 : 0}
            fill={isBlocked ? `url(#${hatch})` : key === chosen ? 'var(--text)' : 'var(--control-border)'}
          />
        );
      })}
    </svg>
  );
}
