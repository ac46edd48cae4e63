// The golden files that are no model cases, told apart by what they contain: generator, metrics, gain and columns.
import type { GoldenCheck } from './check.ts';
import { type ColumnsFile, checkColumns } from './checkColumns.ts';
import { checkGain, type GainFile } from './checkGain.ts';
import { checkGenerator, type GeneratorFile } from './checkGenerator.ts';
import { checkMetrics, type MetricsFile } from './checkMetrics.ts';

interface DataFileKind {
  /** Keys of the first case that no other kind has. */
  marks: readonly string[];
  check(json: never): GoldenCheck[];
}

const kinds: Record<string, DataFileKind> = {
  generator: { marks: ['U', 'P', 'W'], check: (json: GeneratorFile) => checkGenerator(json) },
  metrics: { marks: ['type', 'target', 'expected'], check: (json: MetricsFile) => checkMetrics(json) },
  columns: { marks: ['role', 'values', 'train'], check: (json: ColumnsFile) => checkColumns(json) },
  gain: { marks: ['tasks', 'expected'], check: (json: GainFile) => checkGain(json) },
};

/** Checks of a generator, metrics, gain or columns file; null when it is none of them. */
export function checkData(json: unknown): GoldenCheck[] | null {
  const first = (json as { cases?: unknown[] } | null)?.cases?.[0];
  if (typeof first !== 'object' || first === null) return null;
  const kind = Object.values(kinds).find(({ marks }) => marks.every((key) => key in first));
  return kind ? kind.check(json as never) : null;
}
