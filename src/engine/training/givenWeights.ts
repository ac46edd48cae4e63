// Trained weights that a run measures instead of training: how they encode the table, whether they fit the network, and which
// notes they need, for example that test rows trained them. Created once per run.
import type { Experiment } from '../config/experiment.ts';
import { type ParamSpec, type Params, type ParamValue, parseParams } from '../config/params.ts';
import { readableValue } from '../config/readable.ts';
import { clip, WorkbenchError } from '../core/errors.ts';
import { jsonText } from '../core/jsonText.ts';
import type { Note } from '../core/notes.ts';
import { lookUp } from '../core/registry.ts';
import { rowHashes, trainedOn } from '../data/rowHashes.ts';
import type { GivenEncoding, WeightsInput } from '../data/source.ts';
import { dataSources } from '../data/sources.ts';
import { splitParams } from '../data/split.ts';
import type { Dataset } from '../data/table.ts';
import { isBoosted, type Model } from '../models/model.ts';
import { models } from '../models/registry.ts';
import { CARD_KEY, readCard, type WeightsCard } from '../weights/card.ts';
import { readWeights } from '../weights/readWeights.ts';
import { loadWeights } from '../weights/stateDict.ts';
import type { WeightsFile } from '../weights/torchFile.ts';
import { savedNames } from '../weights/torchNames.ts';
import type { PlannedNetwork } from './plan.ts';

export class GivenWeights {
  readonly name: string;
  private readonly file: WeightsFile;
  private readonly card: WeightsCard | null;

  /** @throws WorkbenchError (file) */
  constructor({ name, bytes, card }: WeightsInput) {
    this.name = name;
    this.file = readWeights(bytes, name);
    const text = this.file.metadata.get(CARD_KEY);
    if (text !== undefined) this.card = readCard(text, `${name}, ${CARD_KEY}`);
    else this.card = card ? readCard(new TextDecoder().decode(card.bytes), card.name) : null;
  }

  get tensors(): number {
    return this.file.tensors.length;
  }

  /** How the table is to be encoded. If the file does not say, classes are numbered by name, as most tools do. */
  get encoding(): GivenEncoding {
    return this.card ? { fitted: this.card.fitted } : { classesByName: true };
  }

  /** Label correlations from which HoME proposed its groups of tasks, [T, T]; undefined if the file does not state them. */
  get labelCorrelation(): Float64Array | undefined {
    const { card } = this;
    return card ? Float64Array.from(card.labelCorrelation, (r) => r ?? Number.NaN) : undefined;
  }

  /** @throws WorkbenchError (config) if the weights belong to another architecture */
  requireArchitecture({ def, path }: PlannedNetwork): void {
    const { card } = this;
    const refuse = (expected: string, remedy: string) => {
      throw WorkbenchError.of('config', { path: `${path}.id`, expected, got: def.label, remedy });
    };
    if (isBoosted(def))
      refuse('a network whose weights can be loaded', 'Choose the architecture that the weights belong to.');
    if (card && card.architecture !== def.id)
      refuse(`${card.architecture}, whose weights ${this.name} holds`, `Set ${path}=${card.architecture}.`);
  }

  /**
   * Loads the weights. @returns a note on their path within the file
   * @throws WorkbenchError (file) with every tensor that does not fit, or is not finite
   */
  putInto(model: Model, { def, params }: PlannedNetwork, { features, tasks, relatedness }: Dataset): Note[] {
    const labelCorrelation = this.labelCorrelation ?? relatedness.realised;
    const saved = isBoosted(def) ? undefined : savedNames(def, { features, tasks, params, labelCorrelation });
    const differing = this.card ? differences(this.card.params, params, def.params) : [];
    const cause = differing.length > 0 ? `They were trained with ${differing.join(', ')}.` : undefined;
    return loadWeights(model, this.file, { fileName: this.name, label: def.label, saved, cause });
  }

  /** Checks that the weights fit, before anything is trained beside them. @throws as `putInto` */
  requireFit(network: PlannedNetwork, dataset: Dataset): void {
    const { def, params } = network;
    this.requireArchitecture(network);
    if (isBoosted(def)) return;
    const { features, tasks, relatedness } = dataset;
    const labelCorrelation = this.labelCorrelation ?? relatedness.realised;
    const model = def.build({ features, tasks, params, seed: 0, labelCorrelation });
    try {
      this.putInto(model, network, dataset);
    } finally {
      model.dispose();
    }
  }

  /** Notes on measuring the weights on this table. */
  notesOn(dataset: Dataset, experiment: Experiment): Note[] {
    const { card } = this;
    if (!card) return [assumed(this.name, dataset), ...this.notesOfExperiment(experiment)];
    return [
      ...settingsNotes(this.name, settingsOf(card), experiment),
      ...trainedNotes(this.name, card, dataset, experiment),
    ];
  }

  /** Notes on files that were saved with their experiment only. */
  private notesOfExperiment(experiment: Experiment): Note[] {
    const text = this.file.metadata.get('experiment');
    if (text === undefined) return [];
    try {
      const settings = settingsOf({ experiment: JSON.parse(text) });
      return settingsNotes(this.name, settings, experiment);
    } catch {
      // Metadata of another program, or damaged: treated as absent.
      return [];
    }
  }
}

interface Settings {
  model: Params;
  data: Params;
}

const paramsIn = (value: unknown): Params => {
  const params = typeof value === 'object' && value !== null && 'params' in value ? value.params : null;
  return typeof params === 'object' && params !== null ? (params as Params) : {};
};

function settingsOf({ experiment, params }: { experiment: object; params?: Params }): Settings {
  const part = (key: string): unknown => new Map(Object.entries(experiment)).get(key);
  return { model: params ?? paramsIn(part('model')), data: paramsIn(part('data')) };
}

/** As the panel shows it; what the file states may be no value of the setting. */
const shown = (spec: ParamSpec, value: ParamValue): string =>
  parseParams([spec], { [spec.key]: value }, '').issues.length === 0
    ? readableValue(spec, value)
    : clip(jsonText(value));

/** "Width 8 (here 16)", for settings that both have. */
const differences = (there: Params, here: Params, specs: readonly ParamSpec[]): string[] =>
  specs.flatMap((spec) => {
    const [value, own] = [there[spec.key], here[spec.key]];
    if (value === undefined || own === undefined || jsonText(value) === jsonText(own)) return [];
    return [`${spec.label} ${shown(spec, value)} (here ${shown(spec, own)})`];
  });

/** Settings that other notes report: the table by its name. */
const TOLD_ELSEWHERE = ['file'];

function settingsNotes(name: string, there: Settings, { model, data }: Experiment): Note[] {
  const table = Object.fromEntries(
    Object.entries(there.data).filter(([key]) => !TOLD_ELSEWHERE.includes(key)),
  );
  const all = [
    ...differences(there.model, model.params, lookUp(models, model.id, 'model.id').params),
    ...differences(table, data.params, lookUp(dataSources, data.id, 'data.id').dataParams),
  ];
  if (all.length === 0) return [];
  return [
    {
      code: 'weights-settings-differ',
      text: `The weights of ${name} were trained with other settings: ${all.join(', ')}.`,
    },
  ];
}

function trainedNotes(name: string, card: WeightsCard, dataset: Dataset, { data }: Experiment): Note[] {
  const { test, train } = dataset.split;
  const { trainingRows, split } = card.table;
  const count = trainedOn(trainingRows, rowHashes(dataset), test, train);
  if (count === 0) return [];
  const about = trainingRows.every > 1 ? 'About ' : '';
  const other = differences(split, data.params, splitParams);
  const remedy =
    other.length > 0
      ? `The rows were split by ${other.join(', ')}: with those settings the test rows are new to the weights.`
      : `They were trained on ${card.table.name}: give a table without its training rows.`;
  return [
    {
      code: 'tested-on-training-rows',
      text: `${about}${count} of the ${test.length} test rows trained the weights of ${name}, so the test scores are better than they should be. ${remedy}`,
    },
  ];
}

/** The note on a file that does not describe its table. */
function assumed(name: string, { features, tasks }: Dataset): Note {
  const categories = features.flatMap((f) => (f.categories ? [`${f.name}: ${f.categories.join(', ')}`] : []));
  const classes = tasks.flatMap((t) => (t.classes ? [`${t.name}: ${t.classes.join(', ')}`] : []));
  const orders = [
    `features in the order ${features.map((f) => f.name).join(', ')}`,
    ...(categories.length > 0 ? [`categories in the order ${categories.join('; ')}`] : []),
    ...(classes.length > 0 ? [`classes in the order ${classes.join('; ')}`] : []),
    "scaling and replacements of missing cells as in this table's training rows",
  ];
  return {
    code: 'weights-without-metadata',
    text: `${name} does not say which table it was trained on. Assumed: ${orders.join('; ')}. Whether test rows trained it is not known.`,
  };
}
