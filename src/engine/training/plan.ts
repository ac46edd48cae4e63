// Plans an experiment before it runs: refuses settings that do not fit the data, counts parameters and steps, and lists the
// deviations from the paper. Generates no rows and keeps no tensors.
import { type Choice, configError, type Experiment } from '../config/experiment.ts';
import { networkNames } from '../config/networkNames.ts';
import type { Params } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import type { Issue } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import { type ModelRole, ownerOf, type Role, twinRoleOf } from '../core/roles.ts';
import { batchBounds } from '../data/batches.ts';
import { openRequest } from '../data/openRequest.ts';
import type { ProgressSink } from '../data/progress.ts';
import type { DataPlan, DataSource, GivenEncoding, SourceRequest } from '../data/source.ts';
import { dataSources } from '../data/sources.ts';
import { splitSizes } from '../data/split.ts';
import { gridText } from '../masks/custom.ts';
import type { MaskDef } from '../masks/mask.ts';
import { masks } from '../masks/registry.ts';
import { sameButGroups } from '../models/inGroups.ts';
import { isBoosted, type ModelDef, type ModelShape } from '../models/model.ts';
import { models } from '../models/registry.ts';
import { twinOf } from '../models/twin.ts';
import type { ExperimentSummary } from '../protocol/experiment.ts';
import type { NetworkInfo, TrainedWith } from '../protocol/result.ts';
import { methodIssues, unsuitableChoices } from './methodRules.ts';
import { type TrainingSettings, trainingSettings } from './params.ts';

/** Parameters, two moments, gradients and best values take about 2 GB of float32 at this bound. */
export const MAX_PARAMETERS = 100_000_000;

export const sourceOf = (experiment: Experiment): DataSource =>
  lookUp(dataSources, experiment.data.id, 'data.id');
export const modelOf = (id: string, path = 'model.id'): ModelDef => lookUp(models, id, path);

/** The data that an experiment refers to. */
export interface PlanOptions {
  file?: TableInput;
  /** How given weights encode the table. */
  encoding?: GivenEncoding;
  /** Receives the progress of opening the file. */
  progress?: ProgressSink;
}

/** The data of an experiment, ready for planning and generating, and its issues. */
const openData = ({ data, tasks }: Experiment, source: DataSource, options: PlanOptions) =>
  openRequest(
    source,
    { data: data.params, tasks, file: options.file, ...options.encoding },
    options.progress,
  );

/**
 * Why this experiment cannot run, or a summary of what it would train.
 * @returns summary null if there are issues
 * @throws what `progress` throws
 */
export async function planExperiment(
  experiment: Experiment,
  options: PlanOptions = {},
): Promise<{ issues: Issue[]; summary: ExperimentSummary | null; request: SourceRequest }> {
  const source = sourceOf(experiment);
  const { request, issues: dataIssues } = await openData(experiment, source, options);
  const plan =
    dataIssues.length > 0
      ? { issues: dataIssues, summary: null }
      : planNetworks(experiment, source.plan(request));
  return { ...plan, request };
}

function planNetworks(
  experiment: Experiment,
  { rows, features, tasks, trainingRows }: DataPlan,
): { issues: Issue[]; summary: ExperimentSummary | null } {
  const shape: ModelShape = { features, tasks };
  const networks = networksOf(experiment);
  const settings = trainingSettings(experiment.training);
  const issues = networks.flatMap(({ def, params, path }) => def.check(params, shape, `${path}.params`));
  const trained = networks.filter((n) => n.role !== 'baseline');
  issues.push(...methodIssues(settings, trained, tasks.length));
  if (issues.length > 0) return { issues, summary: null };
  const counts = networks.map((network) => measured(network, shape, 1).parameters);
  networks.forEach(({ path }, i) => {
    const count = counts[i] ?? 0;
    if (count <= MAX_PARAMETERS) return;
    issues.push({
      path: `${path}.params`,
      expected: `at most ${MAX_PARAMETERS.toLocaleString('en')} parameters`,
      got: count.toLocaleString('en'),
      remedy: 'Use a smaller width, fewer features, or smaller hidden sizes.',
    });
  });
  const total = counts.reduce((a, b) => a + b, 0);
  if (issues.length === 0 && total > MAX_PARAMETERS) {
    issues.push({
      path: 'compare',
      expected: `at most ${MAX_PARAMETERS.toLocaleString('en')} parameters in all networks of the run`,
      got: total.toLocaleString('en'),
      remedy: 'Compare fewer networks in one run, or smaller ones.',
    });
  }
  if (issues.length > 0) return { issues, summary: null };
  const train = trainingRows ?? splitSizes(rows, experiment.data.params).train;
  return {
    issues,
    summary: {
      rows,
      features,
      tasks,
      networks: networks.map(({ role, def, label = def.label }, i) => ({
        role,
        id: def.id,
        label,
        parameters: counts[i] ?? 0,
      })),
      stepsPerEpoch: batchBounds(train, settings.batchSize).length - 1,
      masking: maskingOf(modelOf(experiment.model.id), experiment.model.params, shape),
      unsuitable: unsuitableChoices(experiment.training, trained, tasks.length),
      notes: [...new Set(networks.flatMap(({ def, role }) => (role === 'baseline' ? [] : def.deviations)))],
    },
  };
}

/** The tokens that masks apply to, and every mask of the registry for them. */
function maskingOf(def: ModelDef, params: Params, shape: ModelShape): ExperimentSummary['masking'] {
  if (isBoosted(def) || !def.masking) return null;
  const masking = def.masking(params, shape);
  const { tokens, heads } = masking;
  const numTaskTokens = tokens.filter((t) => t.group === 'task').length;
  const grids = Object.values(masks)
    .filter((mask) => mask.id !== 'custom')
    .map((mask: MaskDef) => ({
      id: mask.id,
      label: mask.label,
      grid: gridText(
        mask.build({ numTaskTokens, numTokens: tokens.length, block: 0, heads, text: '' }),
        tokens.length,
      ),
    }));
  return { ...masking, grids };
}

/**
 * The shape of the data that a network needs, and the number of training rows.
 * @throws WorkbenchError (config) if the data settings are refused, and what `progress` throws
 */
export async function requireShapeOf(
  experiment: Experiment,
  options: PlanOptions = {},
): Promise<{ shape: ModelShape; trainingRows: number }> {
  const source = sourceOf(experiment);
  const { request, issues } = await openData(experiment, source, options);
  if (issues.length > 0) throw configError(issues);
  const { rows, features, tasks, trainingRows } = source.plan(request);
  const { params } = experiment.data;
  return { shape: { features, tasks }, trainingRows: trainingRows ?? splitSizes(rows, params).train };
}

/**
 * The plan of an experiment that can run.
 * @throws WorkbenchError (config) with every reason why it cannot, and what `progress` throws
 */
export async function requirePlan(experiment: Experiment, options: PlanOptions = {}): Promise<SourceRequest> {
  const { issues, request } = await planExperiment(experiment, options);
  if (issues.length > 0) throw configError(issues);
  return request;
}

/** Parameters and operations of a network trained by gradients; trees are counted after they have grown. */
function measured(
  { def, params }: Pick<PlannedNetwork, 'def' | 'params'>,
  shape: ModelShape,
  batchSize: number,
): { parameters: number; flopsPerRow: number } {
  if (isBoosted(def)) return { parameters: 0, flopsPerRow: 0 };
  const model = def.build({ ...shape, params, seed: 0, countOnly: true });
  const parameters = model.parameters.reduce(
    (sum, p) => sum + p.parts.reduce((n, part) => n + part.size, 0),
    0,
  );
  const flopsPerRow = model.flopsPerRow(batchSize);
  model.dispose();
  return { parameters, flopsPerRow };
}

/** A network of an experiment: its definition, and the path of its settings. */
export interface PlannedNetwork {
  role: Role;
  /** Distinguishes networks of one architecture, see `networkNames`; default: the name of the architecture. */
  label?: string;
  def: ModelDef;
  params: Params;
  path: string;
  /** Role of the twin it is compared with, if it shares the twin of another model. */
  twin?: Role;
}

/**
 * Baseline, model and further models, in this order, each followed by its twin. A single-task architecture is its own twin.
 */
export function networksOf({ baseline, model, compare, training }: Experiment): PlannedNetwork[] {
  const { twin } = trainingSettings(training);
  const isTrained = twin === 'only' || twin === 'both';
  const network = <R extends Role>(role: R, choice: Choice, path: string) => ({
    role,
    def: modelOf(choice.id, `${path}.id`),
    params: choice.params,
    path,
  });
  const withTwin = (role: ModelRole, choice: Choice, path: string): PlannedNetwork[] => {
    const own: PlannedNetwork = network(role, choice, path);
    if (!isTrained || own.def.singleTask) return [own];
    // A model with groups of tasks has the same twin as one without: each task alone is the same network.
    const { def, params } = own;
    const twin =
      role !== 'model' && def.id === model.id && sameButGroups(def, params, model.params)
        ? twinRoleOf('model')
        : undefined;
    if (twin) return [{ ...own, twin }];
    return [own, { ...own, role: twinRoleOf(role), def: twinOf(own.def) }];
  };
  const networks = [
    ...(baseline && twin !== 'only' ? [network('baseline', baseline, 'baseline')] : []),
    ...withTwin('model', model, 'model'),
    ...compare.flatMap((choice, i) => withTwin(`model-${i + 2}`, choice, `compare${i + 1}`)),
  ];
  const labels = networkNames(networks);
  return networks.map((n, i) => ({ ...n, label: labels[i] as string }));
}

/**
 * The stages of one seed. Baseline, model and its twin train on the same batches side by side, so that gain and its parts are
 * live; every further model follows with its twin; trees, which take no batches, have their own stage.
 */
export function stagesOf(networks: readonly PlannedNetwork[]): PlannedNetwork[][] {
  const owners = [...new Set(networks.map((n) => ownerOf(n.role)))].filter((o) => o !== 'baseline');
  return owners.flatMap((owner) => {
    const side = networks.filter(
      ({ role }) => ownerOf(role) === owner || (owner === 'model' && role === 'baseline'),
    );
    return side.some((n) => isBoosted(n.def)) ? side.map((n) => [n]) : [side];
  });
}

/** The architecture's own training settings; see `startParams`. */
function trainedWith(def: ModelDef, params: Params, { learningRate }: TrainingSettings): TrainedWith {
  const { rate, initialisation } = params as { rate?: number; initialisation?: string };
  const spec = def.params.find((p) => p.key === 'initialisation');
  const options = spec?.kind === 'choice' ? spec.options : [];
  return {
    initialValues: options.find((o) => o.value === initialisation)?.label ?? 'its own',
    learningRate: learningRate * (rate ?? 1),
    rates: [],
  };
}

/** Number of steps and operations per row of a network, before it runs. */
export function describeNetwork(
  { role, def, label = def.label, params, twin }: PlannedNetwork,
  stage: number,
  shape: ModelShape,
  settings: TrainingSettings,
  trainingRows: number,
): { info: NetworkInfo; workPerStep: number } {
  const base = {
    role,
    id: def.id,
    label,
    singleTask: def.singleTask,
    boosted: isBoosted(def),
    stage,
    ...(twin ? { twin } : {}),
  };
  if (isBoosted(def)) {
    const info = { ...base, parameters: 0, stepsPerEpoch: 1, epochs: def.rounds(params), trainedWith: null };
    // About twenty operations per row, feature and tree level: an entry of a histogram.
    return { info, workPerStep: trainingRows * shape.features.length * shape.tasks.length * 100 };
  }
  const { parameters, flopsPerRow } = measured({ def, params }, shape, settings.batchSize);
  const info = {
    ...base,
    parameters,
    flopsPerRow,
    stepsPerEpoch: batchBounds(trainingRows, settings.batchSize).length - 1,
    epochs: settings.epochs,
    trainedWith: trainedWith(def, params, settings),
  };
  return { info, workPerStep: 3 * flopsPerRow * settings.batchSize };
}
