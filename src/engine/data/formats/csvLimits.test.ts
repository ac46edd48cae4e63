// Files as large as the limits; separate from the other tests because each takes seconds.
import { expect, it } from 'vitest';
import { readWhole } from '../testing/files.ts';
import { csv } from './csv.ts';
import { FILE_LIMITS } from './format.ts';

const read = (text: string) => readWhole(csv, text);

it('refuses more rows than the limit, with the limit', async () => {
  await expect(read(`a\n${'1\n'.repeat(FILE_LIMITS.rows + 1)}`)).rejects.toThrow(/at most 1,000,000 rows/);
  const table = await read(`a\n${'1\n'.repeat(FILE_LIMITS.rows)}`);
  expect([table.rows, table.lines.at(-1)]).toEqual([FILE_LIMITS.rows, FILE_LIMITS.rows + 1]);
});
