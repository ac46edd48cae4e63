import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { ExpertLabel } from '../layers/forward.ts';
import { mmoe } from '../models/mmoe.ts';
import type { ExpertLayer } from '../protocol/experts.ts';
import { anomaliesOf, captureExperts, gateUse, similarityOf } from './expertUse.ts';

const experts: ExpertLabel[] = [
  { name: 'a 0', owner: 'task', tasks: [0] },
  { name: 'b 0', owner: 'task', tasks: [1] },
  { name: 'shared 0', owner: 'shared', tasks: [0, 1] },
];

/** Gates of tasks a and b over their own expert and the shared one, given the weight of their own. */
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

describe('a sparse gate', () => {
  it('says how often it keeps an expert, which a dense gate does always', () => {
    const weights = Float32Array.of(0.25, 0.75, 0, 1, 0, 0, 0.5, 0.5, 0, 1, 0, 0);
    expect(Array.from(gateUse('', '', 0, [0, 1, 2], weights, true).chosen ?? [])).toEqual([1, 0.5, 0]);
    expect(gateUse('', '', 0, [0, 1, 2], weights).chosen).toBeUndefined();
  });

  it('counts zeros of an expert over the rows it gets', async () => {
    await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
    const noise = randomDataset(
      [{ name: 'x', kind: 'numeric', cardinality: 1 }],
      ['a', 'b'].map((name) => ({ name, type: 'regression', outputs: 1, description: '' })),
      60,
    );
    const dataset = { ...noise, split: { ...noise.split, validation: noise.split.train } };
    const params = { experts: 24, top: 1, expert: [8], tower: [2], embedding: 2 };
    const context = { features: dataset.features, tasks: dataset.tasks, seed: 1 };
    const model = mmoe.build({ ...context, params: { ...defaultsOf(mmoe.params), ...params } });
    const { layers } = await captureExperts(model, dataset);
    model.dispose();
    const [use] = layers as [ExpertLayer];
    const shares = use.gates.map((gate) => Array.from(gate.chosen ?? []));
    for (const share of shares) expect(share.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    use.zeroShare.forEach((zero, expert) => {
      const isUsed = shares.some((share) => (share[expert] as number) > 0);
      expect(Number.isNaN(zero)).toBe(!isUsed);
      // Initially half of the units are inactive; including rows that an expert does not get, it would be nearly all.
      if (isUsed) expect(zero).toBeLessThan(1);
    });
    expect(use.zeroShare.some(Number.isNaN)).toBe(true);
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
