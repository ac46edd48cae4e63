// A sweep that is being written: the values of each setting as typed. Parsing is in draft.ts, which the page does not load at
// its start.
import { valueToText } from '../../engine/config/codec.ts';
import { type ParamSpec, type ParamValue, parseParams } from '../../engine/config/params.ts';
import type { Axis, Design, JointAxis } from '../../engine/sweeps/sweep.ts';

export interface TypedAxis {
  key: string;
  text: string;
}
export type DraftAxis = TypedAxis | JointAxis;

export interface SweepDraft {
  label: string;
  axes: readonly DraftAxis[];
  /** "0..2" */
  seeds: string;
  design: Design;
  /** Whether each seed generates its own table. */
  tablePerSeed: boolean;
}

export const EMPTY_DRAFT: SweepDraft = {
  label: 'Sweep',
  axes: [],
  seeds: '0..2',
  design: { kind: 'grid' },
  tablePerSeed: false,
};
export const HOW_TO_WRITE = '"0, 0.5, 0.9", "0..1 by 0.25" or "1e-4..1e-2 in 5 log"';

export const isTyped = (axis: DraftAxis): axis is TypedAxis => 'text' in axis;

/** The text of a single setting's axis, as a user would type it. */
export function typedAxis(axis: Exclude<Axis, JointAxis>, spec: ParamSpec | undefined): TypedAxis {
  const { key } = axis;
  if ('from' in axis) {
    const { from, to, step, count, scale } = axis;
    const how = step !== undefined ? ` by ${step}` : count !== undefined ? ` in ${count}` : '';
    return { key, text: `${from}..${to}${how}${scale === 'log' && how !== '' ? ' log' : ''}` };
  }
  const isList = spec?.kind === 'numbers' || spec?.kind === 'words' || spec?.kind === 'matrix';
  const text = (value: ParamValue) => {
    const isFit = spec && parseParams([spec], { [spec.key]: value }, '').issues.length === 0;
    return isFit ? valueToText(spec, value) : String(value);
  };
  return { key, text: axis.values.map(text).join(isList ? '; ' : ', ') };
}

/** The first text of a setting that is to take several values. */
export function firstText(spec: ParamSpec, value: ParamValue): string {
  if (spec.kind === 'choice') return spec.options.map((option) => String(option.value)).join(', ');
  if (spec.kind === 'switch') return 'false, true';
  return typedAxis({ key: '', values: [value] }, spec).text;
}

/** @param text - null removes the setting; a new one is appended */
export function withAxis(axes: readonly DraftAxis[], key: string, text: string | null): DraftAxis[] {
  const isOwn = (axis: DraftAxis) => isTyped(axis) && axis.key === key;
  if (text === null) return axes.filter((axis) => !isOwn(axis));
  if (!axes.some(isOwn)) return [...axes, { key, text }];
  return axes.map((axis) => (isOwn(axis) ? { key, text } : axis));
}
