import { expect, it, vi } from 'vitest';
import { cellsWithin } from './drawCells.ts';
import { drawLater } from './drawLater.ts';

it('cuts a section out of a map, its mask with it', () => {
  const table = new Uint8ClampedArray(1024);
  const indices = Uint8Array.from({ length: 12 }, (_, i) => i);
  const blocked = indices.map((i) => i % 2);
  const section = cellsWithin({ indices, table, blocked }, 4, { top: 1, left: 2, rows: 2, width: 2 });
  expect([...section.indices]).toEqual([6, 7, 10, 11]);
  expect([...(section.blocked ?? [])]).toEqual([0, 1, 0, 1]);
  expect(section.table).toBe(table);
});

it('draws later, in order, a few at a time, without those withdrawn and after one that fails', () => {
  vi.useFakeTimers();
  try {
    const drawn: number[] = [];
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const slow = (id: number) => () => {
      drawn.push(id);
      now += 5;
    };
    const withdraw = [0, 1, 2, 3].map((id) => drawLater(slow(id)));
    withdraw[1]?.();
    drawLater(() => {
      throw new Error('no canvas');
    });
    drawLater(slow(4));
    expect(drawn).toEqual([]);
    vi.advanceTimersToNextTimer();
    expect(drawn).toEqual([0, 2]);
    expect(() => vi.runAllTimers()).toThrow('no canvas');
    vi.runAllTimers();
    expect(drawn).toEqual([0, 2, 3, 4]);
  } finally {
    vi.restoreAllMocks();
    vi.useRealTimers();
  }
});
