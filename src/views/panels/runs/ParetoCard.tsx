// A figure of groups of runs, at first the mean gain, against their cost (parameters, operations or training time), with the
// Pareto front.
import { useId, useState } from 'react';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatFixed, formatTick } from '../../charts/format.ts';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { HiddenTable } from '../../charts/parts/DataTable.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { labelsApart, linearTicks } from '../../charts/scale.ts';
import { taskFill } from '../../theme/palette.ts';
import { type Figure, figureOf, type Group, paretoFront } from './compare.ts';
import classes from './runs.module.css';

const HEIGHT = 240;
const PAD = { left: 48, right: 16, top: 12, bottom: 34 };

type Cost = 'parameters' | 'flops' | 'seconds';

export function ParetoCard({ groups, figures }: { groups: readonly Group[]; figures: readonly Figure[] }) {
  const [cost, setCost] = useState<Cost>('parameters');
  const [box, width] = useWidth<HTMLDivElement>();
  const [benefit, setBenefit] = useState<string | null>(null);
  const benefitId = useId();
  const benefits = figures.filter((f) => f.higherIsBetter === true);
  const value = benefits.find(({ id }) => id === benefit) ?? benefits[0];
  const price = figures.find((f) => f.id === cost);
  const points = groups.flatMap((group, index) => {
    if (!value || !price) return [];
    const point = {
      label: group.label,
      index,
      cost: figureOf(group, price).mean,
      value: figureOf(group, value).mean,
    };
    return Number.isFinite(point.cost) && Number.isFinite(point.value) ? [point] : [];
  });
  const costs = (
    <Segmented<Cost>
      label="Cost"
      value={cost}
      options={[
        { value: 'parameters', label: 'Parameters' },
        { value: 'flops', label: 'FLOPs' },
        { value: 'seconds', label: 'Time' },
      ]}
      onChange={setCost}
    />
  );
  const choice = benefits.length > 1 && value && (
    <div className={classes.toolbar}>
      <label htmlFor={benefitId}>Benefit</label>
      <select id={benefitId} value={value.id} onChange={(event) => setBenefit(event.currentTarget.value)}>
        {benefits.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
  if (!value || !price || points.length === 0)
    return (
      <Card figure="pareto" title="Cost and benefit" actions={costs}>
        {choice}
        <EmptyState title={value ? 'Unknown for these runs' : 'Nothing tested yet'} height={160}>
          {value
            ? 'Runs of earlier versions have no count of operations. Runs from files have times only if the files include them.'
            : 'A group appears here once one of its seeds has been tested.'}
        </EmptyState>
      </Card>
    );
  const x = linearTicks(Math.min(...points.map((p) => p.cost)), Math.max(...points.map((p) => p.cost)), 5);
  const y = linearTicks(Math.min(...points.map((p) => p.value)), Math.max(...points.map((p) => p.value)), 4);
  const plot = { width: Math.max(0, width - PAD.left - PAD.right), height: HEIGHT - PAD.top - PAD.bottom };
  const left = (v: number) => PAD.left + (plot.width * (v - x.domain[0])) / (x.domain[1] - x.domain[0]);
  const top = (v: number) => PAD.top + plot.height * (1 - (v - y.domain[0]) / (y.domain[1] - y.domain[0]));
  const front = paretoFront(points);
  const xLabels = x.ticks.map((tick) => formatTick(tick, x.step));
  const hasRoom = labelsApart(xLabels, x.ticks.map(left));
  const caption = `${value.label} against ${price.label.toLowerCase()}`;
  return (
    <Card
      figure="pareto"
      title="Cost and benefit"
      subtitle={`${caption}; the line joins what no other group beats in both`}
      files={{
        what: 'Cost and benefit',
        fileName: 'runs-pareto',
        csv: () =>
          toCsv(
            ['group', price.label, value.label],
            points.map((point) => [point.label, point.cost, point.value]),
          ),
      }}
      actions={costs}
    >
      {choice}
      <section aria-label={caption}>
        <div ref={box}>
          <svg width={width} height={HEIGHT} className={classes.plot} role="img" aria-label={caption}>
            {y.ticks.map((tick) => (
              <g key={tick}>
                <line
                  x1={PAD.left}
                  x2={width - PAD.right}
                  y1={top(tick)}
                  y2={top(tick)}
                  stroke="var(--grid)"
                />
                <text x={PAD.left - 6} y={top(tick) + 4} textAnchor="end">
                  {formatTick(tick, y.step)}
                </text>
              </g>
            ))}
            {x.ticks.map((tick, i) =>
              hasRoom[i] ? (
                <text key={tick} x={left(tick)} y={HEIGHT - 18} textAnchor="middle">
                  {xLabels[i]}
                </text>
              ) : null,
            )}
            <text x={width - PAD.right} y={HEIGHT - 3} textAnchor="end">
              {price.label}
            </text>
            <polyline
              points={front.map((p) => `${left(p.cost)},${top(p.value)}`).join(' ')}
              fill="none"
              stroke="var(--axis)"
              strokeDasharray="4 3"
            />
            {points.map((p) => (
              <g key={p.label}>
                <circle
                  cx={left(p.cost)}
                  cy={top(p.value)}
                  r={5}
                  fill={taskFill(p.index)}
                  stroke="var(--surface)"
                >
                  <title>{`${p.label}: ${formatFixed(p.value, value.decimals)}, ${formatCompact(p.cost)}`}</title>
                </circle>
                <text
                  x={left(p.cost) + (left(p.cost) > width / 2 ? -8 : 8)}
                  y={top(p.value) - 6}
                  textAnchor={left(p.cost) > width / 2 ? 'end' : 'start'}
                >
                  {p.label}
                </text>
              </g>
            ))}
          </svg>
        </div>
        <HiddenTable
          data={{
            caption,
            header: ['Group', value.label, price.label, 'On the front'],
            rows: points.map((p) => [
              p.label,
              formatFixed(p.value, value.decimals),
              formatFixed(p.cost, 1),
              front.includes(p) ? 'yes' : 'no',
            ]),
          }}
        />
      </section>
    </Card>
  );
}
