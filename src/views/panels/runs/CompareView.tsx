// The selected runs side by side: grouped over their seeds, as a table, as curves, and as gain against cost; of their models, or
// of any of their networks.
import { useMemo, useState } from 'react';
import type { Role } from '../../../engine/core/roles.ts';
import { useCatalog, useView } from '../../../store/hooks.ts';
import { useStore } from '../../../store/store.ts';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { FigureNote } from '../../charts/save/figures.ts';
import { noteOfCompared } from '../../shell/runNames.ts';
import { CompareTable } from './CompareTable.tsx';
import { CurvesCard } from './CurvesCard.tsx';
import { figuresOf, type Grouping, groupRuns, settingColumns } from './compare.ts';
import { groupsOfNetworks, networkChoices } from './networks.ts';
import { ParetoCard } from './ParetoCard.tsx';
import classes from './runs.module.css';

export function CompareView() {
  const kept = useStore((s) => s.kept);
  const selected = useStore((s) => s.selectedRuns);
  const catalog = useCatalog();
  const [view, setView] = useView();
  const [grouping, setGrouping] = useState<Grouping>({ kind: 'same-settings' });
  const runs = useMemo(() => (kept ?? []).filter(({ runId }) => selected.includes(runId)), [kept, selected]);
  const columns = useMemo(() => (catalog ? settingColumns(runs, catalog) : []), [runs, catalog]);
  const networks = useMemo(() => networkChoices(runs), [runs]);
  const [chosen, setChosen] = useState<readonly Role[]>(['model']);
  const roles = useMemo(() => {
    const known = networks.flatMap(({ role }) => (chosen.includes(role) ? [role] : []));
    return known.length > 0 ? known : (['model'] as const);
  }, [networks, chosen]);
  const figures = useMemo(() => (catalog ? figuresOf(runs, catalog, roles) : []), [runs, catalog, roles]);
  // A setting in which the runs no longer differ cannot group them.
  const isKnown = grouping.kind !== 'setting' || columns.some(({ key }) => key === grouping.key);
  const used = useMemo<Grouping>(() => (isKnown ? grouping : { kind: 'same-settings' }), [isKnown, grouping]);
  const groups = useMemo(
    () => (catalog ? groupRuns(runs, columns, used, catalog) : []),
    [runs, columns, used, catalog],
  );
  const rows = useMemo(() => groupsOfNetworks(groups, roles), [groups, roles]);
  if (runs.length === 0)
    return (
      <Card title="Compare">
        <EmptyState title="No runs chosen" height={200}>
          Tick runs in the list. Those that differ in nothing but their seeds become one row, with mean and
          spread.
        </EmptyState>
        <p className={classes.centre}>
          <SmallButton onClick={() => setView({ runs: { ...view.runs, part: 'list' } })}>
            Show all runs
          </SmallButton>
        </p>
      </Card>
    );
  return (
    <FigureNote value={noteOfCompared(runs)}>
      <CompareTable
        groups={rows}
        groupsOfRuns={groups}
        columns={columns}
        figures={figures}
        grouping={used}
        onGrouping={setGrouping}
        networks={networks}
        roles={roles}
        onRoles={setChosen}
      />
      <CurvesCard groups={rows} />
      <ParetoCard groups={rows} figures={figures} />
    </FigureNote>
  );
}
