// The distribution of the chosen gate's weights over the validation rows: one small histogram per expert, with quartiles below
// it, all on one axis.
import { useMemo, useState } from 'react';
import type { ExpertLayer, GateUse } from '../../../engine/protocol/experts.ts';
import { formatFixed, formatTick, shortTaskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import { BINS, type ExpertSpread, type GateSpread, spreadOf } from './distribution.ts';
import classes from './experts.module.css';
import { expertName, type Grid, showWeight } from './grid.ts';
import { gateCsv, spreadTable } from './tables.ts';

/** Total height of all histograms, and the limits for one. */
const ROOM = 250;
const LEAST = 30;
const MOST = 62;
/** Height of the line of quantiles under a histogram. */
const QUANTILES = 9;
const MAX_HEIGHT = 420;

function Histogram({ spread, of, height }: { spread: ExpertSpread; of: GateSpread; height: number }) {
  const { counts, summary } = spread;
  const at = (weight: number) => `${(100 * Math.min(weight, of.top)) / of.top}%`;
  const between = (from: number, to: number) => `${(100 * Math.max(0, to - from)) / of.top}%`;
  const base = height - QUANTILES;
  const middle = base + QUANTILES / 2 + 0.5;
  return (
    <svg className={classes.histogram} height={height} aria-hidden="true">
      {Array.from(counts, (count, bin) => {
        const bar = count > 0 ? Math.max(1, (base * count) / of.tallest) : 0;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bins are told apart by position only
            key={bin}
            x={`${(100 * bin) / BINS}%`}
            width={`${90 / BINS}%`}
            y={base - bar}
            height={bar}
          />
        );
      })}
      <line x1="0" x2="100%" y1={base + 0.5} y2={base + 0.5} className={classes.base} />
      <line x1={at(summary.low)} x2={at(summary.high)} y1={middle} y2={middle} className={classes.range} />
      <rect
        x={at(summary.lowerQuartile)}
        width={between(summary.lowerQuartile, summary.upperQuartile)}
        y={middle - 2}
        height={4}
        className={classes.quartiles}
      />
      <line
        x1={at(summary.median)}
        x2={at(summary.median)}
        y1={middle - 4}
        y2={middle + 4}
        className={classes.median}
      />
    </svg>
  );
}

const inWords = (name: string, { summary: s }: ExpertSpread): string =>
  `${name}: median ${showWeight(s.median)}, quartiles ${showWeight(s.lowerQuartile)} and ${showWeight(s.upperQuartile)}, ` +
  `least ${showWeight(s.low)}, most ${showWeight(s.high)}`;

export interface SpreadCardProps {
  layer: ExpertLayer;
  gate: GateUse;
  grid: Grid;
  /** The chosen expert, as an index into the layer's experts. */
  expert: number;
}

export function SpreadCard({ layer, gate, grid, expert }: SpreadCardProps) {
  const [asTable, setAsTable] = useState(false);
  const spread = useMemo(() => spreadOf(gate, grid.experts), [gate, grid]);
  const label = shortTaskLabel(gate.label);
  const height = Math.min(MOST, Math.max(LEAST, ROOM / Math.max(1, spread.experts.length) - 10));
  return (
    <Card
      figure="spread"
      title={`Weights of gate ${label}`}
      subtitle={
        <span className={classes.barName}>
          {gate.task !== null && <Chip task={gate.task} />}
          <span>
            over {spread.rows} validation rows{gate.chosen && ', each expert where it is chosen'}
          </span>
        </span>
      }
      files={{
        what: 'Weights of the chosen gate',
        fileName: `gate-${gate.key.replaceAll('/', '-')}`,
        csv: () => gateCsv(layer, gate),
      }}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="Weights of the chosen gate" />}
    >
      {asTable ? (
        <DataTable maxHeight={MAX_HEIGHT} data={spreadTable(layer, gate, spread)} />
      ) : (
        <>
          <div className={classes.head} aria-hidden="true">
            <span>Expert</span>
            <span>Rows per weight</span>
            <span>Median</span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label={`Weights of gate ${label} per expert`}>
            <ul className={classes.spreads}>
              {spread.experts.map((entry) => {
                const name = expertName(layer.experts[entry.expert]?.name ?? '');
                return (
                  <li
                    key={entry.expert}
                    className={classes.spread}
                    data-chosen={entry.expert === expert}
                    title={inWords(name, entry)}
                  >
                    <span className={classes.name}>{name}</span>
                    <Histogram spread={entry} of={spread} height={height} />
                    <b>{formatFixed(entry.summary.median, 3)}</b>
                  </li>
                );
              })}
            </ul>
          </section>
          <div className={classes.axis} aria-hidden="true">
            <span />
            <span className={classes.ticks}>
              {spread.ticks.map((tick) => (
                <i key={tick} style={{ left: `${(100 * tick) / spread.top}%` }}>
                  {formatTick(tick, spread.step)}
                </i>
              ))}
            </span>
            <span />
          </div>
          <p className={classes.muted}>
            {spread.tallest} rows in the fullest bin. Under each histogram: least to most, box from lower to
            upper quartile, mark at the median.
          </p>
        </>
      )}
    </Card>
  );
}
