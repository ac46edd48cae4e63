// Draws the control of one ParamSpec: the only place that knows which kind looks how.
import { SegmentedControl, Slider, Switch } from '@mantine/core';
import { useState } from 'react';
import type { NumberParam, ParamSpec, ParamValue, TargetChoice } from '../../engine/config/params.ts';
import classes from './controls.module.css';
import { MatrixControl } from './MatrixControl.tsx';
import { TargetsControl } from './TargetsControl.tsx';
import { TextBox } from './TextBox.tsx';
import { fromSlider, readNumber, readNumbers, toSlider, writeNumber } from './values.ts';

export interface ControlProps<S extends ParamSpec, V> {
  spec: S;
  value: V;
  invalid: boolean;
  describedBy: string;
  onChange(value: ParamValue): void;
}

export function ParamControl(props: ControlProps<ParamSpec, ParamValue>) {
  const { spec, value, invalid, describedBy, onChange } = props;
  const common = { label: spec.label, invalid, describedBy };
  switch (spec.kind) {
    case 'number':
      return <NumberControl {...props} spec={spec} value={value as number} />;
    case 'choice':
      return spec.control === 'segmented' ? (
        <SegmentedControl
          size="xs"
          fullWidth
          className={classes.slider}
          aria-label={spec.label}
          value={value as string}
          data={spec.options.map(({ value: v, label }) => ({ value: v, label }))}
          onChange={onChange}
        />
      ) : (
        <select
          aria-label={spec.label}
          aria-describedby={describedBy}
          className={`${classes.select} ${invalid ? classes.invalid : ''}`}
          value={value as string}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {spec.options.map((option) => (
            <option key={option.value} value={option.value} title={option.help}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case 'switch':
      return (
        <>
          <Switch
            size="sm"
            aria-label={spec.label}
            checked={value as boolean}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          <span className={classes.caption}>{spec.caption ?? (value ? 'on' : 'off')}</span>
        </>
      );
    case 'numbers':
      return (
        <TextBox
          {...common}
          value={(value as number[]).map(writeNumber).join(', ')}
          placeholder={spec.minLength === 0 ? 'none' : undefined}
          onCommit={(text) => commitIf(readNumbers(text), onChange)}
        />
      );
    case 'words':
      return (
        <TextBox
          {...common}
          value={(value as string[]).join(', ')}
          onCommit={(text) => commitIf(text.split(/[,\s]+/).filter(Boolean), onChange)}
        />
      );
    case 'text':
      return (
        <TextBox {...common} value={value as string} onCommit={(text) => commitIf(text.trim(), onChange)} />
      );
    case 'matrix':
      return <MatrixControl spec={spec} value={value as number[][]} onChange={onChange} />;
    case 'targets':
      return <TargetsControl value={value as TargetChoice[]} onChange={onChange} />;
    default:
      return spec satisfies never;
  }
}

function commitIf(value: ParamValue | null, onChange: (value: ParamValue) => void): boolean {
  if (value === null) return false;
  onChange(value);
  return true;
}

function NumberControl({ spec, value, invalid, describedBy, onChange }: ControlProps<NumberParam, number>) {
  // While dragging only the slider moves; the experiment changes when it is let go.
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const shown = drag && drag.from === value ? drag.to : value;
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
          onChange={(position) => setDrag({ from: value, to: fromSlider(spec, position) })}
          onChangeEnd={(position) => onChange(fromSlider(spec, position))}
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
        className={classes.box}
        invalid={invalid}
        describedBy={describedBy}
        value={writeNumber(shown)}
        onCommit={(text) => commitIf(readNumber(text), onChange)}
      />
      {spec.unit && <span className={classes.caption}>{spec.unit}</span>}
    </>
  );
}

/** One step of the keyboard: the spec's step, or about a tenth on a logarithmic scale. */
function nudge(spec: NumberParam, value: number, direction: number): number {
  const next =
    spec.scale === 'log'
      ? Number((value * 1.1 ** direction).toPrecision(2))
      : Number((value + direction * spec.step).toPrecision(6));
  const moved = next === value ? value + direction * spec.step : next;
  const clean = spec.integer ? Math.round(moved) : moved;
  return Math.min(spec.max, Math.max(spec.min, clean));
}
