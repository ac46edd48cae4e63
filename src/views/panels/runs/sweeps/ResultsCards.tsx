// The results of a sweep so far: one figure over two settings, along one of them, and over all; cells fill as runs end, and
// open their runs.
import { type ReactNode, useId, useMemo, useState } from 'react';
import { can } from '../../../../engine/config/capabilities.ts';
import type { Catalog } from '../../../../engine/config/catalog.ts';
import { nameOf, type RunEntry } from '../../../../store/runEntry.ts';
import { useStore } from '../../../../store/store.ts';
import {
  type CellFigures,
  cellFigures,
  type Figure,
  figuresIn,
  gridOf,
  placesOf,
} from '../../../../store/sweeps/figures.ts';
import { runIdOf } from '../../../../store/sweeps/runIds.ts';
import { axisNames, expanded, knownRuns, type SweepItem } from '../../../../store/sweeps/sweepItem.ts';
import { inSentence, plural } from '../../../charts/format.ts';
import type { CellPosition } from '../../../charts/heatmap/cellKeys.ts';
import { Card, EmptyState } from '../../../charts/parts/Card.tsx';
import { SmallButton } from '../../../charts/parts/SmallButton.tsx';
import { FigureNote } from '../../../charts/save/figures.ts';
import { metricInfo } from '../../metrics.ts';
import { ReportButton } from '../ReportButton.tsx';
import { whyNoGain } from '../runList.ts';
import { AttentionGridCard } from './AttentionGridCard.tsx';
import { GridCard } from './GridCard.tsx';
import { LinesCard } from './LinesCard.tsx';
import { sweepCsv } from './outputs.ts';
import { ParallelCard } from './ParallelCard.tsx';
import classes from './sweeps.module.css';
import { TradeoffCard } from './TradeoffCard.tsx';

const NO_RUNS: readonly RunEntry[] = [];

export function ResultsCards({ item, catalog }: { item: SweepItem; catalog: Catalog }) {
  const kept = useStore((s) => s.kept) ?? NO_RUNS;
  const live = useStore((s) => s.runs);
  const own = expanded(
    item,
    catalog,
    useMemo(() => knownRuns(live, kept), [live, kept]),
  );
  const byId = useMemo(() => {
    const ids = new Set(own.runs.map((run) => runIdOf(item.id, run)));
    return new Map(kept.flatMap((entry) => (ids.has(entry.runId) ? [[entry.runId, entry] as const] : [])));
  }, [kept, own, item.id]);
  const figures = useMemo(
    () => figuresIn([...byId.values()], (metric) => inSentence(metricInfo(catalog, metric).label)),
    [byId, catalog],
  );
  const axes = useMemo(() => {
    const names = axisNames(item.sweep, catalog);
    return names.length > 0 ? names : ['Experiment'];
  }, [item.sweep, catalog]);
  if (figures.length === 0)
    return (
      <Card title={item.sweep.label} subtitle="results">
        <EmptyState title="Nothing has ended yet" height={180}>
          Cells fill as runs end.
        </EmptyState>
      </Card>
    );
  return <Results item={item} catalog={catalog} own={own} byId={byId} figures={figures} axes={axes} />;
}

interface ResultsProps {
  item: SweepItem;
  catalog: Catalog;
  own: ReturnType<typeof expanded>;
  byId: ReadonlyMap<string, RunEntry>;
  figures: readonly Figure[];
  axes: readonly string[];
}

function Results({ item, catalog, own, byId, figures, axes }: ResultsProps) {
  // Initially the longest axis is along the columns.
  const lengths = axes.map((_, axis) => placesOf(own.cells, axis).length);
  const longest = lengths.indexOf(Math.max(...lengths));
  const [figureId, setFigureId] = useState('');
  const [column, setColumn] = useState(longest);
  const [row, setRow] = useState<number | null>(() => {
    // Rungs of halving follow one another.
    const isBudget = (axis: number) => item.sweep.design.kind === 'halving' && axis === axes.length - 1;
    const other = lengths.findIndex((length, axis) => axis !== longest && (length > 1 || isBudget(axis)));
    return other < 0 ? null : other;
  });
  const [fixed, setFixed] = useState<ReadonlyMap<number, string>>(new Map());
  const [chosen, setChosen] = useState<CellPosition | null>(null);
  const figure = (figures.find(({ id }) => id === figureId) ?? figures[0]) as Figure;
  const cells = useMemo(() => cellFigures(own, item.id, byId, figure), [own, item.id, byId, figure]);
  const others = axes.map((_, axis) => axis).filter((axis) => axis !== column && axis !== row);
  const held = useMemo(
    () => new Map(others.map((axis) => [axis, fixed.get(axis) ?? placesOf(own.cells, axis)[0] ?? ''])),
    [others, fixed, own],
  );
  const grid = useMemo(() => gridOf(cells, column, row, held), [cells, column, row, held]);
  const shown = chosen && grid.cells[chosen.row * grid.columns.length + chosen.column];
  const pick = (axis: number | null, set: (axis: never) => void) => {
    set(axis as never);
    setChosen(null);
  };
  const hasAxes = item.sweep.axes.length > 0 || item.sweep.design.kind === 'halving';
  const hasAttention = useMemo(
    () => own.cells.some(({ experiment }) => can(catalog.models, experiment.model.id, 'attention')),
    [own, catalog],
  );
  // Of one network: the model, or the one whose figure is shown.
  const ofTasks = figures.filter(({ task, role }) => task !== undefined && role === figure.role);
  const rowLabel = row === null ? null : (axes[row] ?? '');
  const xLabel = axes[column] ?? '';
  const done = `${plural([...byId.values()].filter((e) => e.status === 'finished').length, 'run')} of ${own.runs.length + own.later.length}`;
  return (
    <FigureNote value={`${item.sweep.label}: ${done}.`}>
      <Card
        title={item.sweep.label}
        subtitle={done}
        actions={
          <ReportButton
            label={`Report of ${item.sweep.label} as one HTML page`}
            fileName="report.html"
            make={async () => {
              const { reportOfSweep } = await import('../report.ts');
              return reportOfSweep(item, own, catalog, useStore.getState().readRecords);
            }}
          />
        }
        files={{
          what: 'Every cell and figure of the sweep',
          fileName: 'sweep',
          hasPicture: false,
          csv: () =>
            sweepCsv(
              axes,
              figures.map((f) => ({ figure: f, cells: cellFigures(own, item.id, byId, f) })),
            ),
        }}
      >
        <div className={classes.choices}>
          <Choice label="Figure">
            {(id) => (
              <select id={id} value={figure.id} onChange={(event) => setFigureId(event.currentTarget.value)}>
                {figures.map((f) => (
                  <option key={f.id} value={f.id}>
                    {f.label}
                  </option>
                ))}
              </select>
            )}
          </Choice>
          {hasAxes && (
            <Choice label="Along">
              {(id) => (
                <select
                  id={id}
                  value={column}
                  onChange={(event) => {
                    const next = Number(event.currentTarget.value);
                    // The two axes change places.
                    if (next === row) setRow(column);
                    pick(next, setColumn as (axis: never) => void);
                  }}
                >
                  {axes.map((name, axis) => (
                    <option key={name} value={axis}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Choice>
          )}
          {axes.length > 1 && (
            <Choice label="By">
              {(id) => (
                <select
                  id={id}
                  value={row ?? ''}
                  onChange={(event) => {
                    const { value } = event.currentTarget;
                    pick(value === '' ? null : Number(value), setRow as (axis: never) => void);
                  }}
                >
                  <option value="">nothing else</option>
                  {axes.map((name, axis) =>
                    axis === column ? null : (
                      <option key={name} value={axis}>
                        {name}
                      </option>
                    ),
                  )}
                </select>
              )}
            </Choice>
          )}
          {others.map((axis) => (
            <Slider
              key={axes[axis]}
              label={axes[axis] ?? ''}
              places={placesOf(own.cells, axis)}
              value={held.get(axis) ?? ''}
              onChange={(place) => setFixed(new Map([...fixed, [axis, place]]))}
            />
          ))}
        </div>
      </Card>
      {hasAxes && (
        <GridCard
          figure={figure}
          grid={grid}
          xLabel={xLabel}
          rowLabel={rowLabel}
          chosen={chosen}
          onSelect={setChosen}
        />
      )}
      {shown && <CellRuns figures={shown} axes={axes} />}
      {hasAxes && (
        <LinesCard
          figure={figure}
          grid={grid}
          xLabel={xLabel}
          rowLabel={rowLabel}
          isTablePerSeed={item.sweep.tables === 'per-seed'}
        />
      )}
      {hasAxes && ofTasks.length > 1 && (
        <TradeoffCard axes={axes} figures={ofTasks} cellsOf={(one) => cellFigures(own, item.id, byId, one)} />
      )}
      {hasAxes && <ParallelCard figure={figure} cells={cells} axes={axes} />}
      {hasAttention && (
        <AttentionGridCard
          cells={cells}
          grid={grid}
          xLabel={xLabel}
          rowLabel={rowLabel}
          onSelect={setChosen}
        />
      )}
    </FigureNote>
  );
}

/** The runs of a cell; opening one shows it as if it had just ended. */
function CellRuns({ figures, axes }: { figures: CellFigures; axes: readonly string[] }) {
  const { openKept, setTab, selectRuns } = useStore.getState();
  const { cell, entries } = figures;
  const open = async (runId: string) => {
    if (await openKept(runId)) setTab('train');
  };
  return (
    <Card
      title="Runs of the chosen cell"
      subtitle={cell.labels.map((label, i) => `${axes[i]} ${label}`).join(', ')}
      actions={
        entries.length > 0 && (
          <SmallButton
            label="Select the runs of this cell in the list"
            onClick={() => selectRuns(entries.map(({ runId }) => runId))}
          >
            Select
          </SmallButton>
        )
      }
    >
      {entries.length === 0 ? (
        <p className={classes.note}>None of its runs has begun.</p>
      ) : (
        <ul className={classes.runs}>
          {entries.map((entry) => (
            <li key={entry.runId}>
              <SmallButton label={`Open ${nameOf(entry)}`} onClick={() => void open(entry.runId)}>
                {nameOf(entry)}
              </SmallButton>
              <span>{entry.status}</span>
              {entry.experiment.baseline && whyNoGain(entry) && <span>No gain: {whyNoGain(entry)}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Choice({ label, children }: { label: string; children(id: string): ReactNode }) {
  const id = useId();
  return (
    <span className={classes.choice}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </span>
  );
}

/** The value of an axis that is not drawn. */
function Slider({
  label,
  places,
  value,
  onChange,
}: {
  label: string;
  places: readonly string[];
  value: string;
  onChange(place: string): void;
}) {
  if (places.length < 2) return null;
  return (
    <Choice label={label}>
      {(id) => (
        <>
          <input
            id={id}
            type="range"
            min={0}
            max={places.length - 1}
            value={Math.max(0, places.indexOf(value))}
            aria-valuetext={value}
            onChange={(event) => onChange(places[event.currentTarget.valueAsNumber] ?? value)}
          />
          <output>{value}</output>
        </>
      )}
    </Choice>
  );
}
