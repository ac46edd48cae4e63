import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type FigureId, figureHelp, figureOf } from './figureHelp.ts';

const views = path.resolve(import.meta.dirname, '../..');
const sources = readdirSync(views, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('figureHelp'))
  .map((file) => readFileSync(path.join(views, file), 'utf8'));

test('a card with help is found by its title, and there is a card of every title', () => {
  for (const id of Object.keys(figureHelp) as FigureId[]) {
    const { title } = figureHelp[id];
    expect(figureOf(title)).toBe(id);
    if (id !== 'map')
      expect(sources.join('\n'), id).toMatch(new RegExp(`['"]${title.replace(/[?]/g, '\\?')}['"]`));
    // Two cards with one title would get the same help.
    expect(
      sources.filter((text) => text.includes(`<Card title="${title}"`) || text.includes(`  title="${title}"`))
        .length,
      id,
    ).toBeLessThan(2);
  }
  expect(figureOf('Block 3, head 11')).toBe('map');
  expect(figureOf('Lessons')).toBeNull();
});

test('help is two sentences', () => {
  for (const { text } of Object.values(figureHelp)) expect(text.match(/[.?](?= |$)/g), text).toHaveLength(2);
});
