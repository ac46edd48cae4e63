// Labels and directions of metrics, from the engine's catalog; before it has arrived the id is turned into words.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { TaskTypeId } from '../../engine/data/table.ts';
import { arrow, humanise } from '../charts/format.ts';

export interface MetricInfo {
  id: string;
  label: string;
  /** null while the catalog is not known. */
  higherIsBetter: boolean | null;
}

/** @param taskType - the same id may be labelled otherwise for another type (AUROC of more than two classes) */
export function metricInfo(catalog: Catalog | null, id: string, taskType?: TaskTypeId): MetricInfo {
  const types = catalog?.taskTypes ?? [];
  for (const type of [...types.filter((t) => t.id === taskType), ...types]) {
    const metric = type.metrics.find((m) => m.id === id);
    if (metric) return metric;
  }
  return { id, label: humanise(id), higherIsBetter: null };
}

/** "AUROC ↑" */
export function metricName(info: MetricInfo): string {
  const mark = arrow(info.higherIsBetter);
  return mark ? `${info.label} ${mark}` : info.label;
}
