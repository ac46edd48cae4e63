// A histogram of a column in the size of a word, with a text for screen readers.
import type { DescribedColumn } from '../../../engine/protocol/dataDescription.ts';
import { formatCompact, formatCount } from '../../charts/format.ts';
import classes from './data.module.css';

const [WIDTH, HEIGHT] = [96, 22];

export function MiniHistogram({ column }: { column: DescribedColumn }) {
  const { histogram, name } = column;
  if (!histogram) return <>–</>;
  const { counts } = histogram;
  const most = Math.max(...counts);
  const step = WIDTH / counts.length;
  const text = textOf(histogram);
  return (
    <figure className={classes.histogram}>
      <svg width={WIDTH} height={HEIGHT} role="img" aria-label={`Values of ${name}: ${text}`}>
        <title>{text}</title>
        <path d={counts.map((count, i) => barOf(count / most, i * step, step)).join('')} />
      </svg>
      {histogram.kind === 'categories' && (
        <figcaption className={classes.reason}>
          <bdi>{histogram.names.slice(0, 3).join(', ')}</bdi>
          {histogram.names.length + histogram.others.categories > 3 ? ', …' : ''}
        </figcaption>
      )}
    </figure>
  );
}

/**
 * A bar as part of a path: a single element per column, because tables have a hundred columns.
 * @param share - of the height; a count above zero is always visible
 */
function barOf(share: number, left: number, step: number): string {
  if (!(share > 0)) return '';
  const [x, width] = [left + 0.5, Math.max(1, step - 1)];
  const top = HEIGHT - Math.max(1, share * HEIGHT);
  return `M${decimals(x)} ${HEIGHT}V${decimals(top)}h${decimals(width)}V${HEIGHT}z`;
}

const decimals = (length: number): number => Math.round(100 * length) / 100;

function textOf(histogram: NonNullable<DescribedColumn['histogram']>): string {
  if (histogram.kind === 'categories') {
    const { names, counts, others } = histogram;
    const listed = names.map((name, i) => `${name} ${formatCount(counts[i] as number)}`).join(', ');
    return others.categories === 0
      ? listed
      : `${listed}, ${formatCount(others.categories)} others ${formatCount(others.rows)}`;
  }
  const { min, max, counts } = histogram;
  const at = counts.indexOf(Math.max(...counts));
  const width = max / counts.length - min / counts.length;
  const [from, to] = [min + at * width, min + (at + 1) * width];
  return `${counts.length} bins from ${formatCompact(min)} to ${formatCompact(max)}, most (${formatCount(counts[at] as number)}) from ${formatCompact(from)} to ${formatCompact(to)}`;
}
