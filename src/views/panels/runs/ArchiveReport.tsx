// The outcome of the last import or export of runs.
import { useStore } from '../../../store/store.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import classes from './runs.module.css';

export function ArchiveReport() {
  const report = useStore((s) => s.archiveReport);
  const { dismissArchiveReport } = useStore.getState();
  if (report === null) return null;
  return (
    <div role="status" className={classes.said}>
      <strong>{report.title}</strong>
      {report.lines.length > 0 && (
        <ul>
          {report.lines.slice(0, 20).map((line) => (
            <li key={line}>{line}</li>
          ))}
          {report.lines.length > 20 && <li>and {report.lines.length - 20} more</li>}
        </ul>
      )}
      <SmallButton onClick={dismissArchiveReport}>Dismiss</SmallButton>
    </div>
  );
}
