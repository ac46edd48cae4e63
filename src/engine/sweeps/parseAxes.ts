// Parses the axes and the design of a sweep.
import type { ParamValue } from '../config/params.ts';
import { MAX_SEED } from '../config/seedLimits.ts';
import { isObject, type Refuse, readNumber, refuseOthers } from './reading.ts';
import { type Axis, type Design, MAX_RUNS, MAX_VALUES, type RangeAxis, type Settings } from './sweep.ts';

const ANY = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
const AXIS_FORMS =
  '{"key": "tasks.rho", "values": [0, 0.5]}, {"key": "tasks.rho", "from": 0, "to": 0.8, "step": 0.2}, or {"label": "Model", "options": [{"label": "MMoE", "set": {"model": "mmoe"}}]}';

/** @returns null if the axis is invalid, which has been reported */
export function readAxis(value: unknown, path: string, refuse: Refuse): Axis | null {
  if (!isObject(value)) {
    refuse(path, 'an axis', value, `Write ${AXIS_FORMS}.`);
    return null;
  }
  if (value.options !== undefined) return readJoint(value, path, refuse);
  if (typeof value.key !== 'string') {
    refuse(`${path}.key`, 'the key of a setting, as in a link', value.key, `Write ${AXIS_FORMS}.`);
    return null;
  }
  if (value.values === undefined) return readRange(value, value.key, path, refuse);
  refuseOthers(value, ['key', 'values'], path, refuse);
  if (!isList(value.values)) {
    refuse(`${path}.values`, `a list of 1 to ${MAX_VALUES} values`, value.values, `Write ${AXIS_FORMS}.`);
    return null;
  }
  return { key: value.key, values: value.values as ParamValue[] };
}

const isList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= MAX_VALUES;

function readJoint(value: Record<string, unknown>, path: string, refuse: Refuse): Axis | null {
  refuseOthers(value, ['label', 'options'], path, refuse);
  const { label, options } = value;
  if (typeof label !== 'string' || label === '' || label.length > 80) {
    refuse(`${path}.label`, 'a text of 1 to 80 characters', label, `Write ${AXIS_FORMS}.`);
    return null;
  }
  const isFit = (option: unknown): option is { label: string; set: Settings } =>
    isObject(option) &&
    typeof option.label === 'string' &&
    option.label !== '' &&
    option.label.length <= 80 &&
    isObject(option.set);
  if (!isList(options) || !options.every(isFit)) {
    refuse(
      `${path}.options`,
      `a list of 1 to ${MAX_VALUES} options with a label and settings`,
      options,
      `Write ${AXIS_FORMS}.`,
    );
    return null;
  }
  return { label, options: options.map((option) => ({ label: option.label, set: { ...option.set } })) };
}

function readRange(value: Record<string, unknown>, key: string, path: string, refuse: Refuse): Axis | null {
  refuseOthers(value, ['key', 'from', 'to', 'step', 'count', 'scale'], path, refuse);
  const from = readNumber(value.from, `${path}.from`, ANY, refuse);
  const to = readNumber(value.to, `${path}.to`, ANY, refuse);
  const scale = value.scale ?? 'linear';
  if (scale !== 'linear' && scale !== 'log')
    refuse(`${path}.scale`, 'linear or log', scale, 'Leave it out for equal steps.');
  if (from === undefined || to === undefined || (scale !== 'linear' && scale !== 'log')) return null;
  if (!(from <= to))
    refuse(`${path}.to`, `at least ${from}, where the range begins`, to, 'Exchange the ends.');
  if (scale === 'log' && from <= 0)
    refuse(
      `${path}.from`,
      'more than 0 on a logarithmic scale',
      from,
      'Begin above 0, or use a linear scale.',
    );
  const range: RangeAxis = { key, from, to };
  if (scale === 'log') range.scale = scale;
  if (value.step !== undefined && value.count !== undefined)
    refuse(path, 'a step or a count', 'both', 'Leave one of them out.');
  if (value.step !== undefined) {
    if (scale === 'log')
      refuse(`${path}.step`, 'a count on a logarithmic scale', value.step, 'Write "count": 5 instead.');
    const least = Math.max((to - from) / (MAX_VALUES - 1), Number.MIN_VALUE);
    range.step = readNumber(value.step, `${path}.step`, { min: least, max: Number.MAX_VALUE }, refuse);
  }
  if (value.count !== undefined)
    range.count = readNumber(
      value.count,
      `${path}.count`,
      { min: 1, max: MAX_VALUES, integer: true },
      refuse,
    );
  return range;
}

export function readDesign(value: unknown, refuse: Refuse): Design {
  const grid: Design = { kind: 'grid' };
  if (value === undefined) return grid;
  const remedy =
    'Write {"kind": "grid"}, {"kind": "random", "cells": 30, "seed": 0}, or {"kind": "halving", "eta": 3, "from": 3, "to": 27}.';
  if (!isObject(value)) {
    refuse('design', 'an object', value, remedy);
    return grid;
  }
  if (value.kind === 'random') {
    refuseOthers(value, ['kind', 'cells', 'seed'], 'design', refuse);
    const cells = readNumber(value.cells, 'design.cells', { min: 1, max: MAX_RUNS, integer: true }, refuse);
    const seed = readNumber(value.seed ?? 0, 'design.seed', { min: 0, max: MAX_SEED, integer: true }, refuse);
    return { kind: 'random', cells: cells ?? 1, seed: seed ?? 0 };
  }
  if (value.kind === 'halving') {
    refuseOthers(value, ['kind', 'eta', 'key', 'from', 'to'], 'design', refuse);
    const key = value.key ?? 'training.epochs';
    if (typeof key !== 'string') refuse('design.key', 'the key of a setting', key, remedy);
    const eta = readNumber(value.eta ?? 3, 'design.eta', { min: 2, max: 100, integer: true }, refuse);
    const to = readNumber(value.to, 'design.to', { min: 1, max: 1e6, integer: true }, refuse) ?? 1;
    const from = readNumber(value.from, 'design.from', { min: 1, max: to, integer: true }, refuse) ?? 1;
    return { kind: 'halving', eta: eta ?? 3, key: String(key), from, to };
  }
  if (value.kind !== 'grid') refuse('design.kind', 'grid, random or halving', value.kind, remedy);
  else refuseOthers(value, ['kind'], 'design', refuse);
  return grid;
}
