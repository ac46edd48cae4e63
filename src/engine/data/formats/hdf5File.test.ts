// Reading HDF5 ends, whatever the thread that reads it does.
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Hdf5Listener, openHdf5, readHdf5In } from './hdf5File.ts';
import type { Question } from './hdf5Server.mjs';

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
    'cannot read halves',
    ({ answered }) => answered({ fault: 'Float16 not supported', isInner: false }),
    /expected numbers of 32 or 64 bits, got float16\. Write them with dtype float32/,
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
