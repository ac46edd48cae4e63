import { describe, expect, it } from 'vitest';
import { headlineOf, saidOnce } from './headline.ts';

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

describe('the card of a failed run', () => {
  const issue = (path: string, remedy: string) => ({ path, expected: '[16]', got: '[8]', remedy });

  it('says a shared remedy below the text and not in it', () => {
    const message = `w.pt does not fit MMoE: ${'of 2 tensors none is found, '.repeat(6)}Set the width.`;
    const said = saidOnce({ message, issues: ['a', 'b'].map((path) => issue(path, 'Set the width.')) });
    expect(said.headline).toBe('w.pt does not fit MMoE');
    expect(said.details.join()).not.toContain('Set the width.');
    expect(said.remedy).toBe('Set the width.');
    expect(said.lines).toEqual(['a: expected [16], got [8]', 'b: expected [16], got [8]']);
  });

  it('lists each issue with its own remedy, and none that the message says', () => {
    const two = [issue('a', 'Do this.'), issue('b', 'Do that.')];
    expect(saidOnce({ message: 'No run.\nb: expected [16], got [8]. Do that.', issues: two })).toEqual({
      headline: 'No run.',
      details: ['b: expected [16], got [8]. Do that.'],
      remedy: null,
      lines: ['a: expected [16], got [8]. Do this.'],
    });
    expect(saidOnce({ message: 'a: expected [16], got [8]. Do this.', issues: two.slice(0, 1) })).toEqual({
      headline: 'a: expected [16], got [8].',
      details: [],
      remedy: 'Do this.',
      lines: [],
    });
  });
});
