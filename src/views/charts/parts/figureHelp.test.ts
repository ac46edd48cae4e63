import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { figureHelp } from './figureHelp.ts';

const views = path.resolve(import.meta.dirname, '../..');
const sources = readdirSync(views, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.tsx'))
  .map((file) => readFileSync(path.join(views, file), 'utf8'));

test('every help belongs to the card of one file', () => {
  for (const id of Object.keys(figureHelp))
    expect(sources.filter((text) => text.includes(`figure="${id}"`)).length, id).toBe(1);
});

test('help is two sentences', () => {
  for (const text of Object.values(figureHelp)) expect(text.match(/[.?](?= |$)/g), text).toHaveLength(2);
});

/** Cards that are no figures: forms, lists of what can be opened or done, and what stands where a figure is missing. */
const NO_FIGURES = [
  '"Attention"',
  '"Compare"',
  '"Data"',
  '"Experts"',
  '"Glossary"',
  '"Kept in this browser"',
  '"Lessons"',
  '"Masks"',
  '"New sweep"',
  '"Queue"',
  '"Relations"',
  '"Runs of the chosen cell"',
  '"Runs"',
  '"Splits"',
  '"Storage"',
  // Where no run has begun.
  '"Tasks"',
  '"Tasks paused"',
  '"Train"',
  '"Weights by hand"',
  '"Weights"',
  '"Where they come from"',
  "{part === 'rows' ? 'Rows of a batch' : 'Mask tests'}",
  // A run or a sweep by its name, a tab that is being loaded.
  '{item.sweep.label}',
  '{nameOf(entry)}',
  '{title}',
];

test('every figure has its help: a card is one, or is named here', () => {
  const cards = sources.flatMap((text) => [
    ...text.matchAll(/<(?:Heatmap)?Card\b([\s\S]*?)\btitle=(".*?"|\{.*?\})(?=[\s>])/g),
  ]);
  expect(cards.length).toBeGreaterThan(50);
  const without = cards.filter(([, before]) => !before?.includes('figure='));
  expect([...new Set(without.map(([, , title]) => title))].sort()).toEqual([...NO_FIGURES].sort());
});
