// Two views of the Masks tab: does the mask work as specified? Assertions on the live model with their numbers, possible and
// measured influence, and whether the rows of a batch change each other's predictions.
import type { ComponentType } from 'react';
import { labelsWith } from '../../engine/config/capabilities.ts';
import { useCatalog, useLive, useRun, useView } from '../../store/hooks.ts';
import { useProbe } from '../../store/useProbe.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { FigureNote } from '../charts/save/figures.ts';
import { noteOf } from '../shell/runNames.ts';
import { type MaskTestCardProps, maskTestCards } from './maskTests/cards.ts';
import classes from './maskTests/maskTests.module.css';
import { RowPerturbationCard } from './maskTests/RowPerturbationCard.tsx';
import { absenceOf, NetworkSelect } from './NetworkSelect.tsx';
import { ProbeStatus } from './ProbeStatus.tsx';
import { pendingOf } from './pending.ts';
import { useGone } from './useGone.ts';

export function MaskTestsPanel({ part }: { part: 'tests' | 'rows' }) {
  const run = useRun();
  const stage = useLive(run?.runId ?? null)?.progress?.stage;
  const catalog = useCatalog();
  const [view] = useView();
  const { role } = view;
  const probe = useProbe('mask-tests', {}, { role });
  const select = <NetworkSelect shown={probe.newest?.role ?? null} />;
  const tests = probe.answer;
  const status = <ProbeStatus probe={probe} what="Testing the masks" />;
  const absence = run && role ? absenceOf(run, role, stage) : null;
  const gone = useGone(run);
  const pending = pendingOf(run, role, probe);
  const report = tests?.report;
  if (!run || !tests || !report) {
    return (
      <div className={classes.panel}>
        <Card title={part === 'rows' ? 'Rows of a batch' : 'Mask tests'} actions={select}>
          {status}
          {tests ? (
            <EmptyState title="No masks to test here" height={200}>
              The tasks of this network share no tokens. {labelsWith(catalog?.models ?? [], 'masks')} has
              masks that can be tested.
            </EmptyState>
          ) : (
            <EmptyState title={pending?.title ?? absence?.title ?? 'Not tested yet'} height={320}>
              {pending?.text ??
                gone ??
                absence?.text ??
                'Step once, or press Run. Masks are tested on the live model after every epoch or step.'}
            </EmptyState>
          )}
        </Card>
        {run && tests && part === 'rows' && <RowPerturbationCard run={run} role={role} gone={gone} />}
      </div>
    );
  }
  return (
    <FigureNote value={noteOf(run, catalog, tests)}>
      <div className={classes.panel}>
        {select && <div className={classes.toolbar}>{select}</div>}
        {status}
        {Object.entries<ComponentType<MaskTestCardProps>>(maskTestCards[part]).map(([id, MaskTestCard]) => (
          <MaskTestCard key={id} run={run} tests={tests} report={report} role={role} gone={gone} />
        ))}
        <RunCards place={part === 'tests' ? 'mask-tests' : 'row-tests'} />
      </div>
    </FigureNote>
  );
}
