// Progress of reading a large table: share, time left, and a Stop button.
import { useStore } from '../../store/store.ts';
import { formatDuration } from '../shell/durations.ts';
import classes from './controls.module.css';

export function ReadingLine() {
  const reading = useStore((s) => s.reading);
  const stop = useStore((s) => s.stopReading);
  if (!reading) return null;
  const { name, phase, share, remaining } = reading;
  return (
    <div className={classes.dropButtons}>
      <progress aria-label={`Reading ${name}`} value={share} />
      <span className={classes.caption}>
        {phase.charAt(0).toLowerCase() + phase.slice(1)}, {Math.round(100 * share)} %, about{' '}
        {formatDuration(remaining)} left
      </span>
      <button type="button" className={classes.link} onClick={stop}>
        Stop reading
      </button>
    </div>
  );
}
