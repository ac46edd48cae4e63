import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  contrast,
  DIVERGING,
  parseHex,
  TASK_FILLS_ON_WHITE,
  tableColor,
  taskCycle,
  taskDash,
  textOn,
  VIRIDIS,
} from './palette.ts';

const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [lightBlock = '', darkBlock = ''] = tokens.split(/:root\[data-mantine-color-scheme=.dark.\]/);
function token(block: string, name: string) {
  const hex = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(block)?.[1];
  if (!hex) throw new Error(`no token --${name}`);
  return parseHex(hex);
}

describe('colour maps', () => {
  it('start, end and middle where the published maps do', () => {
    expect(tableColor(VIRIDIS, 0)).toEqual([0x44, 0x01, 0x54]);
    expect(tableColor(VIRIDIS, 255)).toEqual([0xfd, 0xe7, 0x25]);
    const [r, g, b] = tableColor(VIRIDIS, 128); // #21918c in the original
    expect(Math.max(Math.abs(r - 0x21), Math.abs(g - 0x91), Math.abs(b - 0x8c))).toBeLessThanOrEqual(2);
    expect(tableColor(DIVERGING.light, 255)).toEqual([0x1c, 0x5a, 0x94]);
    expect(tableColor(DIVERGING.dark, 0)).toEqual([0xf6, 0xa5, 0x8a]);
  });

  it('viridis grows lighter all the way', () => {
    const steps = Array.from({ length: 16 }, (_, i) => contrast(tableColor(VIRIDIS, i * 17), [0, 0, 0]));
    for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1] as number);
  });
});

it('task colours of saved pictures are those of the light page', () => {
  const own = TASK_FILLS_ON_WHITE.map((_, i) => token(lightBlock, `task-${i + 1}`));
  expect(TASK_FILLS_ON_WHITE.map(parseHex)).toEqual(own);
});

describe('contrast', () => {
  it('text on every cell of every map is 4.5:1 or better', () => {
    for (const table of [VIRIDIS, DIVERGING.light, DIVERGING.dark]) {
      for (let i = 0; i < 256; i++) {
        const cell = tableColor(table, i);
        expect(contrast(cell, parseHex(textOn(cell)))).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it.each([
    ['light', lightBlock],
    ['dark', darkBlock],
  ])('%s: text, muted text and states are AA, task lines 3:1', (_, block) => {
    for (const ground of ['background', 'surface', 'inset']) {
      for (const text of ['text', 'text-secondary', 'text-muted']) {
        expect(
          contrast(token(block, text), token(block, ground)),
          `${text} on ${ground}`,
        ).toBeGreaterThanOrEqual(5);
      }
    }
    for (const state of ['success', 'warn', 'error', 'accent']) {
      expect(contrast(token(block, state), token(block, `${state}-fill`)), state).toBeGreaterThanOrEqual(4.5);
    }
    for (let task = 1; task <= 8; task++) {
      const ratio = contrast(token(block, `task-line-${task}`), token(block, 'surface'));
      expect(ratio, `task-line-${task}`).toBeGreaterThanOrEqual(3);
    }
  });
});

it('repeats task colours after eight with another dash', () => {
  expect([0, 7, 8, 16, 31].map(taskCycle)).toEqual([0, 0, 1, 2, 3]);
  expect(taskDash(3)).toBeUndefined();
  expect(new Set([0, 8, 16, 24].map(taskDash)).size).toBe(4);
});
