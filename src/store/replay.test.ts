import { describe, expect, it } from 'vitest';
import { readRecording } from './replay.ts';

describe('readRecording', () => {
  it('brings back numbers that are none, and leaves what is really null', () => {
    const text =
      '[{"sd":null,"metrics":{"auroc":{"value":null}},"perSeed":[1,null],"gain":null,"blocked":null}]';
    expect(readRecording(text)).toEqual([
      {
        sd: Number.NaN,
        metrics: { auroc: { value: Number.NaN } },
        perSeed: [1, Number.NaN],
        gain: null,
        blocked: null,
      },
    ]);
  });
});
