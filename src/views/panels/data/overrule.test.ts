import { describe, expect, it } from 'vitest';
import { chosenTypes, tailOf, withChoice, withTail, withTarget } from './overrule.ts';

const lists = { types: 'zip:categorical,"a, b":decimal-comma', ignore: 'id, "x:y"' };

describe('types of columns', () => {
  it('are read from both lists', () => {
    expect(['zip', 'a, b', 'id', 'x:y', 'other'].map(chosenTypes(lists))).toEqual([
      'categorical',
      'decimal-comma',
      'ignore',
      'ignore',
      'auto',
    ]);
  });

  it('are overruled for one column or several, whatever they are called', () => {
    expect(withChoice(lists, ['zip', 'id', 'größe, "m"'], 'numeric')).toEqual({
      types: '"a, b":decimal-comma,zip:numeric,id:numeric,"größe, ""m""":numeric',
      ignore: '"x:y"',
    });
    expect(withChoice(lists, ['zip', 'a, b', 'x:y'], 'auto')).toEqual({ types: '', ignore: 'id' });
  });

  it('are left alone where a list cannot be read', () => {
    expect(withChoice({ ...lists, types: '"zip:categorical' }, ['id'], 'date')).toBeNull();
  });
});

describe('long tails', () => {
  const tails = { logScale: '"a, b",c', clip: '', quantile: 'd' };

  it('move from list to list, whatever the columns are called', () => {
    expect(['a, b', 'd', 'e'].map((name) => tailOf(tails, name))).toEqual(['logScale', 'quantile', '']);
    expect(withTail(tails, 'd', 'logScale')).toEqual({ logScale: '"a, b",c,d', clip: '', quantile: '' });
    expect(withTail(tails, 'c', '')).toEqual({ ...tails, logScale: '"a, b"' });
    expect(withTail({ ...tails, clip: '"a' }, 'c', 'quantile')).toBeNull();
  });
});

describe('targets', () => {
  it('are added, changed in place and taken away', () => {
    const one = withTarget([], 'y', { type: 'auto' });
    const two = withTarget(one, 'z', { type: 'binary', positive: 'yes' });
    expect(withTarget(two, 'y', { type: 'regression' })).toEqual([
      { column: 'y', type: 'regression' },
      { column: 'z', type: 'binary', positive: 'yes' },
    ]);
    expect(withTarget(two, 'y', null)).toEqual([{ column: 'z', type: 'binary', positive: 'yes' }]);
  });
});
