// Chooses the place of the network, the measure and the look of the Relations view.
import { useId } from 'react';
import type { RelationsReport } from '../../../engine/protocol/relations.ts';
import { formatCount } from '../../charts/format.ts';
import classes from './relations.module.css';

const KINDS = { all: 'In total', block: 'Blocks', layer: 'Layers' } as const;

export interface PlaceBarProps {
  report: RelationsReport;
  place: number;
  onPlace(place: number): void;
  measures: readonly { id: string; label: string }[];
  measure: string;
  onMeasure(id: string): void;
  look: number;
  onLook(look: number): void;
}

export function PlaceBar(props: PlaceBarProps) {
  const { report, place, onPlace, measures, measure, onMeasure, look, onLook } = props;
  const id = useId();
  const last = report.history.length - 1;
  const shown = report.history[look];
  const text = shown ? `step ${formatCount(shown.step)}` : '';
  return (
    <div className={classes.bar}>
      <span className={classes.field}>
        <label htmlFor={`${id}m`}>Measure</label>
        <select id={`${id}m`} value={measure} onChange={(event) => onMeasure(event.currentTarget.value)}>
          {measures.map((m) => (
            <option key={m.id} value={m.id}>
              {m.label}
            </option>
          ))}
        </select>
      </span>
      <span className={classes.field}>
        <label htmlFor={`${id}p`}>Parameters</label>
        <select id={`${id}p`} value={place} onChange={(event) => onPlace(Number(event.currentTarget.value))}>
          {(['all', 'block', 'layer'] as const).map((kind) => (
            <optgroup key={kind} label={KINDS[kind]}>
              {report.places.map((p, i) =>
                p.kind === kind ? (
                  <option key={p.label} value={i}>
                    {p.label}
                  </option>
                ) : null,
              )}
            </optgroup>
          ))}
        </select>
      </span>
      <span className={classes.field}>
        <label htmlFor={`${id}s`}>Look</label>
        <input
          id={`${id}s`}
          type="range"
          min={0}
          max={Math.max(last, 0)}
          value={look}
          aria-valuetext={text}
          onChange={(event) => onLook(Number(event.currentTarget.value))}
        />
        <output htmlFor={`${id}s`}>
          {text}
          {look === last && ' (newest)'}
        </output>
      </span>
    </div>
  );
}
