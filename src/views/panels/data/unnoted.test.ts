import { expect, it } from 'vitest';
import { tableInput } from '../../../engine/config/tableInput.ts';
import { parseTable } from '../../../engine/data/tableFile.ts';
import { unnoted } from './unnoted.ts';

it('lines that a note names are not named twice', async () => {
  const read = (text: string) => parseTable(tableInput('t.csv', new Blob([text])), { badLines: 'leave-out' });
  const table = await read('# today\na,b\n1,x\n\n2,y,3\n3,z\n');
  expect(table.dropped.map(({ reason }) => reason).sort()).toEqual([
    'blank-lines',
    'comment-lines',
    'lines-with-more-cells',
  ]);
  expect(unnoted(table).map(({ reason }) => reason)).toEqual(['blank-lines']);
});
