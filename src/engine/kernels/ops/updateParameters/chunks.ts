// The values of all parameters, concatenated and cut into chunks for workgroups.
import type { UpdateOptions } from '../../runtime/updater.ts';

/** Values of one parameter and one group. */
export interface Chunk {
  parameter: number;
  start: number;
  size: number;
  /** Position among the values of all parameters. */
  flat: number;
  group: number;
}

/** @param length - values of a chunk at most */
export function chunksOf({ slices }: UpdateOptions, length: number): Chunk[] {
  const chunks: Chunk[] = [];
  let flat = 0;
  slices.forEach((own, parameter) => {
    let start = 0;
    for (const { size, group } of own) {
      for (let done = 0; done < size; done += length)
        chunks.push({
          parameter,
          start: start + done,
          size: Math.min(length, size - done),
          flat: flat + start + done,
          group,
        });
      start += size;
    }
    flat += start;
  });
  return chunks;
}

/** Consecutive runs of at most `length`. */
export function runsOf<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, i) =>
    items.slice(i * length, (i + 1) * length),
  );
}
