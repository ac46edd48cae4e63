// Gain per task as bars from zero, one ring per seed, a dashed line at the mean. Plain elements positioned in percent of the
// width: only the ticks that have room for their labels are measured, and text stays text.

import type { CSSProperties } from 'react';
import { taskFill } from '../theme/palette.ts';
import { formatPercent, formatSigned } from './format.ts';
import classes from './GainBars.module.css';
import { Chip } from './parts/Chip.tsx';
import { useWidth } from './parts/useWidth.ts';
import { labelsApart, linearTicks } from './scale.ts';

export interface GainBar {
  label: string;
  /** Percent; if NaN, `value` has the text to show. */
  gain: number;
  perSeed: number[];
  /** Text at the right. */
  value: string;
  /** Why there is no bar, or null. */
  note: string | null;
  /** Colour of a bar that does not stand for a task. */
  fill?: string;
}

export interface GainBarsProps {
  /** What a bar stands for: "task" or "network". */
  of?: string;
  bars: readonly GainBar[];
  /** Mean gain, percent; NaN when undefined. */
  mean: number;
}

export function GainBars({ bars, mean, of = 'task' }: GainBarsProps) {
  const drawn = bars.flatMap((bar) => [bar.gain, ...bar.perSeed]).filter(Number.isFinite);
  const finite = Number.isFinite(mean) ? [...drawn, mean] : drawn;
  const { domain, ticks, step } = linearTicks(Math.min(0, ...finite), Math.max(0, ...finite), 5);
  const [axis, width] = useWidth<HTMLDivElement>();
  const at = (value: number) => (100 * (value - domain[0])) / (domain[1] - domain[0]);
  const decimals = step < 1 ? 2 : step % 1 === 0 ? 0 : 1;
  const tickLabels = ticks.map(
    (tick, i) => `${formatSigned(tick, decimals)}${i === ticks.length - 1 ? '\u00a0%' : ''}`,
  );
  const hasRoom = labelsApart(
    tickLabels,
    ticks.map((tick) => (width * at(tick)) / 100),
  );
  const label = `Gain per ${of} in percent: ${bars.map((bar) => `${bar.label} ${bar.value}`).join(', ')}`;
  const longest = Math.max(...bars.map((bar) => bar.label.length));
  const labelWidth = Math.min(220, Math.max(78, 22 + 7 * longest));
  return (
    <div
      className={classes.chart}
      style={{ '--label': `min(40%, ${labelWidth}px)` } as CSSProperties}
      role="img"
      aria-label={label}
    >
      <div className={classes.meanLabelRow} aria-hidden="true">
        {Number.isFinite(mean) && (
          <span
            className={classes.meanLabel}
            style={{ left: `clamp(44px, ${at(mean)}%, calc(100% - 44px))` }}
          >
            mean {formatPercent(mean)}
          </span>
        )}
      </div>
      <div className={classes.rows} aria-hidden="true">
        <div className={classes.plot}>
          {ticks.map((tick) => (
            <span
              key={tick}
              className={tick === 0 ? classes.zero : classes.grid}
              style={{ left: `${at(tick)}%` }}
            />
          ))}
        </div>
        {bars.map((bar, task) => (
          <div key={bar.label} className={classes.row}>
            <span className={classes.label}>
              {bar.fill === undefined && <Chip task={task} />}
              <span className={classes.name}>{bar.label}</span>
            </span>
            <span className={classes.lane}>
              {Number.isFinite(bar.gain) ? (
                <span
                  className={classes.bar}
                  style={{
                    left: `${at(Math.min(0, bar.gain))}%`,
                    width: `${Math.abs(at(bar.gain) - at(0))}%`,
                    background: bar.fill ?? taskFill(task),
                  }}
                />
              ) : (
                <span className={classes.note}>{bar.note}</span>
              )}
              {bar.perSeed.map((gain, seed) =>
                Number.isFinite(gain) ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: seeds are told apart by position only
                  <span key={seed} className={classes.seed} style={{ left: `${at(gain)}%` }} />
                ) : null,
              )}
            </span>
            <span className={classes.value}>{bar.value}</span>
          </div>
        ))}
        {Number.isFinite(mean) && (
          <div className={classes.plot}>
            <span className={classes.mean} style={{ left: `${at(mean)}%` }} />
          </div>
        )}
      </div>
      <div ref={axis} className={classes.axis} aria-hidden="true">
        {ticks.map((tick, i) =>
          hasRoom[i] ? (
            <span key={tick} style={{ left: `${at(tick)}%` }}>
              {tickLabels[i]}
            </span>
          ) : null,
        )}
      </div>
    </div>
  );
}
