import { describe, expect, it } from 'vitest';
import { tableColor, toCss, VIRIDIS } from '../../theme/palette.ts';
import { drawFigure, type Figure, toSvg } from './figure.ts';

const axis = (title: string, labels: string[]) => ({
  title,
  labels,
  groups: [
    { name: 'tasks', size: 1 },
    { name: 'numeric', size: labels.length - 1 },
  ],
});
const figure: Figure = {
  caption: 'Weights of block 0, head 1, mean of 64 validation rows, step 44, epoch 4, seed 0',
  rows: axis('query (rows)', ['A', 'x<1>']),
  columns: axis('key (columns)', ['A', 'x<1>', 'B & C']),
  cells: {
    indices: Uint8Array.of(0, 128, 255, 0, 0, 0),
    table: VIRIDIS,
    blocked: Uint8Array.of(0, 0, 0, 1, 0, 0),
  },
  print: (row, column) => `${row}${column}`,
};

describe('a figure to take away', () => {
  it('has every cell, name, group, value and the caption within its bounds', () => {
    const { width, height, shapes } = drawFigure(figure);
    expect(shapes.filter((s) => s.kind === 'box')).toHaveLength(6);
    expect(shapes.filter((s) => s.kind === 'box' && s.hatched)).toHaveLength(1);
    const texts = shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []));
    for (const word of ['A', 'B & C', 'tasks', 'numeric', 'query (rows)', 'key (columns)', '12'])
      expect(texts).toContain(word);
    expect(texts).not.toContain('10');
    expect(texts.join(' ')).toContain('step 44, epoch 4, seed 0');
    for (const s of shapes) {
      expect(s.x).toBeGreaterThanOrEqual(0);
      expect(s.y).toBeGreaterThanOrEqual(0);
      expect(s.x).toBeLessThan(width);
      expect(s.y).toBeLessThan(height);
    }
  });

  it('says what its colours mean', () => {
    const { shapes } = drawFigure({
      ...figure,
      scale: { low: '0', high: '0.37', note: 'square-root scale' },
    });
    const texts = shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []));
    expect(texts).toContain('0.37 (square-root scale)');
    const bar = shapes.filter((s) => s.kind === 'box').slice(6);
    expect(bar[0]).toMatchObject({ fill: toCss(tableColor(VIRIDIS, 0)) });
    expect(new Set(bar.map((s) => s.kind === 'box' && s.fill)).size).toBeGreaterThan(50);
  });

  it('has the chips of its tasks, told apart after eight, and the meaning of the hatch', () => {
    const rows = { ...figure.rows, tasks: [0, 8] };
    const { shapes } = drawFigure({ ...figure, rows, hatched: 'masked', legend: '0: none' });
    const fills = shapes.flatMap((s) => (s.kind === 'box' ? [s.fill] : []));
    // The first is full, the ninth a frame in the same colour.
    expect(fills.filter((fill) => fill === '#0072b2')).toHaveLength(2);
    expect(fills).toContain('#ffffff');
    const texts = shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []));
    expect(texts).toContain('masked');
    expect(texts).toContain('0: none');
  });

  it('has cells as wide as the values on them', () => {
    const { shapes } = drawFigure({ ...figure, print: () => '−1,234.5' });
    const [cell] = shapes.flatMap((s) => (s.kind === 'box' ? [s] : []));
    expect(cell?.width).toBeGreaterThan(8 * 4.8);
  });

  it('names some of many rows', () => {
    const names = Array.from({ length: 120 }, (_, i) => `x${i}`);
    const one = (title: string) => ({ title, labels: names, groups: [{ name: '', size: 120 }] });
    const cells = { indices: new Uint8Array(120 * 120), table: VIRIDIS, blocked: null };
    const { shapes } = drawFigure({ ...figure, rows: one('query'), columns: one('key'), cells });
    const texts = shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []));
    expect(texts).toContain('x115');
    expect(texts).not.toContain('x116');
  });

  it('is well-formed SVG whatever the names are', async () => {
    const svg = await toSvg(drawFigure(figure), 'a "title" & more');
    expect(svg).toContain('x&lt;1&gt;');
    expect(svg).toContain('B &amp; C');
    expect(svg).toContain('<title>a &quot;title&quot; &amp; more</title>');
    expect(svg.match(/<text /g)?.length).toBe(svg.match(/<\/text>/g)?.length);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('holds a large map as one picture, with a name here and there', () => {
    const side = 1000;
    const names = Array.from({ length: side }, (_, i) => `row ${i}`);
    const one = (title: string) => ({ title, labels: names, groups: [{ name: '', size: side }] });
    const cells = { indices: new Uint8Array(side * side), table: VIRIDIS, blocked: null };
    const { width, height, shapes } = drawFigure({
      ...figure,
      rows: one('query (rows)'),
      columns: one('key (columns)'),
      cells,
    });
    const [picture] = shapes.flatMap((s) => (s.kind === 'picture' ? [s] : []));
    expect(picture).toMatchObject({ width: side, height: side, columns: side });
    // The same object: a million cells are not compared one by one.
    expect(picture?.cells).toBe(cells);
    expect(shapes.filter((s) => s.kind === 'box')).toEqual([]);
    const texts = shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []));
    expect(texts.filter((t) => t.startsWith('row ')).length).toBeLessThan(30);
    expect(texts).toContain('row 900');
    expect((picture?.x ?? 0) + side).toBeLessThan(width);
    expect((picture?.y ?? 0) + side).toBeLessThan(height);
  });
});
