// The Attention tab: the weights of every head, before and after the mask, for chosen rows or their mean. It asks for the maps
// and says why there are none; attention/MapsView.tsx shows them.
import { useMemo } from 'react';
import { labelsWith } from '../../engine/config/capabilities.ts';
import { ATTENTION_ROWS, type AttentionRequest } from '../../engine/protocol/attention.ts';
import { useCatalog, useLive, useRun, useView } from '../../store/hooks.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { useProbe } from '../../store/useProbe.ts';
import type { PanelView } from '../../store/view.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { FigureNote } from '../charts/save/figures.ts';
import { noteOf } from '../shell/runNames.ts';
import { MapsView } from './attention/MapsView.tsx';
import { lacks } from './lacks.ts';
import { absenceOf, NetworkSelect } from './NetworkSelect.tsx';
import { ProbeStatus } from './ProbeStatus.tsx';
import { pendingOf } from './pending.ts';
import { useGone } from './useGone.ts';

/** What the engine must capture for a view. */
function requestOf({ attention }: PanelView): AttentionRequest {
  const { rows, batch, compare } = attention;
  return {
    rows,
    ...(batch === ATTENTION_ROWS ? {} : { batch }),
    ...(compare.kind === 'no-mask' ? { against: { kind: compare.kind } } : {}),
    ...(compare.kind === 'rows' ? { against: { kind: compare.kind, rows: compare.rows } } : {}),
  };
}

export function AttentionPanel() {
  const run = useRun();
  const stage = useLive(run?.runId ?? null)?.progress?.stage;
  const gone = useGone(run);
  const catalog = useCatalog();
  const [view, setView] = useView();
  const { role } = view;
  const probe = useProbe('attention', requestOf(view), { role });
  const shownRole = probe.newest?.role ?? null;
  const select = useMemo(() => <NetworkSelect shown={shownRole} />, [shownRole]);
  const attention = probe.answer;
  const status = <ProbeStatus probe={probe} what="Recording attention" />;
  if (!attention || attention.maps.length === 0) {
    const { title, text } =
      attention || lacks(catalog, run, role, 'attention')
        ? {
            title: 'This network has no attention',
            text: `${labelsWith(catalog?.models ?? [], 'attention')} have. Choose one as the model, or add it under Compare with.`,
          }
        : (pendingOf(run, role, probe) ??
          (run && role
            ? absenceOf(run, role, stage)
            : { title: 'No attention recorded', text: 'Press Run, or step once.' }));
    return (
      <Card title="Attention" actions={select}>
        {status}
        <EmptyState title={title} height={320}>
          {text}
        </EmptyState>
      </Card>
    );
  }
  return (
    <FigureNote value={noteOf(run as RunRecord, catalog, attention)}>
      {status}
      <MapsView
        key={run?.runId}
        runId={run?.runId ?? ''}
        isExample={run?.isExample ?? false}
        gone={gone}
        attention={attention}
        view={view}
        setView={setView}
        select={select}
      />
    </FigureNote>
  );
}
