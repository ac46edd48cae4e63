// Learning curves of the groups' networks, with one cursor for all: every seed, or mean and spread.
import { useEffect, useState } from 'react';
import { toErrorReport } from '../../../engine/core/errors.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useStore } from '../../../store/store.ts';
import { toCsv } from '../../charts/csv.ts';
import { extent, mergeSeries, type Series } from '../../charts/curves.ts';
import { formatCompact, formatCount, formatFixed, formatTick } from '../../charts/format.ts';
import type { FrameArea, FrameLine } from '../../charts/frame.ts';
import { LineFrame } from '../../charts/LineFrame.tsx';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { HiddenTable } from '../../charts/parts/DataTable.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { linearTicks, stepTicks } from '../../charts/scale.ts';
import { bandOf } from '../../charts/seedBand.ts';
import { taskDash, taskLine } from '../../theme/palette.ts';
import type { Group } from './compare.ts';
import { type Basis, CURVES, type CurveId, onTheSameBasis, seedCurves } from './curves.ts';
import classes from './runs.module.css';

const HEIGHT = 240;
/** More lines than this cannot be told apart, and take long to draw. */
const MOST_RUNS = 100;

/** Runs of the groups, each once: groups of several networks have the same runs. */
const idsOf = (groups: readonly Group[]): string[] => [
  ...new Set(groups.flatMap((group) => group.runs.map(({ runId }) => runId))),
];

interface Records {
  byId: ReadonlyMap<string, RunRecord>;
  /** Why they could not be read. */
  problem: string | null;
}

/** Records of the groups, as they are read from storage. */
function useRecords(groups: readonly Group[]): Records {
  const [records, setRecords] = useState<Records>({ byId: new Map(), problem: null });
  const ids = idsOf(groups).slice(0, MOST_RUNS);
  const key = ids.join(' ');
  useEffect(() => {
    let isCurrent = true;
    void useStore
      .getState()
      .readRecords(key.split(' '))
      .then(
        (read) => ({ byId: new Map(read.map((record) => [record.runId, record])), problem: null }),
        (error) => ({ byId: new Map(), problem: toErrorReport(error).message }),
      )
      .then((result) => {
        if (isCurrent) setRecords(result);
      });
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return records;
}

/** A line per point: curve, position and value. */
function curvesCsv(basis: Basis, lines: readonly FrameLine[], series: readonly Series[]): string {
  const partOf = (key: string) => ['low', 'high'].find((part) => key.endsWith(part)) ?? 'value';
  return toCsv(
    ['curve', 'part', basis, 'value'],
    series.flatMap(({ key, steps, values }, i) =>
      steps.map((step, at) => [lines[i]?.name ?? '', partOf(key), step, values[at] ?? null]),
    ),
  );
}

export function CurvesCard({ groups }: { groups: readonly Group[] }) {
  const { byId, problem } = useRecords(groups);
  const [id, setId] = useState<CurveId>('score');
  const [basis, setBasis] = useState<Basis>('epoch');
  const [lines, setLines] = useState<'band' | 'seeds'>('band');
  const [box, width] = useWidth<HTMLDivElement>();
  const drawn = groups.map((group, index) => {
    const own = group.runs.map((run) => byId.get(run.runId)).filter((r) => r !== undefined);
    const curves = seedCurves(own, id, basis, group.role);
    return { group, index, curves, band: bandOf(curves) };
  });
  const series: Series[] = drawn.flatMap(({ index, curves, band }) =>
    lines === 'seeds'
      ? curves.map((curve, c) => ({ key: `${index} ${c}`, steps: curve.at, values: curve.values }))
      : [
          { key: `${index} mean`, steps: band.at, values: band.mean },
          { key: `${index} low`, steps: band.at, values: band.low },
          { key: `${index} high`, steps: band.at, values: band.high },
        ],
  );
  const rows = mergeSeries(series);
  const areas: FrameArea[] =
    lines === 'seeds'
      ? []
      : drawn.flatMap(({ index, curves }) =>
          curves.length > 1 ? [{ low: `${index} low`, high: `${index} high`, fill: taskLine(index) }] : [],
        );
  const frame: FrameLine[] = series.flatMap(({ key }) => {
    const [index = '0', part = ''] = key.split(' ');
    const { group, curves } = drawn[Number(index)] as (typeof drawn)[number];
    if (part === 'low' || part === 'high') return [];
    const seed = lines === 'seeds' ? curves[Number(part)]?.label : undefined;
    const line = { key, stroke: taskLine(Number(index)), dash: taskDash(Number(index)), width: 1.75 };
    return [{ ...line, name: seed ? `${group.label}, ${seed}` : group.label }];
  });
  const [low, high] = extent(series.flatMap((s) => [...s.values])) ?? [0, 1];
  const y = linearTicks(low, high, 4);
  const last = Math.max(0, ...rows.map((row) => row.step));
  const x = basis === 'second' ? linearTicks(0, last || 1, 6) : stepTicks(Math.max(1, last), 6);
  const { label } = CURVES[id];
  const same = onTheSameBasis(drawn.map(({ band }) => ({ at: band.at, values: band.mean })));
  const place = (at: number) =>
    basis === 'second' ? `${formatCompact(at)} s of training` : `${basis} ${formatCount(at)}`;
  return (
    <Card
      figure="curves"
      title="Curves"
      subtitle={`${label}${groups.every(({ role }) => role === 'model') ? ' of the models' : ''}${lines === 'band' ? ', mean and one standard deviation' : ', every seed'}`}
      files={
        rows.length > 0 && {
          what: 'Curves',
          fileName: 'runs-curves',
          csv: () => curvesCsv(basis, frame, series),
        }
      }
    >
      <div className={classes.toolbar}>
        <Segmented<CurveId>
          label="What is drawn"
          value={id}
          options={Object.entries(CURVES).map(([value, { label: name }]) => ({
            value: value as CurveId,
            label: name,
          }))}
          onChange={setId}
        />
        <Segmented<Basis>
          label="Against"
          value={basis}
          options={[
            { value: 'epoch', label: 'Epochs' },
            { value: 'step', label: 'Steps' },
            { value: 'second', label: 'Time' },
          ]}
          onChange={setBasis}
        />
        <Segmented<'band' | 'seeds'>
          label="Lines"
          value={lines}
          options={[
            { value: 'band', label: 'Mean and spread' },
            { value: 'seeds', label: 'Every seed' },
          ]}
          onChange={setLines}
        />
      </div>
      {problem !== null && (
        <p role="alert" className={classes.problem}>
          The curves of these runs were not read from storage: {problem} Reload the page to try again.
        </p>
      )}
      <section aria-label={`${label} of the chosen runs`}>
        <div ref={box} style={{ minHeight: HEIGHT }}>
          {rows.length === 0 ? (
            problem === null && (
              <EmptyState title="No epochs yet" height={HEIGHT}>
                Curves appear here once an epoch of these runs has been measured.
              </EmptyState>
            )
          ) : (
            <LineFrame
              label={`${label} against ${basis}s`}
              width={width}
              height={HEIGHT}
              rows={rows}
              lines={frame}
              areas={areas}
              x={{ ...x, format: basis === 'second' ? formatCompact : formatCount }}
              y={{ ...y, format: (value) => formatTick(value, y.step) }}
              yWidth={52}
              explain={(row) => ({
                title: place(row.step),
                pairs: frame.flatMap((line) => {
                  const value = row[line.key];
                  return typeof value !== 'number'
                    ? []
                    : [{ label: line.name, value: formatCompact(value), color: line.stroke }];
                }),
              })}
            />
          )}
        </div>
      </section>
      <p className={classes.legend}>
        {drawn.map(({ group, index }) => (
          <span key={group.id}>
            <Chip task={index} /> {group.label}
          </span>
        ))}
      </p>
      {same && (
        <p className={classes.facts}>
          At {place(same.at)}, which all of them have:{' '}
          {drawn
            .map(({ group }, i) => `${group.label} ${formatFixed(same.values[i] ?? Number.NaN, 3)}`)
            .join('; ')}
          .
        </p>
      )}
      {basis === 'second' && (
        <p className={classes.facts}>
          Time of the training of the network alone, spread evenly over its steps; runs without times are left
          out.
        </p>
      )}
      {idsOf(groups).length > MOST_RUNS && (
        <p className={classes.facts}>
          The first {MOST_RUNS} of the chosen runs are drawn, in the order of the table above.
        </p>
      )}
      <HiddenTable
        data={{
          caption: `${label} at the last ${basis}`,
          header: ['Group', basis, 'Mean'],
          rows: drawn.map(({ group, band }) => [
            group.label,
            band.at.at(-1) ?? '–',
            formatFixed(band.mean.at(-1) ?? Number.NaN, 3),
          ]),
        }}
      />
    </Card>
  );
}
