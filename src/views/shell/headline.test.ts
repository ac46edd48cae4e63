import { describe, expect, it } from 'vitest';
import { headlineOf } from './headline.ts';

describe('the heading of a failed run', () => {
  it('is the whole line if it is short, else its first clause, with the rest below', () => {
    expect(headlineOf('Run stopped at step 3: the loss is NaN')).toEqual({
      headline: 'Run stopped at step 3: the loss is NaN',
      detail: '',
    });
    const rest = `of 42 tensors, 10 are found; ${'a tensor of another shape, '.repeat(4)}`;
    const { headline, detail } = headlineOf(`w.safetensors does not fit MultiTab-Net: ${rest}`);
    expect(headline).toBe('w.safetensors does not fit MultiTab-Net');
    expect(detail).toBe(`O${rest.slice(1)}`);
  });
});
