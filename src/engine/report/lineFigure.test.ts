// Lines of a report: their labels do not cover each other.
import { describe, expect, it } from 'vitest';
import { type LinePoint, lineFigure } from './lineFigure.ts';

const point = (label: string, x: number): LinePoint => ({
  x,
  label,
  mean: x,
  low: Number.NaN,
  high: Number.NaN,
  perSeed: [x],
});
const drawn = (labels: readonly string[], isNumeric = false) =>
  lineFigure({
    xLabel: 'Cosine',
    yLabel: 'Gain',
    isNumeric,
    isLog: false,
    panels: [{ title: '', series: [{ label: 'MMoE', style: 0, points: labels.map(point) }] }],
  }).text;
const heightOf = (text: string) => Number(/viewBox="0 0 360 (\d+)"/.exec(text)?.[1]);

describe('labels of places', () => {
  it('stand side by side where they have room, and are turned, with room under the plot, where not', () => {
    const [few, many] = [
      drawn(['0', '0.5', '0.9'], true),
      drawn(['0 (budget 7)', '0.2 (budget 7)', 'x', 'y', 'z']),
    ];
    expect(few).not.toContain('rotate(');
    expect(heightOf(few)).toBe(240);
    expect(many.match(/rotate\(-35 /g)).toHaveLength(5);
    expect(many).toContain('>0.2 (budget 7)</text>');
    expect(heightOf(many)).toBeGreaterThan(270);
  });

  it('are cut where they are too long even then', () => {
    expect(drawn(['a name that goes on and on', 'b', 'c', 'd'])).toContain('>a name that g…</text>');
  });
});
