// Actions on the selected runs, and export and import of runs.
import { useId } from 'react';
import { useView } from '../../../store/hooks.ts';
import type { RunEntry } from '../../../store/runEntry.ts';
import { useStore } from '../../../store/store.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import classes from './runs.module.css';

export interface ArchiveBarProps {
  /** In the order of the list. */
  shown: readonly RunEntry[];
  selected: readonly string[];
}

export function ArchiveBar({ shown, selected }: ArchiveBarProps) {
  const [view, setView] = useView();
  const input = useId();
  const { exportRuns, importRuns, deleteRuns, selectRuns } = useStore.getState();
  const ids = selected.length > 0 ? selected : shown.map((e) => e.runId);
  const which = selected.length > 0 ? `${selected.length} chosen` : 'all of the list';
  return (
    <div className={classes.toolbar}>
      {selected.length > 0 && (
        <>
          <SmallButton onClick={() => setView({ runs: { ...view.runs, part: 'compare' } })}>
            Compare {selected.length}
          </SmallButton>
          <SmallButton onClick={() => void deleteRuns(selected)}>Delete {selected.length}</SmallButton>
          <SmallButton onClick={() => selectRuns([])}>Choose none</SmallButton>
        </>
      )}
      {ids.length > 0 && (
        <>
          <SmallButton onClick={() => void exportRuns(ids, true)} label={`Export with weights: ${which}`}>
            Export
          </SmallButton>
          <SmallButton
            onClick={() => void exportRuns(ids, false)}
            label={`Export results without weights: ${which}`}
          >
            Export results
          </SmallButton>
        </>
      )}
      <label className={classes.import} htmlFor={input}>
        Import
        <input
          id={input}
          type="file"
          accept=".jsonl"
          multiple
          className="visually-hidden"
          onChange={(event) => {
            const files = Array.from(event.currentTarget.files ?? []);
            event.currentTarget.value = '';
            if (files.length > 0) void importRuns(files);
          }}
        />
      </label>
    </div>
  );
}
