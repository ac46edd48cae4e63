// Total = architecture + sharing as three figures in a row; the bars below show the chosen one.
import { Fragment, useId } from 'react';
import type { GainPart } from '../../../engine/protocol/gain.ts';
import { formatInterval, formatPercent } from '../../charts/format.ts';
import classes from './GainPartTiles.module.css';
import type { PartMean } from './results.ts';

const NAMES: Record<GainPart, string> = {
  total: 'Total',
  architecture: 'Architecture',
  sharing: 'Sharing',
};
/** The sign before the figure: the three form a sum. */
const SIGNS: Record<GainPart, string | null> = { total: null, architecture: '=', sharing: '+' };

export interface GainPartTilesProps {
  parts: readonly PartMean[];
  shown: GainPart;
  onChange(part: GainPart): void;
}

export function GainPartTiles({ parts, shown, onChange }: GainPartTilesProps) {
  const name = useId();
  return (
    <fieldset className={classes.tiles}>
      <legend className="visually-hidden">Part of the gain</legend>
      {parts.map((figure) => (
        <Fragment key={figure.part}>
          {SIGNS[figure.part] && (
            <span className={classes.sign} aria-hidden="true">
              {SIGNS[figure.part]}
            </span>
          )}
          <label className={classes.tile}>
            <input
              type="radio"
              name={name}
              checked={figure.part === shown}
              onChange={() => onChange(figure.part)}
              className="visually-hidden"
            />
            <span className={classes.name}>{NAMES[figure.part]}</span>
            <strong>{formatPercent(figure.mean, 1)}</strong>
            <span className={classes.interval}>{formatInterval(figure, 1)}</span>
          </label>
        </Fragment>
      ))}
    </fieldset>
  );
}
