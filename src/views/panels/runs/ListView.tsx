// All kept runs: search, sort, select, open, export and delete; and their use of storage.
import { useCallback, useMemo, useState } from 'react';
import { useStore } from '../../../store/store.ts';
import { plural } from '../../charts/format.ts';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { ArchiveBar } from './ArchiveBar.tsx';
import { RunDetails } from './RunDetails.tsx';
import { RunTable } from './RunTable.tsx';
import { type ListChoice, listed, NEWEST_FIRST, runsCsv } from './runList.ts';
import classes from './runs.module.css';
import { StorageCard } from './StorageCard.tsx';

export function ListView() {
  const kept = useStore((s) => s.kept);
  const selected = useStore((s) => s.selectedRuns);
  const catalog = useStore((s) => s.catalog);
  const [choice, setChoice] = useState<ListChoice>(NEWEST_FIRST);
  const [detailed, setDetailed] = useState<string | null>(null);
  const toggleDetails = useCallback(
    (runId: string) => setDetailed((open) => (open === runId ? null : runId)),
    [],
  );
  const shown = useMemo(() => listed(kept ?? [], choice), [kept, choice]);
  const entry = kept?.find((e) => e.runId === detailed);
  if (kept === null)
    return (
      <Card title="Runs">
        <div className={classes.waiting} aria-busy="true" />
      </Card>
    );
  return (
    <>
      <Card
        title="Runs"
        subtitle={`${plural(shown.length, 'run')}${shown.length === kept.length ? '' : ` of ${kept.length}`}`}
        files={
          shown.length > 0 && {
            what: 'List of runs',
            fileName: 'list-of-runs',
            hasPicture: false,
            csv: () => runsCsv(shown, catalog),
          }
        }
      >
        <OpenProblem />
        <Deleted />
        <div className={classes.toolbar}>
          <input
            type="search"
            className={classes.search}
            aria-label="Search runs by name, tag, note, architecture, table or status"
            placeholder="Search name, tag, note, architecture"
            value={choice.search}
            onChange={(event) => setChoice({ ...choice, search: event.currentTarget.value })}
          />
          <SmallButton
            pressed={choice.starredOnly}
            onClick={() => setChoice({ ...choice, starredOnly: !choice.starredOnly })}
          >
            Starred
          </SmallButton>
        </div>
        <ArchiveBar shown={shown} selected={selected} />
        {kept.length === 0 ? (
          <EmptyState title="No runs yet" height={200}>
            Press Run: every run is kept here as it happens, and stays when the page is closed. Or import runs
            from a file.
          </EmptyState>
        ) : (
          <RunTable
            entries={shown}
            choice={choice}
            onChoice={setChoice}
            detailed={detailed}
            onDetails={toggleDetails}
          />
        )}
      </Card>
      {entry && <RunDetails key={entry.runId} entry={entry} />}
      <StorageCard entries={kept} />
    </>
  );
}

function OpenProblem() {
  const problem = useStore((s) => s.openProblem);
  return problem === null ? null : (
    <p role="alert" className={classes.problem}>
      The run was not opened: {problem}
    </p>
  );
}

function Deleted() {
  const deleted = useStore((s) => s.lastDeleted);
  const { undoDelete } = useStore.getState();
  if (deleted.length === 0) return null;
  return (
    <p role="status" className={classes.said}>
      {plural(deleted.length, 'run')} deleted.{' '}
      <SmallButton takesBack onClick={() => void undoDelete()}>
        Undo
      </SmallButton>
    </p>
  );
}
