// What reads HDF5 in a thread of its own: the library, and an answer per question about the file. JavaScript, so that a thread of Node
// can load it wherever it stands. What the answers mean is known in hdf5.ts.
// @ts-check

/**
 * @typedef {{ kind: 'group', keys: string[] } | { kind: 'dataset', shape: number[], dtype: string | null } | { kind: 'none' }} Item
 *   `dtype` is null for what is neither numbers nor text; one that ends with `e` is of numbers of 16 bits, whose values are their bits
 * @typedef {ArrayLike<number | bigint | string>} Values
 * @typedef {{ ask: 'open', bytes: Uint8Array } | { ask: 'item', path: string } | { ask: 'values', path: string }} Question
 * @typedef {{ ready: true } | { answer: unknown } | { fault: string, isInner: boolean }} Answer
 *   `isInner`: the library tripped over its own variables, and the text says nothing about the file
 */

/** More names of a group than any table may have columns tell nothing more. */
const MOST_KEYS = 20_001;

/**
 * @param {(answer: Answer, transfer: ArrayBuffer[]) => void} post
 * @returns {Promise<(question: Question) => void>} what takes a question, from when the library is loaded
 */
export async function serveHdf5(post) {
  const { File, Group, Dataset, ready } = await import('h5wasm');
  const { FS, H5T_class_t, activate_throwing_error_handler } = await ready;
  activate_throwing_error_handler();
  /** @type {InstanceType<typeof File> | null} */
  let file = null;
  const opened = () => {
    if (!file) throw new Error('no file is open');
    return file;
  };
  /** @param {Question} question @returns {unknown} */
  const answerTo = (question) => {
    switch (question.ask) {
      case 'open':
        FS.writeFile('table.h5', question.bytes);
        file = new File('table.h5', 'r');
        return null;
      case 'item': {
        const item = opened().get(question.path);
        if (item instanceof Group) return { kind: 'group', keys: item.keys().slice(0, MOST_KEYS) };
        if (!(item instanceof Dataset)) return { kind: 'none' };
        const { shape, dtype } = item;
        return { kind: 'dataset', shape: shape ?? [], dtype: typeof dtype === 'string' ? dtype : null };
      }
      case 'values': {
        const item = opened().get(question.path);
        if (!(item instanceof Dataset)) return null;
        const { metadata } = item;
        // The library has no array for numbers of 16 bits, and gives their bits where they are called whole numbers.
        const isHalf = metadata.type === H5T_class_t.H5T_FLOAT.value && metadata.size === 2;
        if (isHalf) metadata.type = H5T_class_t.H5T_INTEGER.value;
        return item.value;
      }
    }
  };
  post({ ready: true }, []);
  return (question) => {
    try {
      const answer = answerTo(question);
      post({ answer }, ArrayBuffer.isView(answer) ? [/** @type {ArrayBuffer} */ (answer.buffer)] : []);
    } catch (error) {
      const isInner = error instanceof TypeError || error instanceof RangeError;
      post({ fault: error instanceof Error ? error.message : String(error), isInner }, []);
    }
  };
}
