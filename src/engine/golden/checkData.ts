// The golden files that are no model cases, told apart by their `kind` or, where they have none, by what they contain.
import type { GoldenCheck } from './check.ts';
import { type ColumnsFile, checkColumns } from './checkColumns.ts';
import { checkGain, type GainFile } from './checkGain.ts';
import { checkGenerator, type GeneratorFile } from './checkGenerator.ts';
import { checkMetrics, type MetricsFile } from './checkMetrics.ts';
import { checkRanking, type RankingFile } from './checkRanking.ts';

interface DataFileKind {
  /** Keys of the first case that no other kind has. */
  marks: readonly string[];
  check(json: never): GoldenCheck[];
}

const kinds: Record<string, DataFileKind> = {
  generator: { marks: ['U', 'P', 'W'], check: (json: GeneratorFile) => checkGenerator(json) },
  metrics: { marks: ['type', 'target', 'expected'], check: (json: MetricsFile) => checkMetrics(json) },
  gain: { marks: ['tasks', 'expected'], check: (json: GainFile) => checkGain(json) },
};

/** By the `kind` that a file names. */
const named = new Map<unknown, (json: never) => GoldenCheck[]>([
  ['ranking', (json: RankingFile) => checkRanking(json)],
  ['columns', (json: ColumnsFile) => checkColumns(json)],
]);

/** Checks of a file of data; null when it is of no kind known here. */
export function checkData(json: unknown): GoldenCheck[] | null {
  const byName = named.get((json as { kind?: unknown } | null)?.kind);
  if (byName) return byName(json as never);
  const first = (json as { cases?: unknown[] } | null)?.cases?.[0];
  if (typeof first !== 'object' || first === null) return null;
  const kind = Object.values(kinds).find(({ marks }) => marks.every((key) => key in first));
  return kind ? kind.check(json as never) : null;
}
