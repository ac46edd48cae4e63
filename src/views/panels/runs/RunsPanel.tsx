// The Runs tab: all kept runs, the selected ones side by side, and sweeps.
import { useView } from '../../../store/hooks.ts';
import { useStore } from '../../../store/store.ts';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { ArchiveReport } from './ArchiveReport.tsx';
import { CompareView } from './CompareView.tsx';
import { ListView } from './ListView.tsx';
import classes from './runs.module.css';
import { SweepsView } from './sweeps/SweepsView.tsx';

export function RunsPanel() {
  const [view, setView] = useView();
  const chosen = useStore((s) => s.selectedRuns.length);
  const { part } = view.runs;
  return (
    <div className={classes.panel}>
      <Segmented
        label="What is shown of the runs"
        value={part}
        options={[
          { value: 'list', label: 'All runs' },
          { value: 'compare', label: chosen > 0 ? `Compare ${chosen}` : 'Compare' },
          { value: 'sweeps', label: 'Sweeps' },
        ]}
        onChange={(next) => setView({ runs: { ...view.runs, part: next } })}
      />
      <ArchiveReport />
      {part === 'list' && <ListView />}
      {part === 'compare' && <CompareView />}
      {part === 'sweeps' && <SweepsView />}
    </div>
  );
}
