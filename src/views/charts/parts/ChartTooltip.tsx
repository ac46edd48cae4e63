// The dark box with a title and label-value pairs that every chart shows on hover and on keyboard focus.
import classes from './ChartTooltip.module.css';

export interface TooltipPair {
  label: string;
  value: string;
  /** CSS colour of the swatch before the label. */
  color?: string;
  strong?: boolean;
}

export function ChartTooltip({ title, pairs }: { title: string; pairs: readonly TooltipPair[] }) {
  return (
    <div className={classes.tooltip} data-control="">
      <strong>{title}</strong>
      <dl className={pairs.length > 12 ? classes.two : undefined}>
        {pairs.map((pair) => (
          <div key={pair.label}>
            <dt>
              {pair.color && <i style={{ background: pair.color }} />}
              {pair.label}
            </dt>
            <dd className={pair.strong ? classes.strong : undefined}>{pair.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
