// Files that claim more than they hold are refused before memory is allocated for it.
import { describe, expect, it } from 'vitest';
import { startNodeThread } from '../../../platform/hdf5/node.ts';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';
import { readHdf5In } from './hdf5File.ts';
import { checkPages, type PageHeader } from './parquetChecks.ts';

readHdf5In(startNodeThread);

describe('the pages of a Parquet column', () => {
  /** Pages of 10 bytes after headers of one byte. */
  const check = (rows: number, ...pages: Partial<PageHeader>[]) => {
    const rest = [...pages];
    checkPages(new ArrayBuffer(11 * pages.length + 1), rows, (reader) => {
      reader.offset += 1;
      return { type: 'DATA_PAGE', compressed_page_size: 10, uncompressed_page_size: 40, ...rest.shift() };
    });
  };
  const values = (count: number) => ({ data_page_header: { num_values: count } });

  it('may hold all rows, with a dictionary before them', () => {
    const dictionary = { type: 'DICTIONARY_PAGE', dictionary_page_header: { num_values: 7 } };
    expect(() => check(5, dictionary, values(3), values(2))).not.toThrow();
    expect(() => check(0)).not.toThrow();
  });

  it.each([
    ['more values than rows', 5, [values(3), values(3)], /at most 2 values/],
    ['fewer values than rows', 5, [values(3)], /5 values in all/],
    ['no values', 5, [{}], /at most 5 values/],
    ['more bytes than there are', 5, [{ ...values(5), compressed_page_size: 12 }], /at most 11 bytes/],
    ['a size below zero', 5, [{ ...values(5), compressed_page_size: -1 }], /at most 11 bytes/],
    ['gigabytes when unpacked', 5, [{ ...values(5), uncompressed_page_size: 2 ** 31 }], /bytes unpacked/],
    [
      'gigabytes when unpacked together',
      5,
      Array.from({ length: 5 }, () => ({ ...values(1), uncompressed_page_size: 2 ** 27 })),
      /bytes unpacked/,
    ],
    [
      'a dictionary beyond its bytes',
      5,
      [{ type: 'DICTIONARY_PAGE', dictionary_page_header: { num_values: 321 } }],
      /a number of distinct values/,
    ],
    [
      'more missing values than values',
      5,
      [{ type: 'DATA_PAGE_V2', data_page_header_v2: { num_values: 5, num_nulls: 6, num_rows: 5 } }],
      /a number of nulls/,
    ],
  ])('are refused with %s', (_what, rows, pages, message) => {
    expect(() => check(rows, ...pages)).toThrow(message);
  });
});

it('an HDF5 dataset of a shape beyond all limits is refused before its values are unpacked', async () => {
  const { File, ready } = await import('h5wasm');
  const { FS } = await ready;
  const file = new File('claims.h5', 'w');
  for (const name of ['train', 'val', 'test']) {
    const group = file.create_group(name);
    for (const key of ['features_numerical', 'y'])
      group
        .create_dataset({ name: key, data: Float32Array.of(1), shape: [1], maxshape: [null], chunks: [1] })
        .resize([2_000_000]);
  }
  file.close();
  const bytes = FS.readFile('claims.h5');
  FS.unlink('claims.h5');
  await expect(inspectFile(tableInput('claims.h5', new Blob([bytes.slice()])))).rejects.toThrow(
    /claims\.h5, train\/features_numerical: expected at most 1,000,000 rows/,
  );
});
