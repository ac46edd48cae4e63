// Collects every registry into the serialisable catalog. The only file that imports all of them.
import type { Catalog, CatalogEntry } from './config/catalog.ts';
import { presets } from './config/presets.ts';
import type { FileFormat } from './data/formats/format.ts';
import { formats } from './data/formats/registry.ts';
import type { DataSource } from './data/source.ts';
import { dataSources } from './data/sources.ts';
import { masks } from './masks/registry.ts';
import { methods } from './methods/registry.ts';
import { models } from './models/registry.ts';
import { probes } from './probes/registry.ts';
import { taskTypes } from './tasks/registry.ts';
import { trainingParams } from './training/params.ts';

/** Only the fields that describe an entry: functions cannot cross to the page. */
function entry({ id, label, summary, citation, deviations }: CatalogEntry): CatalogEntry {
  return { id, label, summary, citation, deviations };
}

export const catalog: Catalog = {
  sources: Object.values<DataSource>(dataSources).map((source) => ({
    ...entry(source),
    needsFile: source.open !== undefined,
    dataParams: source.dataParams,
    taskParams: source.taskParams,
  })),
  formats: Object.values<FileFormat>(formats).map(({ id, label, summary, extensions, settings }) => ({
    id,
    label,
    summary,
    extensions,
    settings,
  })),
  models: Object.values(models).map((model) => ({
    ...entry(model),
    params: model.params,
    singleTask: model.singleTask,
    capabilities: model.capabilities,
  })),
  trainingParams,
  methods: Object.values(methods).map((method) => ({
    ...entry(method),
    makesWeights: method.needs !== 'gradients',
  })),
  masks: Object.values(masks).map(entry),
  taskTypes: Object.values(taskTypes).map(({ id, label, lossLabel, primary, metrics }) => ({
    id,
    label,
    lossLabel,
    primary,
    metrics,
  })),
  probes: Object.values(probes).map(({ id, mode, when }) => ({ id, mode, when })),
  presets,
};
