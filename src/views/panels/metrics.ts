// Labels and directions of metrics, from the engine's catalog; before it has arrived the id is turned into words.
import type { Catalog } from '../../engine/config/catalog.ts';
import { arrow, humanise } from '../charts/format.ts';

export interface MetricInfo {
  id: string;
  label: string;
  /** null while the catalog is not known. */
  higherIsBetter: boolean | null;
}

export function metricInfo(catalog: Catalog | null, id: string): MetricInfo {
  for (const type of catalog?.taskTypes ?? []) {
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
