import { describe, expect, it } from 'vitest';
import { colorCells, divergingScale, linearScale, squareRootScale } from './colorScale.ts';
import { drawFigure, toSvg } from './figure.ts';
import type { HeatmapMark, HeatmapSpec } from './mark.ts';
import { csvOf, explainMark, figureOf, linesOf, npyOf, pairsOf, tableOf } from './outputs.ts';
import { cellOfPair, pairOfCell, taskMatrices } from './taskMatrix.ts';

const axis = (id: string, labels: string[], names?: string[]) => ({
  title: id,
  id,
  labels,
  ...(names ? { names } : {}),
  groups: [{ name: '', size: labels.length }],
});
const mark: HeatmapMark = {
  id: 'weight',
  title: 'Weight',
  label: 'Weights. Rows are gates.',
  rows: axis('gate', ['T1', 'T2'], ['task1', 'task2']),
  columns: axis('expert', ['A', 'B', 'C']),
  values: Float32Array.of(0, 0.25, Number.NaN, 1, 0.5, 0.125),
  scale: squareRootScale(1),
  blocked: Uint8Array.of(0, 0, 1, 0, 0, 0),
  blockedText: '–',
  print: (value) => value.toFixed(2),
};
const spec = (...maps: HeatmapMark[]): HeatmapSpec => ({
  what: 'Weights',
  fileName: 'weights',
  caption: 'All weights',
  cell: { smallest: 5, largest: 40 },
  maps,
});
const TOP_LEFT = { row: 0, column: 0 };
const lines = (csv: string) => csv.trimEnd().split('\r\n');

describe('one declared map', () => {
  it('is a table with rounded values and words for blocked cells', () => {
    expect(tableOf(spec(mark), TOP_LEFT)).toEqual({
      caption: 'All weights',
      header: ['gate \\ expert', 'A', 'B', 'C'],
      rows: [
        ['Task 1', '0.0000', '0.2500', '–'],
        ['Task 2', '1.0000', '0.5000', '0.1250'],
      ],
    });
  });

  it('is CSV and NPY with all digits', () => {
    // A blocked cell has no number in a spreadsheet, whatever is stored for it.
    const stored = { ...mark, values: Float32Array.of(0, 0.25, 0, 1, 0.5, 0.125) };
    expect(csvOf(spec(stored))).toBe(csvOf(spec(mark)));
    expect(lines(csvOf(spec(mark)))).toEqual(['gate,A,B,C', 'task1,0,0.25,', 'task2,1,0.5,0.125']);
    expect(linesOf(mark)).toMatchObject({ numRows: 2, header: ['gate', 'A', 'B', 'C'] });
    expect(npyOf(spec(mark))).toEqual({ values: mark.values, shape: [2, 3] });
  });

  it('is a picture with its names, values, hatch and the ends of its colours', async () => {
    const svg = await toSvg(drawFigure(figureOf(mark, 'light')), mark.label);
    for (const text of ['T1', 'C', '0.25', '1.00 (square-root scale)', 'Rows are gates.'])
      expect(svg).toContain(text);
    // The cell, and the legend beside the colour bar.
    expect(svg.match(/url\(#hatch\)/g)).toHaveLength(2);
  });

  it('says of a cell its names and its value, or what the owner says', () => {
    expect(explainMark(mark, { row: 1, column: 2 })).toEqual({
      title: 'T2 · C',
      pairs: [{ label: 'Value', value: '0.1250' }],
    });
    const own = { title: 'own', pairs: [] };
    expect(explainMark({ ...mark, explain: () => own }, TOP_LEFT)).toBe(own);
  });

  it('has a table of the chosen row where all cells would block the page', () => {
    const side = 100;
    const names = Array.from({ length: side }, (_, i) => `x${i}`);
    const large = {
      ...mark,
      rows: axis('query', names),
      columns: axis('key', names),
      values: Float32Array.from({ length: side * side }, (_, at) => at),
      blocked: null,
    };
    const { header, rows, caption } = tableOf(spec(large), { row: 2, column: 5 });
    expect(header).toEqual(['key', 'Weight']);
    expect(rows).toHaveLength(side);
    expect(rows[5]).toEqual(['x5', '205.0000']);
    expect(caption).toContain('query x2');
  });

  it('leaves as its owner wants it', () => {
    const own = {
      ...spec(mark),
      csv: () => 'a',
      npy: () => ({ values: [1], shape: [1] }),
    };
    expect(csvOf(own)).toBe('a');
    expect(npyOf(own).shape).toEqual([1]);
  });
});

describe('several declared maps', () => {
  const other = {
    ...mark,
    id: 'share',
    title: 'Share',
    blocked: null,
    values: Float32Array.of(1, 2, 3, 4, 5, 6),
  };

  it('stand side by side in a cell of the table, and in a column each of the CSV file', () => {
    const { rows, caption } = tableOf(spec(mark, other), TOP_LEFT);
    expect(caption).toBe('All weights: Weight, Share');
    expect(rows[0]).toEqual(['Task 1', '0.0000, 1.0000', '0.2500, 2.0000', '–, 3.0000']);
    expect(lines(csvOf(spec(mark, other))).slice(0, 3)).toEqual([
      'gate,expert,weight,share',
      'task1,A,0,1',
      'task1,B,0.25,2',
    ]);
    expect(npyOf(spec(mark, other)).shape).toEqual([2, 2, 3]);
  });
});

describe('matrices of tasks', () => {
  const maps = taskMatrices([
    { id: 'cosine', title: 'Cosine', label: 'Cosine', names: ['task1', 'task2'], values: [1, 0.5, 0.5, 1] },
    {
      id: 'other',
      title: 'Other',
      label: 'Other',
      names: ['task1', 'task2'],
      values: [1, Number.NaN, Number.NaN, 1],
    },
  ]);

  it('have a line per pair', () => {
    expect(tableOf(spec(...maps), TOP_LEFT)).toMatchObject({
      header: ['Pair', 'Cosine', 'Other'],
      rows: [['Task 1 · Task 2', '0.5000', 'undefined']],
    });
    expect(lines(csvOf(spec(...maps)))).toEqual(['task_a,task_b,cosine,other', 'task1,task2,0.5,']);
    expect(pairsOf(3)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(pairsOf(32)).toHaveLength(496);
    expect(pairsOf(1)).toEqual([]);
  });

  it('say the values of all of them, and have no colour on the diagonal', () => {
    expect(maps[1] && explainMark(maps[1], { row: 0, column: 1 }).pairs).toEqual([
      { label: 'Cosine', value: '0.5000', strong: false },
      { label: 'Other', value: 'undefined', strong: true },
    ]);
    expect([...(maps[0]?.blank ?? [])]).toEqual([1, 0, 0, 1]);
    expect([...(maps[1]?.blank ?? [])]).toEqual([1, 1, 1, 1]);
  });

  it('choose a pair, none on the diagonal', () => {
    expect(cellOfPair([0, 2], 3)).toEqual({ row: 0, column: 2 });
    expect(cellOfPair([0, 2], 2)).toBeNull();
    expect(pairOfCell({ row: 1, column: 1 })).toBeNull();
    expect(pairOfCell({ row: 1, column: 0 })).toEqual([1, 0]);
  });
});

describe('colour scales', () => {
  const indices = (values: number[], scale: Parameters<typeof colorCells>[0]['scale']) => [
    ...colorCells({ values, scale }, 'light').indices,
  ];

  it('say their ends as the bar shows them', () => {
    expect(linearScale(0, 0.75).ends).toEqual({ low: '0', high: '0.75', note: 'linear scale' });
    expect(divergingScale(0.5, 'difference').ends).toEqual({
      low: '−0.5000',
      high: '+0.5000',
      note: 'difference',
    });
  });

  it('are neutral and without a bar where nothing differs', () => {
    expect(divergingScale(0).ends).toBeNull();
    expect(indices([0], divergingScale(0))).toEqual([128]);
  });

  it('colour a range of the cells as they colour all of them', () => {
    const values = Float32Array.of(0, 1, 2, 3, 4, 5);
    const [blocked, blank] = [Uint8Array.of(0, 0, 1, 0, 1, 1), Uint8Array.of(1, 0, 0, 1, 0, 0)];
    for (const scale of [squareRootScale(5), linearScale(0, 5)]) {
      const all = colorCells({ values, scale, blocked, blank }, 'light');
      const part = colorCells({ values, scale, blocked, blank }, 'light', { from: 2, to: 5 });
      expect([...part.indices]).toEqual([...all.indices.slice(2, 5)]);
      expect([...(part.blocked ?? [])]).toEqual([1, 0, 1]);
      expect([...(part.blank ?? [])]).toEqual([0, 1, 0]);
    }
  });

  it('may have their bright end at the small values', () => {
    expect(indices([0, 1, 2], { kind: 'linear', low: 2, high: 0, ends: null })).toEqual([255, 128, 0]);
  });
});
