// Golden files that are not model cases. Newer files name their kind; generator, metrics and gain are recognised by their
// content.
import type { GoldenCheck } from './check.ts';
import { type AffinityFile, checkAffinity } from './checkAffinity.ts';
import { type ColumnsFile, checkColumns } from './checkColumns.ts';
import { checkDropout, type DropoutFile } from './checkDropout.ts';
import { checkGain, type GainFile } from './checkGain.ts';
import { checkGenerator, type GeneratorFile } from './checkGenerator.ts';
import { checkMethods, type MethodsFile } from './checkMethods.ts';
import { checkMetrics, type MetricsFile } from './checkMetrics.ts';
import { checkMissingLabels, type MissingLabelsFile } from './checkMissingLabels.ts';
import { checkRanking, type RankingFile } from './checkRanking.ts';
import { checkWeighting, type WeightingFile } from './checkWeighting.ts';

type Check = (json: never) => GoldenCheck[] | Promise<GoldenCheck[]>;

/** By the key `kind`; a new kind is one line. */
const kinds = new Map<string, Check>([
  ['affinity', (json: AffinityFile) => checkAffinity(json)],
  ['columns', (json: ColumnsFile) => checkColumns(json)],
  ['dropout', (json: DropoutFile) => checkDropout(json)],
  ['methods', (json: MethodsFile) => checkMethods(json)],
  ['missing-labels', (json: MissingLabelsFile) => checkMissingLabels(json)],
  ['ranking', (json: RankingFile) => checkRanking(json)],
  ['weighting', (json: WeightingFile) => checkWeighting(json)],
]);

/** By keys of the first case that are unique to the file. */
const marked: { marks: readonly string[]; check: Check }[] = [
  { marks: ['U', 'P', 'W'], check: (json: GeneratorFile) => checkGenerator(json) },
  { marks: ['type', 'target', 'expected'], check: (json: MetricsFile) => checkMetrics(json) },
  { marks: ['tasks', 'expected'], check: (json: GainFile) => checkGain(json) },
];

/** Checks of a data file, or the reason why it is skipped; null if it is not a data file. */
export async function checkData(
  json: unknown,
): Promise<{ skipped: string } | { checks: GoldenCheck[] } | null> {
  const file = json as { kind?: unknown; cases?: unknown[] } | null;
  if (typeof file?.kind === 'string') {
    const check = kinds.get(file.kind);
    return check ? { checks: await check(json as never) } : { skipped: `no check of kind ${file.kind} yet` };
  }
  const first = file?.cases?.[0];
  if (typeof first !== 'object' || first === null) return null;
  const found = marked.find(({ marks }) => marks.every((key) => key in first));
  return found ? { checks: await found.check(json as never) } : null;
}
