import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTENTION_BATCHES, ATTENTION_ROWS, type RowSelection } from '../engine/protocol/attention.ts';
import { DEFAULT_VIEW, type PanelView } from '../views/panels/view.ts';
import { decodeView, encodeView } from './viewLink.ts';

const rows: fc.Arbitrary<RowSelection> = fc.oneof(
  fc.constant({ kind: 'mean' as const }),
  fc
    .uniqueArray(fc.nat(ATTENTION_ROWS - 1), { minLength: 1 })
    .map((list) => ({ kind: 'rows' as const, rows: list.sort((a, b) => a - b) })),
);
const view: fc.Arbitrary<PanelView> = fc.record({
  logScale: fc.boolean(),
  role: fc.constantFrom(null, 'baseline', 'model', 'model-2', 'model-12', 'model:twin', 'model-3:twin'),
  attention: fc.record({
    block: fc.nat(12),
    layer: fc.constantFrom('feature' as const, 'row' as const),
    head: fc.nat(15),
    quantity: fc.constantFrom('scores' as const, 'masked-scores' as const, 'weights' as const),
    rows,
    network: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: null }),
    compare: fc.oneof(
      fc.constantFrom(...(['none', 'step', 'run', 'no-mask'] as const)).map((kind) => ({ kind })),
      fc.record({ kind: fc.constant('head' as const), block: fc.nat(12), head: fc.nat(15) }),
      rows.map((chosen) => ({ kind: 'rows' as const, rows: chosen })),
    ),
    order: fc.oneof(
      fc.constantFrom('index', 'cluster'),
      fc.string({ minLength: 1 }).map((c) => `feature:${c}`),
    ),
    batch: fc.constantFrom(...ATTENTION_BATCHES),
  }),
  experts: fc.record({ layer: fc.nat(4), gate: fc.nat(32), expert: fc.nat(99) }),
  pair: fc.option(
    fc.tuple(fc.nat(31), fc.nat(31)).filter(([a, b]) => a !== b),
    { nil: null },
  ),
});

describe('the view in a link', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom('train', 'attention', 'experts', 'tasks'), view, (tab, v) => {
        expect(decodeView(encodeView({ tab, view: v }))).toEqual({ tab, view: v });
      }),
    );
  });

  it('says nothing where nothing differs from the start', () => {
    expect(encodeView({ tab: 'train', view: DEFAULT_VIEW })).toEqual({});
  });

  it('falls back part by part when it cannot be read', () => {
    const read = decodeView({ head: 'two', block: '1', rows: 'all', pair: '3', quantity: 'x', gate: '-1' });
    expect(read.view).toEqual({ ...DEFAULT_VIEW, attention: { ...DEFAULT_VIEW.attention, block: 1 } });
  });
});
