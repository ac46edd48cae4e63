// Arguments are passed by name: in any order, and none of another kind.
import { expect, it } from 'vitest';
import { type Address, bindModule, bytesBehind, floatsBehind, type SimdArguments } from './simdModule.ts';

it('hands arguments over in the order of the source', () => {
  const calls: number[][] = [];
  const record = (...values: number[]) => void calls.push(values);
  const simd = bindModule({ layerNormForward: record, sumOfSquares: record });
  const at = (address: number) => address as Address;
  simd.sumOfSquares({ size: 5, x: at(16) });
  simd.layerNormForward({
    epsilon: 1e-5,
    width: 8,
    rows: 7,
    x: at(1),
    y: at(4),
    scale: at(2),
    offset: at(3),
    mean: at(5),
    inverse: at(6),
  });
  expect(calls).toEqual([
    [16, 5],
    [1, 2, 3, 4, 5, 6, 7, 8, 1e-5],
  ]);
});

it('moves addresses by bytes or by floats', () => {
  expect([bytesBehind(64 as Address, 3), floatsBehind(64 as Address, 3)]).toEqual([67, 76]);
});

it('takes no number for an address, and leaves nothing out', () => {
  // @ts-expect-error an address and a count have changed places
  const swapped: SimdArguments<'sumOfSquares'> = { x: 5, size: 16 as Address };
  // @ts-expect-error no size
  const short: SimdArguments<'sumOfSquares'> = { x: 16 as Address };
  expect([swapped, short]).toHaveLength(2);
});
