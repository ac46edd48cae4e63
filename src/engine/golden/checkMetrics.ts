// Metrics against golden/metrics.json (scikit-learn). The file also contains the results of the public code's library; where
// they differ (multiclass AUROC counts an absent class as 0, F1 is a micro mean) we follow scikit-learn.
import { binaryMetrics, macroAuroc, multiclassMetrics, regressionMetrics } from '../tasks/metrics.ts';
import { auroc } from '../tasks/ranking.ts';
import type { MetricValue } from '../tasks/task.ts';
import type { GoldenCheck, GoldenTensor } from './check.ts';
import { compareFact, compareValue, compareValues, flatten, type Value } from './checkValue.ts';

interface MetricCase {
  case: string;
  type: string;
  num_classes?: number;
  /** Binary: [N]; classification: [N, num_classes]. */
  probability?: GoldenTensor | number[] | number[][];
  prediction?: GoldenTensor | number[];
  target: GoldenTensor | number[];
  expected: Record<string, Value | Value[]>;
}

export interface MetricsFile {
  cases: MetricCase[];
}

/** Nine printed digits identify one float32; the reference was computed in float64 from those. */
const float32 = (values: GoldenTensor | number[] | number[][] = []) => Float32Array.from(flatten(values));

/** Our values by the names of the file. */
type Named = Record<string, MetricValue | MetricValue[]>;

const byType: Record<string, (c: MetricCase) => Named> = {
  binary({ probability, target }) {
    const logits = Float64Array.from(float32(probability), (p) => Math.log(p / (1 - p)));
    const m = binaryMetrics(logits, float32(target));
    return { auroc: m.auroc, accuracy: m.accuracy, f1: m.f1, log_loss: m.logLoss };
  },
  classification({ probability, target, num_classes = 0 }) {
    const values = float32(probability);
    const targets = float32(target);
    const m = multiclassMetrics(Float64Array.from(values, Math.log), targets, num_classes);
    // Rows of printed probabilities do not sum to 1, so their log-odds have other ties.
    const perClass = Array.from({ length: num_classes }, (_, c) =>
      auroc(
        Float64Array.from(targets, (_, row) => values[row * num_classes + c] as number),
        (row) => targets[row] === c,
      ),
    );
    return {
      auroc_per_class: perClass,
      auroc_macro_ovr_over_defined_classes: macroAuroc(perClass),
      accuracy: m.accuracy,
      f1_micro: m.f1Micro,
      f1_macro: m.f1,
      f1_weighted: m.f1Weighted,
      log_loss: m.logLoss,
    };
  },
  regression({ prediction, target }) {
    const m = regressionMetrics(float32(prediction), float32(target));
    return { explained_variance: m.explainedVariance, r2: m.r2, mse: m.mse, rmse: m.rmse, mae: m.mae };
  },
};

export function checkMetrics({ cases }: MetricsFile): GoldenCheck[] {
  return cases.flatMap((c) => {
    const measure = byType[c.type];
    if (!measure) return [compareFact(`${c.case} type`, false, `no metrics for ${c.type}`)];
    const ours = measure(c);
    return Object.entries(c.expected).flatMap(([name, expected]) =>
      checkOne(`${c.case} ${name}`, ours[name], expected),
    );
  });
}

function checkOne(
  quantity: string,
  ours: MetricValue | MetricValue[] | undefined,
  expected: Value | Value[],
): GoldenCheck[] {
  if (ours === undefined) return [compareFact(quantity, false, 'no such metric here')];
  const [got, wanted] = [[ours].flat(), [expected].flat()];
  const values = got.map((m) => m.value);
  const explained = got.filter((m) => Number.isNaN(m.value)).every((m) => (m.reason ?? '') !== '');
  return [
    ...(Array.isArray(expected)
      ? compareValues(quantity, values, wanted)
      : [compareValue(quantity, values[0] as number, expected)]),
    compareFact(`${quantity}: reason where undefined`, explained, 'NaN without a reason'),
  ];
}
