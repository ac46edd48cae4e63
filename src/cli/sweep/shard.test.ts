import { describe, expect, it } from 'vitest';
import { readShard } from './shard.ts';

describe('readShard', () => {
  it('is the only one where nothing is said', () => {
    expect(readShard(undefined, {})).toEqual({ number: 1, of: 1 });
  });

  it('reads I/N, which wins over the scheduler', () => {
    const env = { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '2' };
    expect(readShard('3/4', env)).toEqual({ number: 3, of: 4 });
  });

  it.each(['0/4', '5/4', '1', '1/0', 'a/b', '1/4/2', '-1/4'])('refuses %s', (text) => {
    expect(() => readShard(text, {})).toThrow(`--shard: expected I/N with I from 1 to N, got ${text}.`);
  });

  it.each([
    ['0', '0', '3', '4', 1],
    ['3', '0', '3', '4', 4],
    ['7', '5', '8', '4', 3],
  ])('is task %s of a Slurm array from %s to %s', (id, min, max, count, number) => {
    const env = {
      SLURM_ARRAY_TASK_ID: id,
      SLURM_ARRAY_TASK_MIN: min,
      SLURM_ARRAY_TASK_MAX: max,
      SLURM_ARRAY_TASK_COUNT: count,
    };
    expect(readShard(undefined, env)).toEqual({ number, of: 4 });
  });

  it('refuses an array with gaps, of which it cannot tell the places', () => {
    const env = {
      SLURM_ARRAY_TASK_ID: '5',
      SLURM_ARRAY_TASK_MIN: '1',
      SLURM_ARRAY_TASK_MAX: '9',
      SLURM_ARRAY_TASK_COUNT: '3',
    };
    expect(() => readShard(undefined, env)).toThrow('array without gaps');
  });

  it('counts the pods of a Kubernetes Job from 0, and needs their number', () => {
    expect(readShard(undefined, { JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '3' })).toEqual({
      number: 3,
      of: 3,
    });
    expect(() => readShard(undefined, { JOB_COMPLETION_INDEX: '2' })).toThrow('JOB_COMPLETIONS');
  });
});
