import { expect, it } from 'vitest';
import { tableInput } from '../config/tableInput.ts';
import { CHECKPOINT_VERSION, type Checkpoint, readCheckpoint } from './checkpoint.ts';

const kept = (part: object) => ({ version: CHECKPOINT_VERSION, runId: 'a', ...part }) as Checkpoint;

it('goes on with the file of a checkpoint of before, which held bytes', async () => {
  const read = readCheckpoint(kept({ file: { name: 't.csv', bytes: new TextEncoder().encode('a,b') } }));
  expect(read).toMatchObject({ runId: 'a', file: { name: 't.csv', id: expect.any(String) } });
  expect(await read?.file?.blob.text()).toBe('a,b');
});

it('leaves a checkpoint of today as it is, and refuses one of another version', () => {
  const own = kept({ file: tableInput('t.csv', new Blob(['a'])) });
  expect(readCheckpoint(own)).toBe(own);
  expect(readCheckpoint(kept({}))).toEqual(kept({}));
  expect(readCheckpoint(kept({ version: 1 }))).toBeNull();
  expect(readCheckpoint(undefined)).toBeNull();
});
