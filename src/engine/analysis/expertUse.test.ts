import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpertLabel, ExpertLayer } from '../protocol.ts';
import { anomaliesOf, gateUse, similarityOf } from './expertUse.ts';

const experts: ExpertLabel[] = [
  { name: 'a 0', owner: 'task', tasks: [0] },
  { name: 'b 0', owner: 'task', tasks: [1] },
  { name: 'shared 0', owner: 'shared', tasks: [0, 1] },
];

/** Gates of tasks a and b over their own expert and the shared one, given the weight of the own. */
function layer(ownA: number, ownB: number, zeroShare = [0, 0, 0]): ExpertLayer {
  const gates = [
    gateUse('layer0/a', 'a', 0, [0, 2], Float32Array.of(ownA, 1 - ownA)),
    gateUse('layer0/b', 'b', 1, [1, 2], Float32Array.of(ownB, 1 - ownB)),
  ];
  return {
    layer: 0,
    label: 'Layer 1',
    experts,
    zeroShare: Float32Array.from(zeroShare),
    utilisation: new Float32Array(3),
    gates,
    similarity: similarityOf(gates, 3),
  };
}

describe('a gate', () => {
  it('has entropy 1 when even, 0 when on one expert, and between otherwise', () => {
    expect(gateUse('', '', 0, [0, 1], Float32Array.of(0.5, 0.5)).entropy).toBeCloseTo(1, 6);
    expect(gateUse('', '', 0, [0, 1], Float32Array.of(1, 0, 0, 1)).entropy).toBe(0);
    expect(gateUse('', '', 0, [4], Float32Array.of(1)).entropy).toBe(0);
    const weights = fc.array(fc.float({ min: Math.fround(0.01), max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 9,
    });
    fc.assert(
      fc.property(weights, (raw) => {
        const total = raw.reduce((a, b) => a + b, 0);
        const use = gateUse(
          '',
          '',
          0,
          raw.map((_, i) => i),
          Float32Array.from(raw, (w) => w / total),
        );
        expect(use.entropy).toBeGreaterThan(0);
        expect(use.entropy).toBeLessThanOrEqual(1 + 1e-6);
        expect(use.mean.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }),
    );
  });
});

describe('similarity', () => {
  it('is 1 with itself, 0 where no expert is shared', () => {
    const apart = layer(1, 1).similarity;
    expect(Array.from(apart ?? [])).toEqual([1, 0, 0, 1]);
    expect(layer(0, 0).similarity?.[1]).toBeCloseTo(1, 6);
  });
});

describe('anomalies', () => {
  const kinds = (l: ExpertLayer) => anomaliesOf(l, ['a', 'b']).map((f) => f.kind);

  it('are none in a healthy layer', () => {
    expect(kinds(layer(0.5, 0.4))).toEqual([]);
  });

  it('find a collapsed expert, at more than the limit only', () => {
    expect(kinds(layer(0.5, 0.5, [0, 0.9, 0.91]))).toEqual(['collapse']);
    expect(anomaliesOf(layer(0.5, 0.5, [0, 0.95, 0]), ['a', 'b'])[0]).toMatchObject({
      expert: 1,
      task: null,
    });
  });

  it('find a shared expert that one task occupies', () => {
    const found = anomaliesOf(layer(0.5, 0.99), ['a', 'b']);
    expect(found).toMatchObject([{ kind: 'degradation', expert: 2, task: 0 }]);
    expect(found[0]?.value).toBeCloseTo(0.5 / 0.51, 5);
  });

  it('find a task that ignores its own experts', () => {
    const found = anomaliesOf(layer(0.01, 0.5), ['a', 'b']);
    expect(found).toMatchObject([{ kind: 'underfitting', task: 0 }]);
    expect(found[0]?.text).toContain('a gives its own experts 2 %');
  });
});
