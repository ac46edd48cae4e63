// Reading HDF5 ends, whatever the thread that reads it does.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { LAYOUT_DEFAULTS } from './format.ts';
import { hdf5 } from './hdf5.ts';
import { type Hdf5Listener, openHdf5, readHdf5In } from './hdf5File.ts';
import type { Question, Values } from './hdf5Server.mjs';

/** A thread that `answer` speaks for. */
function threadThat(answer: (question: Question, listener: Hdf5Listener) => void, beats = 2) {
  const end = vi.fn();
  readHdf5In((listener) => {
    queueMicrotask(() => listener.answered({ ready: true }));
    return { post: (question) => queueMicrotask(() => answer(question, listener)), end };
  }, beats);
  return { end };
}

/** Opens it while beats of the clock go by. */
async function open(progress?: () => Promise<void>) {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const opened = openHdf5(new Blob(['x']), 't.h5', progress);
  // Whoever waits for the file takes the failure; until then nobody does.
  opened.catch(() => {});
  await vi.advanceTimersByTimeAsync(2_000);
  return opened;
}

it('a file that the library never comes back from is refused, and its thread ended', async () => {
  const { end } = threadThat(() => {});
  await expect(open()).rejects.toThrow(
    /t\.h5: expected a whole HDF5 file, got no end of reading its beginning after 1 s\. .* write the table as Parquet or CSV/,
  );
  expect(end).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('later questions have the same patience, and more where there are many values', async () => {
  const { end } = threadThat(({ ask }, { answered }) => ask !== 'values' && answered({ answer: null }));
  const file = await open();
  const values = file.values('train/y', 5_000_000);
  const outcome = vi.fn();
  values.catch(outcome);
  await vi.advanceTimersByTimeAsync(250 * 12);
  expect(outcome).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(250);
  expect(outcome.mock.lastCall?.[0].message).toContain('no end of reading train/y after 3 s');
  file.end();
  expect(end).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('a library that is still loading is waited for', async () => {
  const { end } = threadThat(({ ask }, { answered }) => answered({ answer: ask }));
  readHdf5In((listener) => {
    setTimeout(() => listener.answered({ ready: true }), 1_500);
    return { post: () => setTimeout(() => listener.answered({ answer: null }), 1_600), end };
  }, 1);
  (await open()).end();
  expect(end).toHaveBeenCalledOnce();
});

it('a library that does not load is not taken for damage of the file', async () => {
  const end = vi.fn();
  readHdf5In(({ failed }) => {
    queueMicrotask(() => failed('the module was not found'));
    return { post: () => {}, end };
  }, 1);
  await expect(open()).rejects.toThrow(
    /t\.h5: expected the library that reads HDF5, got none: the module was not found\. The file may be whole/,
  );
  expect(end).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('a reading that is stopped ends its thread', async () => {
  const { end } = threadThat(() => {}, 1_000);
  await expect(open(() => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
  expect(end).toHaveBeenCalledOnce();
});

it.each<[string, (listener: Hdf5Listener) => void, RegExp]>([
  ['ends by itself', ({ failed }) => failed('out of memory'), /whole HDF5 file, got out of memory/],
  [
    'trips over the file',
    ({ answered }) => answered({ fault: 'bad magic', isInner: false }),
    /got bad magic/,
  ],
  [
    'tells all levels of its calls',
    ({ answered }) =>
      answered({
        fault: 'HDF5-DIAG:\n  #000: a.c line 1 in A(): upper\n  #001: b.c line 2 in B(): eof = 9\n major: x',
        isInner: false,
      }),
    /got eof = 9\. It may/,
  ],
  [
    'cannot read long numbers',
    ({ answered }) => answered({ fault: 'Float128 not supported', isInner: false }),
    /expected numbers of 16, 32 or 64 bits, got float128\. Write them with dtype float64/,
  ],
  [
    'trips over its own variables',
    ({ answered }) => answered({ fault: 'x is undefined', isInner: true }),
    /got parts that do not fit together/,
  ],
])('a thread that %s refuses the file', async (_what, act, message) => {
  const { end } = threadThat((_question, listener) => act(listener));
  await expect(open()).rejects.toThrow(message);
  expect(end).toHaveBeenCalledOnce();
});

describe('groups and datasets', () => {
  type Stored = { shape: number[]; value: Values | null; dtype: string | null };
  type Groups = Record<string, Record<string, Stored>>;
  const data = (shape: number[], value: Values | null, dtype: string | null = '<f'): Stored => ({
    shape,
    value,
    dtype,
  });
  const storedAt = (groups: Groups, path: string) => {
    const [group = '', key = ''] = path.split('/');
    return groups[group]?.[key];
  };
  const itemOf = (groups: Groups, path: string) => {
    const group = path === '/' ? groups : groups[path];
    if (group) return { kind: 'group', keys: Object.keys(group) };
    const stored = storedAt(groups, path);
    return stored ? { kind: 'dataset', ...stored } : { kind: 'none' };
  };
  /** The table of a file that holds these; its thread is ended, whatever comes of it. */
  const tableOf = async (groups: Groups) => {
    const { end } = threadThat((question, { answered }) => {
      if (question.ask === 'open') answered({ answer: null });
      else if (question.ask === 'item') answered({ answer: itemOf(groups, question.path) });
      else answered({ answer: storedAt(groups, question.path)?.value });
    });
    try {
      return await hdf5.open(new Blob(['x']), 't.h5', LAYOUT_DEFAULTS, UNWATCHED);
    } finally {
      expect(end).toHaveBeenCalledOnce();
    }
  };
  const part = (rows: number, given: Record<string, Stored> = {}) => ({
    y: data(
      [rows],
      Float32Array.from({ length: rows }, (_, row) => row / 2),
    ),
    features_numerical: data(
      [rows, 2],
      Float64Array.from({ length: 2 * rows }, (_, i) => i),
    ),
    ...given,
  });
  const whole = () => ({ train: part(3), val: part(2), test: part(1) });

  it('become columns: classes, numbers, then tasks, with the rows of one group behind those of another', async () => {
    const more = (codes: (bigint | number)[], kinds: string[]) => ({
      features_categorical: data([codes.length, 1], codes, '<q'),
      kind: data([kinds.length], kinds, 'S1'),
      z: data([codes.length, 2], Array<number>(2 * codes.length).fill(Number.NaN)),
    });
    const table = await tableOf({
      test: part(1, more([Number.NaN], ['u'])),
      other: {},
      valid: part(2, more([7n, 9n], ['v', 'u'])),
      train: part(3, more([9n, 7n, 9n], ['u', 'v', 'v'])),
    });
    expect(table.schema()).toEqual({
      columns: ['cat 0', 'num 0', 'num 1', 'y', 'kind', 'z 0', 'z 1'],
      rows: 6,
      firstRow: null,
      hasSemicolons: false,
      notes: [
        {
          code: 'split-of-file',
          text: 'The file has splits of its own: 3 training, 2 validation, 1 test rows, which are kept unless data.split says otherwise.',
        },
      ],
      split: Uint8Array.of(0, 0, 0, 1, 1, 2),
    });
    const column = (name: string) => table.column(name, UNWATCHED);
    const codes = {
      kind: 'codes',
      name: 'cat 0',
      codes: Int32Array.of(0, 1, 0, 1, 0, -1),
      names: ['9', '7'],
    };
    expect(await column('cat 0')).toEqual({ ...codes, type: 'HDF5 <q' });
    expect(await column('num 1')).toEqual({
      kind: 'numbers',
      name: 'num 1',
      values: Float64Array.of(1, 3, 5, 1, 3, 1),
      type: 'HDF5 <f',
    });
    expect(await column('y')).toMatchObject({ values: Float64Array.of(0, 0.5, 1, 0, 0.5, 0) });
    expect(await column('kind')).toMatchObject({ kind: 'codes', codes: Int32Array.of(0, 1, 1, 1, 0, 0) });
    expect(await column('z 1')).toMatchObject({ kind: 'text', cells: Array(6).fill('') });
  });

  it('of classes may all be missing, and the group of validation may have its longest name', async () => {
    const lost = (rows: number) => ({
      features_categorical: data([rows], Array<number>(rows).fill(Number.NaN)),
    });
    const { train, val, test } = whole();
    const groups = { train: { ...train, ...lost(3) }, test: { ...test, ...lost(1) } };
    const table = await tableOf({ ...groups, validation: { ...val, ...lost(2) } });
    const codes = Int32Array.of(-1, -1, -1, -1, -1, -1);
    expect(await table.column('cat 0', UNWATCHED)).toEqual({
      kind: 'codes',
      name: 'cat 0',
      codes,
      names: [],
      type: 'HDF5 <f',
    });
    expect((await tableOf({ ...whole(), valid: part(9) })).schema().rows).toBe(6);
    const numbers = { ...lost(2), features_categorical: data([2, 1], [1.5, Number.NaN]) };
    const some = await tableOf({ ...groups, val: { ...val, ...numbers } });
    expect(await some.column('cat 0', UNWATCHED)).toMatchObject({ names: ['1.5'] });
  });

  const { train, val, test } = whole();
  it.each<[string, Groups, RegExp]>([
    ['without any group', {}, /^t\.h5: expected the groups train, val and test .*, got nothing\. /],
    ['without one of them', { train, test, more: {} }, /got train, test, more\. Write the table so/],
    [
      'without features',
      { train: { y: train.y }, val, test },
      /^t\.h5, train: expected features_categorical or features_numerical, got y\. /,
    ],
    [
      'with more datasets than columns',
      {
        train: Object.fromEntries(
          ['features_numerical', ...Array(20_000).keys()].map((key) => [key, train.y]),
        ),
        val,
        test,
      },
      /^t\.h5, train: expected at most 20,000 columns, got 20,001/,
    ],
    [
      'without a dataset in one group',
      { train, val: { y: val.y }, test },
      /^t\.h5, val\/features_numerical: expected a dataset, got none/,
    ],
    [
      'of three dimensions',
      { train: part(3, { y: data([3, 1, 1], [1, 2, 3]) }), val, test },
      /^t\.h5, train\/y: expected one or two dimensions of numbers or text, got shape \(3, 1, 1\)/,
    ],
    [
      'of records',
      { train: part(3, { y: data([3], [], null) }), val, test },
      /train\/y: expected .* got shape \(3\)/,
    ],
    [
      'of more rows than there may be',
      { train: part(3, { y: data([1_000_001], []) }), val, test },
      /^t\.h5, train\/y: expected at most 1,000,000 rows/,
    ],
    [
      'of fewer values than its shape has',
      { train: part(3, { y: data([3], [1, 2]) }), val, test },
      /^t\.h5, train\/y: expected 3 values, got 2\. /,
    ],
    [
      'without values',
      { train: part(3, { y: data([3], null) }), val, test },
      /train\/y: expected 3 values, got 0\. /,
    ],
    [
      'of another width in a group',
      { train, val: part(2, { features_numerical: data([2], [1, 2]) }), test },
      /^t\.h5, features_numerical: expected 2 columns in each group, got 1\. /,
    ],
    [
      'of another length in a group',
      { train, val: part(2, { y: data([1], [1]) }), test },
      /^t\.h5, val\/y: expected 2 rows, as in num 0, got 1\. /,
    ],
  ])('%s are refused', async (_what, groups, message) => {
    await expect(tableOf(groups)).rejects.toThrow(message);
  });
});
