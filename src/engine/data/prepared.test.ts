// A table is restored from its bytes unchanged, and used instead of the file only if it was read with the same settings.
import { expect, it, vi } from 'vitest';
import { tableInput } from '../config/tableInput.ts';
import { fromPrepared, preparedKey, toPrepared } from './prepared.ts';
import { parseTable } from './tableFile.ts';

const TEXT = 'a,b,c\n1,x,2024-01-05\n,y,2024-02-05\n3.5,,\n-0,x,2024-03-01\n';
const fileOf = () => tableInput('t.csv', new Blob([TEXT]));

it('a table comes back as it was', async () => {
  const table = await parseTable(fileOf());
  const split = Uint8Array.of(0, 1, 2, 0);
  expect(await fromPrepared(toPrepared({ ...table, split }))).toEqual({ ...table, split });
  const { split: none, ...facts } = table;
  expect(none).toBeUndefined();
  expect(await fromPrepared(toPrepared(table))).toEqual(facts);
});

it('bytes of something else are no table, and cut ones are told', async () => {
  expect(await fromPrepared(new Blob([TEXT]))).toBeNull();
  const whole = toPrepared(await parseTable(fileOf()));
  await expect(fromPrepared(whole.slice(0, whole.size - 4))).rejects.toThrow(/expected \d+ bytes/);
});

it('is taken instead of the file where it was read with the same settings', async () => {
  const table = await parseTable(fileOf());
  const prepared = { key: preparedKey({}), blob: toPrepared({ ...table, rows: 99 }) };
  const again = { ...fileOf(), prepared };
  const read = vi.spyOn(again.blob, 'slice');
  expect((await parseTable(again)).rows).toBe(99);
  expect(read).not.toHaveBeenCalled();
  expect((await parseTable(again, { header: 'none' })).rows).toBe(5);
  // If the bytes cannot be read, the file is read instead.
  const cut = { ...fileOf(), prepared: { ...prepared, blob: prepared.blob.slice(0, 40) } };
  expect((await parseTable(cut)).rows).toBe(4);
});
