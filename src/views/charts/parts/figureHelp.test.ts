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
