import { expect, it } from 'vitest';
import type { ErrorReport } from '../../../../engine/core/errors.ts';
import { type AttentionState, stateOf } from '../../../../store/answers.ts';
import { NOTHING_LIVE } from '../../../../store/runLive.ts';
import { readAttention, type StoreLike } from './sweepAttention.ts';

const maps: AttentionState['maps'] = [];
const answered = (request: AttentionState['request']) => ({ maps, request, step: 1 }) as AttentionState;

/** A store whose networks answer, or refuse, shortly after they were asked. */
function fakeStore(kept: AttentionState | null, refusal: ErrorReport | null = null) {
  const calls: string[] = [];
  let listener = () => {};
  let attention = { ...stateOf(undefined, 'attention'), answer: kept };
  const store: StoreLike = {
    getState: () => ({
      live: { r: { ...NOTHING_LIVE, answers: { attention } } },
      bringBack: async () => true,
      askProbe() {
        calls.push('ask');
        attention = { ...attention, isOpen: true };
        queueMicrotask(() => {
          const answer = refusal ? null : answered({ rows: { kind: 'mean' } });
          attention = { ...attention, answer, error: refusal, isOpen: false };
          listener();
        });
      },
      endProbe: () => void calls.push('end'),
      letGo: async () => void calls.push('let go'),
    }),
    subscribe(own) {
      listener = own;
      return () => void calls.push('unsubscribed');
    },
  };
  return { store, calls };
}

it('takes what was kept of the mean over rows, and asks the networks otherwise', async () => {
  const kept = fakeStore(answered({ rows: { kind: 'mean' } }));
  expect(await readAttention(kept.store, 'r')).toBe(maps);
  expect(kept.calls).toEqual(['end', 'let go']);
  for (const other of [null, answered({ rows: { kind: 'rows', rows: [1] } })]) {
    const asked = fakeStore(other);
    expect(await readAttention(asked.store, 'r')).toBe(maps);
    expect(asked.calls).toEqual(['ask', 'unsubscribed', 'end', 'let go']);
  }
});

it('says why there are none, and lets the run go', async () => {
  const { store, calls } = fakeStore(null, { kind: 'config', message: 'busy', issues: [] });
  await expect(readAttention(store, 'r')).rejects.toThrow('busy');
  expect(calls.at(-1)).toBe('let go');
});
