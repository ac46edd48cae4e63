// Rare and unseen categories of single columns: what they are read as, and what is refused.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { withSplitFile } from '../config/tableInput.ts';
import { formatIssue } from '../core/errors.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, issuesOf, textInput } from './testing/files.ts';

const CITIES = [
  ...Array<string>(12).fill('Rome'),
  ...Array<string>(5).fill('Oslo'),
  ...Array<string>(3).fill('Bern'),
];
const TRAIN = `city,"zip: a",y\n${CITIES.map((city, i) => `${city},z${i % 3},${i % 7}`).join('\n')}`;
const TEST = 'city,"zip: a",y\nParis,z9,1\nRome,z1,2\nOslo,z2,3';

const request = (data: Params) => ({
  data: { ...defaultsOf(tableSource.dataParams), file: 't.csv', testFile: 'test.csv', ...data },
  tasks: { targets: [{ column: 'y', type: 'regression' as const }] },
  file: withSplitFile(textInput(TRAIN, 't.csv'), 'test', textInput(TEST, 'test.csv')),
});
/** What the three test rows read in each column. */
async function tested(data: Params) {
  const { features, categorical, notes } = await generateTable(request(data));
  const cells = features.map(({ categories = [] }, i) =>
    Array.from(categorical[i]?.slice(20) ?? [], (code) => categories[code]),
  );
  return { cells, notes: notes.filter(({ code }) => /categories/.test(code)).map(({ text }) => text) };
}

describe('rare categories of single columns', () => {
  it('are kept where nothing is asked, and it is said that nothing is learnt of them', async () => {
    const { cells, notes } = await tested({});
    expect(cells).toEqual([
      ['Paris', 'Rome', 'Oslo'],
      ['z9', 'z1', 'z2'],
    ]);
    expect(notes).toContain('1 category of city occurs in no training row, so nothing is learnt about it.');
  });

  it('become another, or the most frequent one, column by column', async () => {
    const { cells, notes } = await tested({ rare: 'city:frequent,"zip: a":1' });
    expect(cells).toEqual([
      ['Rome', 'Rome', 'Oslo'],
      ['other', 'z1', 'z2'],
    ]);
    expect(notes).toEqual([
      '1 category of city that no training row has is read as the most frequent one, "Rome": Paris.',
      '1 rare category of zip: a is merged into one: z9.',
      '1 category of zip: a occurs in no training row, so nothing is learnt about it.',
    ]);
  });

  it('follow the rule for all columns where they have none of their own', async () => {
    const { cells } = await tested({ rareBelow: 9, rare: '"zip: a":0' });
    expect(cells).toEqual([
      ['other', 'Rome', 'other'],
      ['z9', 'z1', 'z2'],
    ]);
  });

  it('are refused for columns that have no categories, and rules that are none', async () => {
    const refusal = async (rare: string) => (await issuesOf(request({ rare }))).map(formatIssue)[0];
    expect(await refusal('y:5')).toMatch(
      /^data\.params\.rare: expected categorical features out of city, "zip: a", got y/,
    );
    expect(await refusal('city:often')).toMatch(/got city:often/);
    expect(await refusal('city')).toMatch(/got city without one/);
    expect(await refusal('city:10001')).toMatch(/got city:10001/);
    expect(await refusal('city:10000')).toBeUndefined();
    expect(await refusal('city:99999')).toMatch(
      /a number up to 10000, or frequent, behind each name, got city:99999/,
    );
    expect(await refusal('"city:5')).toMatch(/matching quotes/);
  });
});
