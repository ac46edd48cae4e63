// The 10 px square that identifies a task beside its name. Colours repeat after eight tasks, so the chip then changes its
// filling: full, hollow, half, dotted.
import { taskCycle, taskFill } from '../../theme/palette.ts';
import classes from './parts.module.css';

const FILLINGS = [classes.full, classes.hollow, classes.half, classes.dotted];

export function Chip({ task }: { task: number }) {
  const filling = FILLINGS[taskCycle(task) % FILLINGS.length];
  return (
    <span className={`${classes.chip} ${filling}`} style={{ color: taskFill(task) }} aria-hidden="true" />
  );
}
