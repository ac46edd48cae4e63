import { parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { startNodeThread } from '../../../platform/hdf5/node.ts';
import { defaultsOf } from '../../config/params.ts';
import { tableInput } from '../../config/tableInput.ts';
import { readHdf5In } from '../formats/hdf5File.ts';
import { tableSource } from '../tableSource.ts';
import { generateTable, textInput } from '../testing/files.ts';
import { exportSettings, pythonSnippet, toHdf5, toParquet, toSplitCsv } from './exportTable.ts';

readHdf5In(startNodeThread);

const data = () =>
  generateTable({
    data: defaultsOf(tableSource.dataParams),
    tasks: {
      targets: [
        { column: 'y/kg', type: 'regression' },
        { column: 'c', type: 'binary' },
      ],
    },
    file: textInput(
      `x,k,y/kg,c\n${Array.from({ length: 40 }, (_, i) => [i % 7, ['=1+1', 'b'][i % 2], i === 3 ? '' : (i * 5) % 11, i % 3 === 0 ? 'yes' : 'no'].join(',')).join('\n')}`,
    ),
  });

it('an export as HDF5 is read back with the same split, features and labels', async () => {
  const table = await data();
  const file = tableInput('export.h5', new Blob([(await toHdf5(table)).slice()]));
  const back = await generateTable({
    data: { ...defaultsOf(tableSource.dataParams), standardiseFeatures: false, standardiseTargets: false },
    tasks: {
      targets: [
        { column: 'y_kg', type: 'regression' },
        { column: 'c', type: 'binary' },
      ],
    },
    file,
  });
  const order = [...table.split.train, ...table.split.validation, ...table.split.test];
  expect([back.split.train.length, back.split.validation.length, back.split.test.length]).toEqual([28, 6, 6]);
  for (const column of [0, 1])
    expect(Array.from(back.targets[column] ?? [])).toEqual(order.map((row) => table.targets[column]?.[row]));
  expect(Array.from(back.numeric[0] ?? [])).toEqual(order.map((row) => table.numeric[0]?.[row]));
  expect(Array.from(back.categorical[0] ?? [])).toEqual(order.map((row) => table.categorical[0]?.[row]));
  expect(exportSettings(table, {}).rows).toEqual({ train: 28, val: 6, test: 6 });
  expect(pythonSnippet('e.h5', table)).toContain('for task in ["y_kg","c"]');
});

it('an export as CSV names classes, begins no formula, and has a row per row', async () => {
  const table = await data();
  const [header, first, ...lines] = toSplitCsv(table).split('\r\n');
  expect(header).toBe('split,k,x,y/kg,c');
  const row = table.split.train[0] as number;
  const k = row % 2 === 0 ? "'=1+1" : 'b';
  expect(first).toBe(
    `train,${k},${table.numeric[0]?.[row]},${Number.isNaN(table.targets[0]?.[row]) ? '' : table.targets[0]?.[row]},${row % 3 === 0 ? 'yes' : 'no'}`,
  );
  expect(lines.filter((line) => line !== '')).toHaveLength(39);
});

it('an export as Parquet holds the columns of the CSV, text as it is and missing labels as null', async () => {
  const table = await data();
  const bytes = await toParquet(table);
  const rows = await parquetReadObjects({ file: bytes.slice().buffer });
  expect(rows).toHaveLength(40);
  const order = [...table.split.train, ...table.split.validation, ...table.split.test];
  rows.forEach((row, i) => {
    const at = order[i] as number;
    const label = table.targets[0]?.[at] as number;
    expect(row).toEqual({
      split: i < table.split.train.length ? 'train' : i < 40 - table.split.test.length ? 'val' : 'test',
      k: at % 2 === 0 ? '=1+1' : 'b',
      x: table.numeric[0]?.[at],
      'y/kg': Number.isNaN(label) ? null : label,
      c: at % 3 === 0 ? 'yes' : 'no',
    });
  });
  expect(rows.filter((row) => row['y/kg'] === null)).toHaveLength(1);
  expect(pythonSnippet('t.parquet', table)).toContain('pd.read_parquet("t.parquet")');
});
