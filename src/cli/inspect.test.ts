import { Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { tableInput } from '../engine/config/tableInput.ts';
import { inspectFile } from '../engine/data/inspect.ts';
import { readTableInput } from './files.ts';
import { inspectionText, inspectSettings } from './inspect.ts';
import { readingOptions, tableSettings } from './reading.ts';

it('writes an inspection for a terminal', async () => {
  const file = tableInput('t.csv', new Blob(['# made today\na,b\n1,x\nNA,y\n3,x\n']));
  expect(inspectionText(await inspectFile(file)).split('\n')).toEqual([
    'csv, 3 rows, 2 columns',
    'left out: 1 comment-lines (line 1)',
    '',
    'column         type  distinct  missing  min  max  mean  examples',
    'a           numeric         2        1    1    3     2      1, 3',
    'b       categorical         2        0                      x, y',
    '',
    'a: numeric, all of 2 filled cells read as numbers. Missing: "NA".',
    'b: categorical, 3 of 3 filled cells are no numbers, such as "x" (line 3).',
    '',
    'note: 1 line begins with # and is left out as a comment (line 1); data.comment decides.',
    'note: Taken for missing values, with the number of cells: a ("NA" 1). The setting data.missingMarkers decides.',
  ]);
});

it('shows line breaks in names, and what would move the cursor', async () => {
  const file = tableInput('t.csv', new Blob(['"two\nlines",b\u001b[2J\n1,x\n2,y\n3,x\n']));
  const text = inspectionText(await inspectFile(file));
  expect(text).toContain('\ntwo⏎lines: numeric, ');
  expect(text).toContain('\nb\\u001b[2J: categorical, ');
  expect(text).not.toContain('\u001b');
});

it('turns options into settings of the table, and refuses what is none', () => {
  expect(readingOptions({ types: 'a:date', missing: '-', header: 'none' })).toEqual({
    types: 'a:date',
    missingMarkers: '-',
    header: 'none',
  });
  expect(tableSettings({ decimal: 'comma' })).toMatchObject({ decimal: 'comma', header: 'auto' });
  expect(() => tableSettings({ decimal: 'semicolon' })).toThrow(/data\.params\.decimal: expected one of/);
});

it('follows the advice of an error with --set, and refuses what is no setting of reading', () => {
  const set = ['data.badLines=leave-out', 'data.skipLines=2'];
  expect(inspectSettings({ header: 'none', set })).toMatchObject({
    header: 'none',
    badLines: 'leave-out',
    skipLines: 2,
  });
  expect(inspectSettings({ header: 'none' })).toEqual(tableSettings({ header: 'none' }));
  expect(() => inspectSettings({ set: ['model.blocks=2'] })).toThrow(/--set: expected data\.KEY=VALUE/);
  expect(() => inspectSettings({ set: ['data.badLines=nope'] })).toThrow(/badLines.*got nope|badLines.*nope/);
});

it('reads CSV from standard input, which a terminal is not', async () => {
  const stdin = vi.spyOn(process, 'stdin', 'get');
  const give = (isTTY: boolean) => {
    const stream = Readable.from([Buffer.from('a,b\n1,'), Buffer.from('2\n')]);
    stdin.mockReturnValue(Object.assign(stream, { isTTY }) as never);
  };
  give(false);
  const { name, blob } = await readTableInput('--data', '-');
  expect([name, await blob.text()]).toEqual(['stdin.csv', 'a,b\n1,2\n']);
  give(true);
  await expect(readTableInput('--data', '-')).rejects.toThrow(
    '--data: expected a table from a pipe, got a terminal.',
  );
  stdin.mockRestore();
});
