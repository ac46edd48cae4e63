// The part of a sweep that this process trains: given on the command line, or by the scheduler.
import { WorkbenchError } from '../../engine/core/errors.ts';
import type { Shard } from './shardFile.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** @param text - "2/4": the second of four */
export function readShard(text: string | undefined, env: Environment): Shard {
  if (text === undefined) return shardOfScheduler(env) ?? { number: 1, of: 1 };
  const [, number, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (!(shard.number >= 1 && shard.number <= shard.of))
    throw WorkbenchError.of('config', {
      path: '--shard',
      expected: 'I/N with I from 1 to N',
      got: text,
      remedy: 'For example --shard 1/4 on the first of four machines.',
    });
  return shard;
}

/**
 * Slurm numbers the tasks of an array as --array says; Kubernetes numbers the pods of an indexed Job from 0. An array with gaps
 * (`--array=1,5`, `0-9:2`) does not map to parts 1 to N, and is refused.
 */
function shardOfScheduler(env: Environment): Shard | null {
  const slurm = env.SLURM_ARRAY_TASK_ID;
  if (slurm !== undefined) {
    const [id, min, max, count] = ['ID', 'MIN', 'MAX', 'COUNT'].map((key) =>
      Number(env[`SLURM_ARRAY_TASK_${key}`]),
    ) as [number, number, number, number];
    const first = Number.isInteger(min) ? min : 0;
    const number = id - first + 1;
    const hasGaps = Number.isInteger(max) && max - first + 1 !== count;
    if (!Number.isInteger(number) || !Number.isInteger(count) || number < 1 || number > count || hasGaps)
      throw WorkbenchError.of('config', {
        path: 'SLURM_ARRAY_TASK_ID',
        expected: 'a task of an array without gaps, such as --array=0-3',
        got: `task ${slurm} of ${env.SLURM_ARRAY_TASK_COUNT ?? 'an unknown number of'} tasks from ${env.SLURM_ARRAY_TASK_MIN ?? 'an unknown one'} to ${env.SLURM_ARRAY_TASK_MAX ?? 'an unknown one'}`,
        remedy:
          'Number the tasks one after another, or say --shard I/N. To do one task again, submit the whole array: what has ended is not done twice.',
      });
    return { number, of: count };
  }
  const pod = env.JOB_COMPLETION_INDEX;
  if (pod === undefined) return null;
  const [index, of] = [Number(pod), Number(env.JOB_COMPLETIONS)];
  if (!Number.isInteger(index) || !Number.isInteger(of) || index < 0 || index >= of)
    throw WorkbenchError.of('config', {
      path: 'JOB_COMPLETIONS',
      expected: `the number of pods of the Job, more than JOB_COMPLETION_INDEX (${pod})`,
      got: env.JOB_COMPLETIONS ?? 'nothing',
      remedy:
        'Kubernetes sets the index alone: set JOB_COMPLETIONS in the manifest to what "completions" says.',
    });
  return { number: index + 1, of };
}
