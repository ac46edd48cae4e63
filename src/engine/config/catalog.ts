// The offer of the engine as plain data: ids, labels, settings, citations. The worker sends it at its start, so a new model or
// generator appears in the page, in links and on the command line without an edit there.
import type { ParamSpec } from './params.ts';
import type { Preset } from './presets.ts';

export interface CatalogEntry {
  id: string;
  label: string;
  /** One sentence for the tooltip. */
  summary: string;
  /** Authors, year, and title or identifier of the original work. */
  citation: string;
  /** Notes, shown to the user, on deviations from the paper or the public code. */
  deviations: readonly string[];
}

/** A data source: a generator or a table. */
export interface SourceEntry extends CatalogEntry {
  /** Rows come from a file, named by the setting `file` of `dataParams`. */
  needsFile: boolean;
  dataParams: readonly ParamSpec[];
  taskParams: readonly ParamSpec[];
}

/** A file format of tables. */
export interface FormatEntry {
  id: string;
  label: string;
  /** The phrase after "A table as". */
  summary: string;
  /** With dot, lower case. */
  extensions: readonly string[];
  /** Keys of the settings of reading that only this format has. */
  settings?: readonly string[];
}

/** What probes can inspect: attention, experts, masks. */
export type Capability = 'attention' | 'experts' | 'masks';

export interface ModelEntry extends CatalogEntry {
  capabilities: readonly Capability[];
  params: readonly ParamSpec[];
  /** One independent network per task: early stopping and the best checkpoint are per task. */
  singleTask: boolean;
}

export interface MetricEntry {
  id: string;
  label: string;
  higherIsBetter: boolean;
  /** The metric concerns the positive class of a binary task, which is named beside it. */
  ofPositive?: true;
}

export interface TaskTypeEntry {
  id: 'regression' | 'binary' | 'multiclass';
  label: string;
  lossLabel: string;
  primary: string;
  metrics: readonly MetricEntry[];
}

/** A gradient method that can be chosen. */
export interface MethodListing extends CatalogEntry {
  /** It gives every task a weight; false if it combines the gradients themselves. */
  makesWeights: boolean;
}

/** A kind of question that can be asked. */
export interface ProbeEntry {
  id: string;
  mode: 'watch' | 'once';
  when: 'training' | 'anytime';
}

export interface Catalog {
  /** First entry is the default source. */
  sources: readonly SourceEntry[];
  formats: readonly FormatEntry[];
  /** First entry is the default model. */
  models: readonly ModelEntry[];
  trainingParams: readonly ParamSpec[];
  methods: readonly MethodListing[];
  masks: readonly CatalogEntry[];
  taskTypes: readonly TaskTypeEntry[];
  probes: readonly ProbeEntry[];
  presets: readonly Preset[];
}
