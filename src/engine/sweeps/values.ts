// The values along an axis: those of a list, or those of a range.
import type { ParamSpec, ParamValue } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import { type Axis, isJoint, isRange, MAX_VALUES, type RangeAxis, type Settings } from './sweep.ts';

/** One value on an axis. */
export interface AxisValue {
  label: string;
  set: Settings;
}

/** Rounds 0.30000000000000004 to 0.3. */
const tidy = (value: number) => Number(value.toPrecision(12));

/** The number at a fraction of the range: 0 at `from` and 1 at `to`. */
function between({ from, to, scale }: RangeAxis, share: number): number {
  if (share === 1) return to;
  return tidy(scale === 'log' ? from * (to / from) ** share : from + share * (to - from));
}

/** The numbers of a range with a step or a count; integer settings are rounded, without repeats. */
export function rangeValues(range: RangeAxis, isInteger: boolean): number[] {
  const { from, to, step, count } = range;
  // With a tolerance, so that 0 to 0.3 in steps of 0.1 ends at 0.3.
  const steps = count === undefined ? Math.floor((to - from) / (step ?? 1) + 1e-9) : count - 1;
  const values = Array.from({ length: Math.min(MAX_VALUES, steps) + 1 }, (_, i) =>
    count === undefined ? tidy(from + i * (step ?? 1)) : between(range, count === 1 ? 0 : i / (count - 1)),
  );
  return isInteger ? [...new Set(values.map(Math.round))] : values;
}

/** Whether a range is continuous: it has neither a step nor a count. */
export const isContinuous = (axis: Axis): axis is RangeAxis =>
  isRange(axis) && axis.step === undefined && axis.count === undefined;

/** All values of an axis, in order. @param text - formats a value of a single setting */
export function axisValues(
  axis: Axis,
  spec: ParamSpec | undefined,
  text: (value: ParamValue) => string,
): AxisValue[] {
  if (isJoint(axis)) return axis.options;
  const values = isRange(axis) ? rangeValues(axis, spec?.kind === 'number' && spec.integer) : axis.values;
  return values.map((value) => ({ label: text(value), set: { [axis.key]: value } }));
}

/** A random number from a range without steps, rounded to four digits for display as a setting. */
export function drawFrom(range: RangeAxis, isInteger: boolean, seed: number, draw: number): number {
  const value = between(range, rng(seed, `sweep/${range.key}`, draw).uniform());
  return isInteger ? Math.round(value) : Number(value.toPrecision(4));
}
