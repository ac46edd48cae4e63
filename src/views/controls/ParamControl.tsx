// Draws the control of one ParamSpec: the only place that maps kinds to controls.
import { Slider, Switch } from '@mantine/core';
import { useState } from 'react';
import type { NumberParam, ParamSpec, ParamValue, TargetChoice } from '../../engine/config/params.ts';
import { Segmented } from '../charts/parts/Segmented.tsx';
import classes from './controls.module.css';
import { MatrixControl } from './MatrixControl.tsx';
import { TargetsControl } from './TargetsControl.tsx';
import { TextBox } from './TextBox.tsx';
import { fromSlider, readNumber, readNumbers, toSlider, writeNumber } from './values.ts';

export interface ControlProps<S extends ParamSpec, V> {
  spec: S;
  value: V;
  /** The value, or the text typed instead, is invalid. */
  invalid: boolean;
  /** The run on screen failed, and this setting is a likely cause. */
  suspect: boolean;
  describedBy: string;
  /** Values of a choice that the rest of the experiment rules out, with the reason. */
  unsuitable?: Record<string, string>;
  /** Receives typed text unchanged if it cannot be parsed: the parser then refuses it with the reason. */
  onChange(value: ParamValue): void;
}

export function ParamControl(props: ControlProps<ParamSpec, ParamValue>) {
  const { spec, value, invalid, suspect, describedBy, unsuitable, onChange } = props;
  const mark = suspect ? classes.suspect : '';
  const common = { label: spec.label, invalid, describedBy, className: `${classes.textBox} ${mark}` };
  switch (spec.kind) {
    case 'number':
      return <NumberControl {...props} spec={spec} value={value as number} />;
    case 'choice':
      return spec.control === 'segmented' ? (
        <div className={classes.stretch}>
          <Segmented
            label={spec.label}
            value={value as string}
            options={spec.options.map((o) => ({ value: o.value, label: o.label, title: o.help }))}
            onChange={onChange}
          />
        </div>
      ) : (
        <select
          aria-label={spec.label}
          aria-describedby={describedBy}
          className={`${classes.select} ${mark} ${invalid ? classes.invalid : ''}`}
          aria-invalid={invalid || undefined}
          value={value as string}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {spec.options.map((option) => (
            <option
              key={option.value}
              value={option.value}
              title={unsuitable?.[option.value] ?? option.help}
              disabled={unsuitable?.[option.value] !== undefined}
            >
              {option.label}
            </option>
          ))}
        </select>
      );
    case 'switch':
      return (
        <>
          <Switch
            size="xs"
            withThumbIndicator={false}
            aria-label={spec.label}
            aria-describedby={describedBy}
            checked={value as boolean}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          <span className={suspect && !value ? classes.suspectWord : classes.caption}>
            {value ? (spec.caption ?? 'on') : 'off'}
          </span>
        </>
      );
    case 'numbers':
      return (
        <TextBox
          {...common}
          value={(value as number[]).map(writeNumber).join(', ')}
          placeholder={spec.minLength === 0 ? (spec.empty ?? 'none') : undefined}
          onCommit={(text) => onChange(readNumbers(text) ?? text)}
        />
      );
    case 'words':
      return (
        <TextBox
          {...common}
          value={(value as string[]).join(', ')}
          onCommit={(text) => onChange(text.split(/[,\s]+/).filter(Boolean))}
        />
      );
    case 'text':
      return <TextBox {...common} value={value as string} onCommit={(text) => onChange(text.trim())} />;
    case 'matrix':
      return <MatrixControl spec={spec} value={value as number[][]} onChange={onChange} />;
    case 'targets':
      return <TargetsControl value={value as TargetChoice[]} onChange={onChange} />;
    default:
      return spec satisfies never;
  }
}

function NumberControl(props: ControlProps<NumberParam, number>) {
  const { spec, value, invalid, suspect, describedBy, onChange } = props;
  // During a drag only the slider moves; the experiment changes at its end.
  const [drag, setDrag] = useState<number | null>(null);
  const shown = drag ?? value;
  return (
    <>
      {spec.control !== 'box' && (
        <Slider
          className={classes.slider}
          size={2}
          thumbSize={14}
          min={0}
          max={1000}
          step={1}
          label={null}
          thumbLabel={spec.label}
          thumbProps={{ 'aria-valuetext': writeNumber(shown), 'aria-describedby': describedBy }}
          marks={[{ value: toSlider(spec, spec.default) }]}
          value={toSlider(spec, shown)}
          onChange={(position) => setDrag(fromSlider(spec, position))}
          onChangeEnd={(position) => {
            setDrag(null);
            onChange(fromSlider(spec, position));
          }}
          onKeyDownCapture={(event) => {
            const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
            if (direction === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            onChange(nudge(spec, value, direction));
          }}
        />
      )}
      <TextBox
        label={spec.control === 'box' ? spec.label : `${spec.label}, exact value`}
        className={`${classes.box} ${writeNumber(shown).length > 6 ? classes.longBox : ''} ${suspect ? classes.suspect : ''}`}
        invalid={invalid}
        describedBy={describedBy}
        value={writeNumber(shown)}
        onCommit={(text) => onChange(readNumber(text) ?? text)}
      />
      {spec.unit && <span className={classes.caption}>{spec.unit}</span>}
    </>
  );
}

/** One keyboard step: the spec's step, or about a tenth on a logarithmic scale. */
function nudge(spec: NumberParam, value: number, direction: number): number {
  const next =
    spec.scale === 'log'
      ? Number((value * 1.1 ** direction).toPrecision(2))
      : Number((value + direction * spec.step).toPrecision(6));
  const moved = next === value ? value + direction * spec.step : next;
  const clean = spec.integer ? Math.round(moved) : moved;
  return Math.min(spec.max, Math.max(spec.min, clean));
}
