// Differences of groups of runs to one of them, on the seeds that both have; on request only of groups whose networks have about as
// many parameters.
import { useState } from 'react';
import { formatFixed, formatSigned } from '../../charts/format.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { type Figure, type Group, isAsLarge, sizeRatio } from './compare.ts';
import { differenceRows } from './differenceRows.ts';
import classes from './runs.module.css';

const probability = (p: number): string =>
  Number.isNaN(p) ? '–' : p < 0.001 ? '< 0.001' : formatFixed(p, 3);

const ratioText = (ratio: number): string => (Number.isNaN(ratio) ? '–' : `${formatFixed(ratio, 2)} ×`);

export function Differences({
  groups,
  base,
  figures,
}: {
  groups: readonly Group[];
  base: Group;
  figures: readonly Figure[];
}) {
  const [isSameSize, setSameSize] = useState(false);
  const isAnySame = groups.some((group) => group.id !== base.id && isAsLarge(sizeRatio(group, base)));
  const rows = differenceRows(groups, base, figures).filter(({ ratio }) => !isSameSize || isAsLarge(ratio));
  const basis = (
    <div className={classes.toolbar}>
      <SmallButton pressed={isSameSize} onClick={() => setSameSize(!isSameSize)}>
        Same parameters only
      </SmallButton>
    </div>
  );
  if (rows.length === 0)
    return (
      <>
        {isSameSize && basis}
        <p className={classes.facts}>
          {isSameSize && !isAnySame
            ? `No other group has as many parameters as ${base.label}, within a tenth.`
            : isSameSize
              ? `No other group with as many parameters as ${base.label} has a seed in common with it.`
              : `No other group has a seed in common with ${base.label}.`}
        </p>
      </>
    );
  const isFew = rows.some(({ test }) => test.isTooFew);
  return (
    <>
      {basis}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.wide} tabIndex={0} aria-label={`Differences from ${base.label}, table`}>
        <table className={classes.figures}>
          <thead>
            <tr>
              {[
                'Group',
                'Figure',
                'Parameters',
                'Seeds in common',
                'Difference',
                'p, paired t',
                'p, Wilcoxon',
              ].map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ group, figure, ratio, test }) => (
              <tr key={`${group.id} ${figure.id}`}>
                <th scope="row">{group.label}</th>
                <td>{figure.label}</td>
                <td>{ratioText(ratio)}</td>
                <td>{test.n}</td>
                <td>{formatSigned(test.difference, figure.decimals)}</td>
                <td>{probability(test.pStudent)}</td>
                <td>{probability(test.n > 1 ? test.pWilcoxon : Number.NaN)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {isFew && (
        <p role="note" className={classes.said}>
          Five seeds or fewer in common are too few to say: Wilcoxon's test cannot come below 0.0625 with
          five. Run six or more seeds of each before you call a difference real, or absent.
        </p>
      )}
    </>
  );
}
