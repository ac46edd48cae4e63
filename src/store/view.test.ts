import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTENTION_BATCHES, ATTENTION_ROWS, type RowSelection } from '../engine/protocol/attention.ts';
import { DEFAULT_VIEW, decodeView, encodeView, type PanelView, viewIssues, viewOfQuery } from './view.ts';

const rows: fc.Arbitrary<RowSelection> = fc.oneof(
  fc.constant({ kind: 'mean' as const }),
  fc
    .uniqueArray(fc.nat(ATTENTION_ROWS - 1), { minLength: 1 })
    .map((list) => ({ kind: 'rows' as const, rows: list.sort((a, b) => a - b) })),
);
const view: fc.Arbitrary<PanelView> = fc.record({
  logScale: fc.boolean(),
  seeds: fc.constantFrom('auto' as const, 'mean' as const, 'each' as const, 'newest' as const),
  role: fc.constantFrom(null, 'baseline', 'model', 'model-2', 'model-12', 'model:twin', 'model-3:twin'),
  attention: fc.record({
    block: fc.nat(12),
    kind: fc.constantFrom('feature' as const, 'row' as const),
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
    cell: fc.record({ row: fc.nat(2047), column: fc.nat(2047) }),
    at: fc.option(fc.nat(999_999_999), { nil: null }),
    from: fc.option(fc.nat(9_999), { nil: null }),
    walk: fc.option(fc.nat(5), { nil: null }),
  }),
  experts: fc.record({ layer: fc.nat(4), gate: fc.nat(32), expert: fc.nat(99) }),
  lesson: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: null }),
  step: fc.nat(9),
  stage: fc.boolean(),
  masks: fc.constantFrom('paint', 'what-if', 'tests', 'rows'),
  tasks: fc.constantFrom('related', 'gradients'),
  runs: fc.record({ part: fc.constantFrom('list' as const, 'compare' as const) }),
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

  it('opens a tab by the name it had in links of before', () => {
    const tests = { tab: 'masks', view: { ...DEFAULT_VIEW, masks: 'tests' as const } };
    expect(decodeView({ tab: 'proof' })).toEqual(tests);
    expect(decodeView({ tab: 'mask-tests' })).toEqual(tests);
    expect(decodeView({ tab: 'mask' })).toEqual({ tab: 'masks', view: DEFAULT_VIEW });
    expect(encodeView(tests)).toEqual({ tab: 'masks', masks: 'tests' });
    // A name that every object inherits is no tab.
    expect(decodeView({ tab: '__proto__' })).toEqual({ tab: '__proto__', view: DEFAULT_VIEW });
  });

  it('falls back part by part when it cannot be read', () => {
    const bad = {
      head: 'two',
      rows: '64',
      pair: '3',
      quantity: 'x',
      gate: '-1',
      expert: '10000',
      cell: '1.x',
      at: '1e9',
      walk: '-1',
      layer: 'depth',
      model: 'model-0.5',
      batch: '7',
      compare: 'head:1',
      scale: 'linear',
      network: '',
    };
    expect(decodeView(bad).view).toEqual(DEFAULT_VIEW);
    const read = decodeView({ ...bad, block: '1', gate: '2' });
    expect(read.view).toEqual({
      ...DEFAULT_VIEW,
      attention: { ...DEFAULT_VIEW.attention, block: 1 },
      experts: { ...DEFAULT_VIEW.experts, gate: 2 },
    });
    expect(decodeView({ pair: '3,3' }).view.pair).toBeNull();
    expect(decodeView({ pair: '0,3' }).view.pair).toBeNull();
  });

  it('is read of an address without what the engine offers', () => {
    const read = viewOfQuery('v=1&data.rows=100&view.tab=attention&view.head=2&view.at=3180&view.cell=2.11');
    expect(read.tab).toBe('attention');
    expect(read.view.attention).toMatchObject({ head: 2, at: 3180, cell: { row: 2, column: 11 } });
    expect(viewOfQuery('view.__proto__=x&view.tab').tab).toBe('');
  });

  it('names what a link holds that is unknown or unreadable, and nothing that it wrote itself', () => {
    const said = (query: string) => viewIssues(query).map(({ path, got }) => [path, got]);
    expect(
      said('v=1&view.head=two&view.stage=off&view.__proto__=1&view.masks=constructor&view.at=-1'),
    ).toEqual([
      ['view.head', '"two"'],
      ['view.stage', '"off"'],
      ['view.__proto__', 'view.__proto__'],
      ['view.masks', '"constructor"'],
      ['view.at', '"-1"'],
    ]);
    expect(said('view.backend=cuda&view.software=yes')).toHaveLength(2);
    expect(viewIssues('view.masks=x')[0]?.expected).toBe('one of paint, what-if, tests, rows');
    fc.assert(
      fc.property(view, (shown) => {
        const keys = Object.entries(encodeView({ tab: 'runs', view: shown }));
        const query = new URLSearchParams(keys.map(([key, text]) => [`view.${key}`, text]));
        expect(viewIssues(`${query}&view.backend=wasm&view.software=true`)).toEqual([]);
      }),
    );
  });

  it('keeps the keys that links have', () => {
    const view: PanelView = {
      logScale: true,
      seeds: 'each',
      role: 'model-2',
      attention: {
        block: 2,
        kind: 'row',
        head: 3,
        quantity: 'scores',
        rows: { kind: 'rows', rows: [1, 2, 3, 9] },
        network: 'Task 2',
        compare: { kind: 'rows', rows: { kind: 'rows', rows: [0, 1] } },
        order: 'label:Task 1',
        batch: 256,
        cell: { row: 2, column: 11 },
        at: 3180,
        from: 44,
        walk: 3,
      },
      experts: { layer: 1, gate: 2, expert: 5 },
      lesson: 'when-sharing-helps',
      step: 2,
      stage: true,
      masks: 'rows',
      tasks: 'gradients',
      runs: { part: 'compare' },
      pair: [1, 4],
    };
    expect(encodeView({ tab: 'attention', view })).toEqual({
      tab: 'attention',
      scale: 'log',
      seeds: 'each',
      model: 'model-2',
      block: '2',
      layer: 'row',
      head: '3',
      cell: '2.11',
      at: '3180',
      from: '44',
      walk: '3',
      quantity: 'scores',
      rows: '1-3,9',
      lesson: 'when-sharing-helps',
      step: '2',
      stage: 'on',
      masks: 'rows',
      tasks: 'gradients',
      network: 'Task 2',
      compare: 'rows:0-1',
      order: 'label:Task 1',
      batch: '256',
      expertLayer: '1',
      gate: '2',
      expert: '5',
      runs: 'compare',
      pair: '2,5',
    });
    const before = {
      ...view,
      attention: { ...view.attention, compare: { kind: 'head' as const, block: 1, head: 0 } },
    };
    expect(encodeView({ tab: 'train', view: before }).compare).toBe('head:1.0');
  });
});
