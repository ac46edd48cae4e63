import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW, formatRowList, type PanelView, parsePanelView, parseRowList } from './view.ts';

describe('parsePanelView', () => {
  it('reads back what it was given', () => {
    const view: PanelView = {
      logScale: true,
      role: 'model-2',
      attention: {
        block: 2,
        layer: 'row',
        head: 3,
        quantity: 'scores',
        rows: { kind: 'rows', rows: [1, 9] },
        network: 'Task 2',
        compare: { kind: 'head', block: 1, head: 3 },
        order: 'label:Task 1',
        batch: 256,
      },
      experts: { layer: 1, gate: 2, expert: 5 },
      pair: [1, 4],
    };
    expect(parsePanelView(JSON.parse(JSON.stringify(view)))).toEqual(view);
  });

  it.each([undefined, null, 7, 'x', [], {}, { attention: 3, pair: 'ab', logScale: 'yes' }])(
    'takes the default for %j',
    (input) => {
      expect(parsePanelView(input)).toEqual(DEFAULT_VIEW);
    },
  );

  it('replaces only the bad parts', () => {
    const view = parsePanelView({
      logScale: true,
      attention: {
        block: -1,
        head: 2.5,
        layer: 'depth',
        quantity: 'weights?',
        rows: { kind: 'rows', rows: [5, 99, 5, 'a', 2] },
      },
      experts: { layer: 1, gate: -1, expert: '2' },
      pair: [3, 3],
    });
    expect(view.logScale).toBe(true);
    expect(view.pair).toBeNull();
    expect(view.experts).toEqual({ layer: 1, gate: 0, expert: 0 });
    expect(view.attention).toEqual({ ...DEFAULT_VIEW.attention, rows: { kind: 'rows', rows: [2, 5] } });
  });

  it('falls back to the mean when no row is left', () => {
    expect(parsePanelView({ attention: { rows: { kind: 'rows', rows: [64] } } }).attention.rows).toEqual({
      kind: 'mean',
    });
  });
});

describe('row lists', () => {
  it('reads single rows and ranges', () => {
    expect(parseRowList('7, 0-3,2')).toEqual([0, 1, 2, 3, 7]);
    expect(parseRowList(' 63 ')).toEqual([63]);
  });
  it.each(['', 'a', '1,,2', '3-1', '64', '0-64', '-1', '1.5'])('refuses %j', (text) => {
    expect(parseRowList(text)).toBeNull();
  });
  it('writes them back short', () => {
    expect(formatRowList([0, 1, 2, 3, 7])).toBe('0-3, 7');
    expect(formatRowList([])).toBe('');
  });
});
