// The Experts tab: which experts the gates of a model use, how evenly, and whether they show the anomalies that HoME names. New
// measurements update the numbers; the chosen layer, gate and expert stay.
import { memo, type ReactNode, useMemo } from 'react';
import { can, labelsWith } from '../../engine/config/capabilities.ts';
import type { Catalog } from '../../engine/config/catalog.ts';
import type { ExpertsState } from '../../store/answers.ts';
import { useCatalog, useLive, useRun, useView } from '../../store/hooks.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { useProbe } from '../../store/useProbe.ts';
import type { ExpertsView, PanelView } from '../../store/view.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { formatCount, listNames } from '../charts/format.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { Segmented } from '../charts/parts/Segmented.tsx';
import { networkLabel } from '../shell/runNames.ts';
import { expertsCards } from './experts/cards.ts';
import classes from './experts/experts.module.css';
import { chooseLayer, chosenCell, gridOf, taskNames } from './experts/grid.ts';
import { lacks } from './lacks.ts';
import { absenceOf, NetworkSelect } from './NetworkSelect.tsx';
import { ProbeStatus } from './ProbeStatus.tsx';
import { pendingOf } from './pending.ts';

/** Names the networks with experts: of this run, if any, or else of all architectures. */
function noExperts(catalog: Catalog | null, run: RunRecord | null) {
  const models = catalog?.models ?? [];
  const parts = run?.seedStates.at(-1)?.parts ?? [];
  const others = parts.filter((p) => can(models, p.id, 'experts')).map((p) => networkLabel(parts, p.role));
  const text =
    others.length > 0
      ? `In this run ${listNames(others)} ${others.length === 1 ? 'has' : 'have'}: choose under Network.`
      : `${labelsWith(models, 'experts')} have. Choose one as the model, or add it under Compare with.`;
  return { title: 'This network has no experts', text };
}
const UNMEASURED = { title: 'No expert use measured', text: 'Press Run, or step once.' };

interface ExpertsProps {
  setView(patch: Partial<PanelView>): void;
  select: ReactNode;
  state: ExpertsState;
  view: ExpertsView;
  pair: PanelView['pair'];
}

const Experts = memo(function Experts({ state, view, pair, setView, select }: ExpertsProps) {
  const { layers } = state;
  const names = useMemo(() => taskNames(layers), [layers]);
  const layer = chooseLayer(layers, view.layer);
  const grid = useMemo(() => layer && gridOf(layer), [layer]);
  const cell = grid && chosenCell(grid, view);
  const gate = cell && layer?.gates[cell.row];
  if (!layer || !grid || !gate) return null;
  const expert = grid.experts[cell.column] ?? 0;
  const patch = (part: Partial<ExpertsView>) => setView({ experts: { ...view, ...part } });
  return (
    <div className={classes.container}>
      <div className={classes.toolbar}>
        {select}
        {layers.length > 1 && (
          <Segmented
            label="Layer"
            value={String(layer.layer)}
            options={layers.map((l) => ({ value: String(l.layer), label: l.label }))}
            onChange={(value) => patch({ layer: Number(value) })}
          />
        )}
        <span className={classes.muted}>
          first {formatCount(state.rows)} validation rows, step {formatCount(state.step)}, epoch {state.epoch}
          , seed {state.seed}
        </span>
      </div>
      <div className={classes.panel}>
        {Object.entries(expertsCards).map(([id, ExpertsCard]) => (
          <ExpertsCard
            key={id}
            state={state}
            names={names}
            layer={layer}
            grid={grid}
            chosen={cell}
            onChoose={({ row, column }) => patch({ gate: row, expert: grid.experts[column] ?? 0 })}
            gate={gate}
            expert={expert}
            pair={pair}
            onPair={(chosen) => setView({ pair: chosen })}
          />
        ))}
        <RunCards place="experts" />
      </div>
    </div>
  );
});

export function ExpertsPanel() {
  const run = useRun();
  const stage = useLive(run?.runId ?? null)?.progress?.stage;
  const catalog = useCatalog();
  const [view, setView] = useView();
  const { role } = view;
  const probe = useProbe('expert-use', {}, { role });
  const shownRole = probe.newest?.role ?? null;
  const select = useMemo(() => <NetworkSelect shown={shownRole} />, [shownRole]);
  const experts = probe.answer;
  const status = <ProbeStatus probe={probe} what="Measuring expert use" />;
  if (!experts || experts.layers.length === 0) {
    const { title, text } =
      experts || lacks(catalog, run, role, 'experts')
        ? noExperts(catalog, run)
        : (pendingOf(run, role, probe) ?? (run && role ? absenceOf(run, role, stage) : UNMEASURED));
    return (
      <Card title="Experts" actions={select}>
        {status}
        <EmptyState title={title} height={320}>
          {text}
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      {status}
      <Experts state={experts} view={view.experts} pair={view.pair} setView={setView} select={select} />
    </>
  );
}
