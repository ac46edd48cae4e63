import { describe, expect, it } from 'vitest';
import { labelsApart, labelWidth, linearTicks, logTicks, spreadLabels, stepTicks } from './scale.ts';

describe('ticks', () => {
  it('are round and cover the data', () => {
    expect(linearTicks(0, 0.97, 4)).toEqual({ domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], step: 0.25 });
    expect(linearTicks(-3.2, 5.9, 5).ticks).toEqual([-4, -2, 0, 2, 4, 6]);
  });
  it('survive a constant', () => {
    const { domain } = linearTicks(0.5, 0.5, 4);
    expect(domain[0]).toBeLessThan(0.5);
    expect(domain[1]).toBeGreaterThan(0.5);
    expect(linearTicks(0, 0, 4).domain[1]).toBeGreaterThan(0);
  });
  it('are powers of ten on a log axis, thinned when there are many', () => {
    expect(logTicks(0.03, 4, 5).ticks).toEqual([0.01, 0.1, 1, 10]);
    expect(logTicks(0.1, 1e7, 4).ticks).toEqual([0.1, 10, 1000, 1e5, 1e7]);
    expect(logTicks(1, 1, 4).domain).toEqual([1, 10]);
  });
  it('end with the data on a step axis and are whole steps', () => {
    expect(stepTicks(3180, 6)).toEqual({ domain: [0, 3180], ticks: [0, 1000, 2000, 3000] });
    expect(stepTicks(2, 6)).toEqual({ domain: [0, 2], ticks: [0, 1, 2] });
    expect(stepTicks(0, 6).domain).toEqual([0, 1]);
  });
});

describe('labels along an axis', () => {
  const labels = ['−20', '0', '+20', '+40', '+60', '+80', '+100 %'];
  const at = (width: number) => labels.map((_, i) => (i * width) / (labels.length - 1));
  it('are all shown where there is room', () => {
    expect(labelsApart(labels, at(400))).toEqual(labels.map(() => true));
  });
  it('never touch, and the last one stays', () => {
    for (const width of [40, 90, 150, 220, 300]) {
      const shown = labelsApart(labels, at(width));
      expect(shown.at(-1)).toBe(true);
      const kept = labels.flatMap((label, i) =>
        shown[i] ? [{ half: labelWidth(label) / 2, centre: at(width)[i] as number }] : [],
      );
      for (let i = 1; i < kept.length; i++) {
        const [a, b] = [kept[i - 1], kept[i]] as [(typeof kept)[number], (typeof kept)[number]];
        expect(b.centre - b.half - (a.centre + a.half)).toBeGreaterThanOrEqual(8);
      }
    }
  });
});

describe('spreadLabels', () => {
  it('leaves labels with room where they are', () => {
    expect(spreadLabels([10, 60, 30], 15, 0, 100)).toEqual([10, 60, 30]);
  });
  it('keeps the order, the gap and the bounds', () => {
    const wanted = [98, 97, 50, 99, 1, 2];
    const placed = spreadLabels(wanted, 12, 0, 100);
    const order = [4, 5, 2, 1, 0, 3];
    for (let i = 1; i < order.length; i++) {
      const apart = (placed[order[i] as number] as number) - (placed[order[i - 1] as number] as number);
      expect(apart).toBeGreaterThanOrEqual(12 - 1e-9);
    }
    expect(Math.min(...placed)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...placed)).toBeLessThanOrEqual(100);
  });
  it('squeezes when there is no room', () => {
    expect(spreadLabels([5, 5, 5], 15, 0, 10)).toEqual([0, 5, 10]);
  });
});
