// Labels and directions of metrics, from the engine's catalog; before it arrives the id is turned into words.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { TaskMeta } from '../../engine/data/table.ts';
import { arrow, humanise } from '../charts/format.ts';

export interface MetricInfo {
  id: string;
  label: string;
  /** null before the catalog has arrived. */
  higherIsBetter: boolean | null;
}

/**
 * "F1 of fraud" if a metric concerns the positive class.
 * @param task - the same id may have another label for another type (AUROC of more than two classes)
 */
export function metricInfo(
  catalog: Catalog | null,
  id: string,
  task?: Pick<TaskMeta, 'type' | 'positive'>,
): MetricInfo {
  const types = catalog?.taskTypes ?? [];
  for (const type of [...types.filter((t) => t.id === task?.type), ...types]) {
    const metric = type.metrics.find((m) => m.id === id);
    if (!metric) continue;
    const isNamed = metric.ofPositive && task?.positive !== undefined;
    return isNamed ? { ...metric, label: `${metric.label} of ${task.positive}` } : metric;
  }
  return { id, label: humanise(id), higherIsBetter: null };
}

/** "AUROC ↑" */
export function metricName(info: MetricInfo): string {
  const mark = arrow(info.higherIsBetter);
  return mark ? `${info.label} ${mark}` : info.label;
}
