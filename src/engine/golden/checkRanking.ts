// Classification metrics from logits against exact arithmetic (golden/auroc.json): saturated, tied, infinite and weighted
// logits. The file also contains the results of ranking by probabilities, which are not compared.
import { binaryMetrics, multiclassMetrics } from '../tasks/metrics.ts';
import type { MetricValue } from '../tasks/task.ts';
import type { GoldenCheck } from './check.ts';
import { compareFact, compareValue } from './checkValue.ts';

/** JSON has no NaN and no infinity, so the file spells them. */
type Printed = number | string;

interface RankingCase {
  case: string;
  task: string;
  /** Binary: [N]; multiclass: [N, classes]. */
  logits: Printed[] | { shape: number[]; data: Printed[] };
  targets: number[];
  weights?: number[];
  expected: Record<string, Printed | null | boolean | (Printed | null)[]>;
}

export interface RankingFile {
  kind: 'ranking';
  cases: RankingCase[];
}

/** The input of a case; each number of the file identifies one float32. */
interface Given {
  logits: Float32Array;
  targets: number[];
  weights: Float32Array | null;
}

/** Our values by the names of the file. */
type Named = Record<string, MetricValue | MetricValue[]>;

const byTask: Record<string, (given: Given) => Named> = {
  binary({ logits, targets, weights }) {
    const m = binaryMetrics(logits, targets, weights);
    // As two classes, the first with logit 0, the negative class has an F1 too.
    const pairs = Float32Array.from({ length: 2 * logits.length }, (_, i) =>
      i % 2 === 0 ? 0 : (logits[(i - 1) / 2] as number),
    );
    const asClasses = multiclassMetrics(pairs, targets, 2, weights);
    return {
      auroc: m.auroc,
      accuracy: m.accuracy,
      f1_positive_1: m.f1,
      f1_positive_0: asClasses.f1PerClass[0] as MetricValue,
      log_loss_exact: m.logLoss,
    };
  },
  multiclass({ logits, targets, weights }) {
    const m = multiclassMetrics(logits, targets, logits.length / targets.length, weights);
    return {
      auroc_per_class: m.aurocPerClass,
      auroc_macro_over_defined: m.auroc,
      accuracy: m.accuracy,
      f1_macro: m.f1,
      f1_weighted: m.f1Weighted,
      f1_micro: m.f1Micro,
      log_loss_exact: m.logLoss,
    };
  },
};

export function checkRanking({ cases }: RankingFile): GoldenCheck[] {
  return cases.flatMap((c) => {
    const measure = byTask[c.task];
    if (!measure) return [compareFact(`${c.case} task`, false, `no ranking for ${c.task}`)];
    const logits = Float32Array.from('data' in c.logits ? c.logits.data : c.logits, Number);
    const weights = c.weights ? Float32Array.from(c.weights) : null;
    const ours = Object.entries(measure({ logits, targets: c.targets, weights }));
    if (c.expected.refused === true) return ours.map(([name, got]) => checkRefusal(`${c.case} ${name}`, got));
    return ours.flatMap(([name, got]) => checkOne(`${c.case} ${name}`, got, c.expected[name]));
  });
}

const hasReason = (m: MetricValue) => Number.isNaN(m.value) && (m.reason ?? '') !== '';

function checkRefusal(quantity: string, got: MetricValue | MetricValue[]): GoldenCheck {
  return compareFact(`${quantity}: refused`, [got].flat().every(hasReason), 'a number, or no reason');
}

function checkOne(
  quantity: string,
  got: MetricValue | MetricValue[],
  expected: RankingCase['expected'][string] | undefined,
): GoldenCheck[] {
  if (expected === undefined) return [compareFact(quantity, false, 'not in the file')];
  const [ours, theirs] = [[got].flat(), [expected].flat()];
  if (ours.length !== theirs.length)
    return [compareFact(quantity, false, `expected ${theirs.length} values, got ${ours.length}`)];
  return ours.flatMap((m, i) => {
    const wanted = theirs[i];
    const name = ours.length === 1 ? quantity : `${quantity}[${i}]`;
    if (wanted === null || wanted === undefined)
      return [compareFact(`${name}: undefined with a reason`, hasReason(m), `got ${m.value}`)];
    return [compareExact(name, m.value, Number(wanted))];
  });
}

/** Exact results, printed with nine digits: half a unit of the last digit is added to the tolerance. */
function compareExact(quantity: string, got: number, expected: number): GoldenCheck {
  if (!Number.isFinite(expected) || expected === 0)
    return compareFact(quantity, got === expected, `expected ${expected}, got ${got}`);
  const size = Math.abs(expected);
  const rounding = 0.5 * 10 ** (Math.floor(Math.log10(size)) - 8);
  return compareValue(quantity, got, expected, (1e-9 * size + rounding) / Math.max(1, size));
}
