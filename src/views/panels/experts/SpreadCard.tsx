// How the weights of the chosen gate are spread over the validation rows: one small histogram per expert, with the
// quartiles below it, all on one axis.
import { useMemo, useState } from 'react';
import type { ExpertLayer, GateUse } from '../../../engine/protocol.ts';
import { formatFixed, formatTick, shortTaskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { CsvButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { BINS, type ExpertSpread, type GateSpread, spreadOf } from './distribution.ts';
import classes from './experts.module.css';
import { expertName, type Grid, showWeight } from './grid.ts';
import { gateCsv, spreadTable } from './tables.ts';

const HEIGHT = 30;
/** Of a histogram, above the line of quantiles. */
const BARS = 22;
const MAX_HEIGHT = 420;

function Histogram({ spread, of }: { spread: ExpertSpread; of: GateSpread }) {
  const { counts, summary } = spread;
  const at = (weight: number) => `${(100 * Math.min(weight, of.top)) / of.top}%`;
  const between = (from: number, to: number) => `${(100 * Math.max(0, to - from)) / of.top}%`;
  const middle = (BARS + HEIGHT) / 2;
  return (
    <svg className={classes.histogram} height={HEIGHT} aria-hidden="true">
      {Array.from(counts, (count, bin) => {
        const height = count > 0 ? Math.max(1, (BARS * count) / of.tallest) : 0;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bins are told apart by position only
            key={bin}
            x={`${(100 * bin) / BINS}%`}
            width={`${90 / BINS}%`}
            y={BARS - height}
            height={height}
          />
        );
      })}
      <line x1="0" x2="100%" y1={BARS + 0.5} y2={BARS + 0.5} className={classes.base} />
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
  /** The chosen one, as an index into the experts of the layer. */
  expert: number;
}

export function SpreadCard({ layer, gate, grid, expert }: SpreadCardProps) {
  const [asTable, setAsTable] = useState(false);
  const spread = useMemo(() => spreadOf(gate, grid.experts), [gate, grid]);
  const label = shortTaskLabel(gate.label);
  return (
    <Card
      title={`Weights of gate ${label}`}
      subtitle={
        <>
          {gate.task !== null && <Chip task={gate.task} />} over {spread.rows} validation rows
        </>
      }
      actions={
        <>
          <TableToggle shown={asTable} onChange={setAsTable} what="Weights of the chosen gate" />
          <CsvButton
            fileName={`gate-${gate.key.replaceAll('/', '-')}.csv`}
            content={() => gateCsv(layer, gate)}
            label="Weights of the chosen gate as CSV"
          />
        </>
      }
    >
      {asTable ? (
        <DataTable maxHeight={MAX_HEIGHT} data={spreadTable(layer, gate, spread)} />
      ) : (
        <>
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
                    <Histogram spread={entry} of={spread} />
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
            <span>median</span>
          </div>
          <p className={classes.muted}>
            Number of rows per weight, {spread.tallest} in the fullest bin. Below: least to most, box from
            lower to upper quartile, mark at the median.
          </p>
        </>
      )}
    </Card>
  );
}
