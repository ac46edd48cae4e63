// Gains of one task over the seeds as dots on an axis shared by all rows of a table: filled for finished seeds, hollow for the
// one in training.
import classes from './SeedStrip.module.css';

export interface SeedStripProps {
  perSeed: readonly number[];
  /** Validation gain of the seed in training, or null. */
  running: number | null;
  /** Percent, shared by all rows. */
  domain: readonly [number, number];
}

export function SeedStrip({ perSeed, running, domain }: SeedStripProps) {
  const at = (value: number) => `${(100 * (value - domain[0])) / (domain[1] - domain[0])}%`;
  const dots = perSeed.filter(Number.isFinite);
  const low = Math.min(...dots);
  const high = Math.max(...dots);
  return (
    <span className={classes.strip} aria-hidden="true">
      <span className={classes.zero} style={{ left: at(0) }} />
      {dots.length > 1 && (
        <span className={classes.range} style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
      )}
      {dots.map((gain, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: seeds are told apart by position only
        <span key={i} className={classes.dot} style={{ left: at(gain) }} />
      ))}
      {running !== null && Number.isFinite(running) && (
        <span className={`${classes.dot} ${classes.running}`} style={{ left: at(running) }} />
      )}
    </span>
  );
}
