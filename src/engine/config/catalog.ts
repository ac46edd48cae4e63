// What the engine offers, as plain data: ids, labels, settings, citations. The worker sends it when it starts, so
// a new model or generator appears in the page, the URL and the command line without an edit there.
import type { ParamSpec } from './params.ts';
import type { Preset } from './presets.ts';

export interface CatalogEntry {
  id: string;
  label: string;
  /** One sentence for the tooltip. */
  summary: string;
  /** Authors, year, title or identifier of the work it comes from. */
  citation: string;
  /** Visible notes on where this implementation departs from the paper or the public code. */
  deviations: readonly string[];
}

/** Where rows come from: a generator or a table. */
export interface SourceEntry extends CatalogEntry {
  /** Rows come from a file, which the setting `file` of `dataParams` names. */
  needsFile: boolean;
  dataParams: readonly ParamSpec[];
  taskParams: readonly ParamSpec[];
}

/** A kind of file that tables are read from. */
export interface FormatEntry {
  id: string;
  label: string;
  /** What follows "A table as". */
  summary: string;
  /** With the dot, lower case. */
  extensions: readonly string[];
}

/** What can be looked into: attention, the use of experts, masks. */
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
  /** It is about the positive class of a binary task, which is to be named beside it. */
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
  /** It gives every task a weight; false where it combines the gradients themselves. */
  makesWeights: boolean;
}

/** A question that can be asked. */
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
