// The pinned line below the experiment: what prevents a run, a likely cause of failure, or what has changed since the run on
// screen.
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useStore } from '../../store/store.ts';
import { plural } from '../charts/format.ts';
import controls from './controls.module.css';
import classes from './panelFoot.module.css';
import { rowPath, showRow } from './paths.ts';

interface PanelFootProps {
  changes: readonly string[];
  suspects: readonly string[];
}

export function PanelFoot({ changes, suspects }: PanelFootProps) {
  const issues = useStore((s) => s.issues);
  const frozen = useStore((s) => {
    const run = s.runs.find((r) => r.runId === s.shownRunId);
    return run && !run.isExample ? run.experiment : null;
  });
  const setExperiment = useStore((s) => s.setExperiment);
  const [issue] = issues;
  if (issue) {
    return (
      <Fault path={rowPath(issue.path)} title={`${issue.path}: expected ${issue.expected}, got ${issue.got}`}>
        {plural(issues.length, 'setting')} cannot run
      </Fault>
    );
  }
  if (suspects[0]) {
    const one = suspects.length === 1;
    return (
      <Fault path={suspects[0]}>
        {plural(suspects.length, 'field')} {one ? 'is a likely cause' : 'are likely causes'}
      </Fault>
    );
  }
  if (!frozen) return <div className={classes.foot}>Press Run to train this experiment</div>;
  if (changes.length === 0) return <div className={classes.foot}>Nothing changed since this run</div>;
  return (
    <div className={classes.foot}>
      <span className={controls.changeDot} />
      {plural(changes.length, 'change')} since this run
      <button
        type="button"
        className={controls.linkButton}
        title="Back to the experiment of this run"
        onClick={() => setExperiment(frozen)}
      >
        Revert
      </button>
    </div>
  );
}

function Fault({ path, title, children }: { path: string; title?: string; children: ReactNode }) {
  return (
    <div className={classes.foot} role="status" title={title}>
      <IconAlertTriangle size={16} stroke={1.75} color="var(--error)" aria-hidden="true" />
      <span>{children}</span>
      <button type="button" className={controls.linkButton} onClick={() => showRow(path)}>
        Show
      </button>
    </div>
  );
}
