// Opens a run of an earlier visit as if it had just ended: makes its table again, builds its networks with their stored values,
// and answers questions to them. Nothing is trained, and no event of the run is repeated.
import { configError, type Experiment } from '../config/experiment.ts';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import { fingerprint, rowHashes } from '../data/rowHashes.ts';
import type { Dataset } from '../data/table.ts';
import { KEPT_VERSION, type KeptNetworks } from '../protocol/keptNetworks.ts';
import type { NetworkInfo } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { exportWeights } from './exportWeights.ts';
import { GivenWeights } from './givenWeights.ts';
import type { InspectedSession, Inspection } from './inspection.ts';
import type { NetworkInTraining, NetworkState } from './networkInTraining.ts';
import { trainingSettings } from './params.ts';
import { networksOf, type PlannedNetwork, requirePlan } from './plan.ts';
import type { RunControl } from './runControl.ts';
import { makeResources, type RunResources } from './runResources.ts';
import type { HeldNetworks } from './session.ts';
import { Turns } from './turns.ts';

export interface OpenOptions {
  runId: string;
  experiment: Experiment;
  /** Issues that the parser found; any issue refuses the run. */
  issues?: readonly Issue[];
  kept: KeptNetworks;
  emit(event: RunEvent): void;
  control: RunControl;
  inspect(session: InspectedSession): Inspection;
}

/** @throws WorkbenchError (config, file) if the networks do not belong to the experiment, or the table is another one */
export async function openRun(options: OpenOptions): Promise<HeldNetworks> {
  const { experiment, issues = [], kept, control } = options;
  if (issues.length > 0) throw configError(issues);
  if (kept.version !== KEPT_VERSION) throw ofOtherVersion(kept.version);
  const turns = new Turns(control);
  const { yieldOrStop } = turns;
  const given = kept.weights ? new GivenWeights(kept.weights) : null;
  const request = await requirePlan(experiment, {
    file: kept.file,
    encoding: given?.encoding,
    progress: yieldOrStop,
  });
  const resources = await makeResources({
    experiment,
    settings: trainingSettings(experiment.training),
    request,
    given,
    emit: () => {},
    note: () => {},
    yieldOrStop,
  });
  const session = new OpenedRun(options, resources, turns);
  const dispose = () => session.dispose();
  try {
    requireTable(kept, resources.dataset);
    session.load();
  } catch (error) {
    dispose();
    throw error;
  }
  const inspection = options.inspect(session);
  return { inspection, exportWeights: (role) => exportWeights(session, role), dispose };
}

const ofOtherVersion = (version: number) =>
  WorkbenchError.of('file', {
    path: 'networks.version',
    expected: String(KEPT_VERSION),
    got: String(version),
    remedy:
      'Its networks were kept by another version of the workbench: look into them there, or run it again.',
  });

function requireTable({ table }: KeptNetworks, dataset: Dataset): void {
  const own = fingerprint(rowHashes(dataset));
  if (own === table) return;
  throw WorkbenchError.of('file', {
    path: 'networks.table',
    expected: `the table that the networks were trained on (${table})`,
    got: `another one (${own})`,
    remedy: 'The file or what makes the rows has changed since: run the experiment again.',
  });
}

class OpenedRun implements InspectedSession {
  readonly settings;
  readonly networks: NetworkInTraining[] = [];
  readonly tested = [];
  readonly isDone = true;
  private readonly o: OpenOptions;
  private readonly resources: RunResources;
  private readonly turns: Turns;

  constructor(options: OpenOptions, resources: RunResources, turns: Turns) {
    this.o = options;
    this.resources = resources;
    this.turns = turns;
    this.settings = trainingSettings(options.experiment.training);
  }

  /** Builds the networks with their stored values. */
  load(): void {
    const { experiment, kept } = this.o;
    const planned = networksOf(experiment);
    for (const { role, info, state } of kept.networks) {
      const network = planned.find((n) => n.role === role);
      if (!network)
        throw WorkbenchError.of('file', {
          path: `networks.${role}`,
          expected: `one of ${planned.map((n) => n.role).join(', ')}`,
          got: role,
          remedy: 'The networks are of another experiment: run this one again.',
        });
      const own = this.createNetwork(network, info);
      this.networks.push(own);
      own.loadValues(kept.tensors, state as NetworkState);
    }
  }

  /** The networks of the last stage, where the run ended. */
  get training(): readonly NetworkInTraining[] {
    const last = Math.max(...this.infos.map((info) => info.stage));
    return this.networks.filter(({ info }) => info.stage === last);
  }

  get experiment(): Experiment {
    return this.o.experiment;
  }

  get dataset(): Dataset {
    return this.resources.dataset;
  }

  get infos(): readonly NetworkInfo[] {
    return this.o.kept.networks.map(({ info }) => info);
  }

  get seed(): number {
    return this.o.kept.seed;
  }

  get epoch(): number {
    return this.o.kept.epoch;
  }

  baselineScores() {
    return this.networks.find(({ role }) => role === 'baseline')?.bestScores() ?? null;
  }

  createNetwork(network: PlannedNetwork, info: NetworkInfo): NetworkInTraining {
    return this.resources.networks.create(network, info, this.seed);
  }

  emit(event: Parameters<InspectedSession['emit']>[0], step = 0): void {
    this.o.emit({ runId: this.o.runId, step, ...event } as RunEvent);
  }

  note(role: Role, note: Parameters<InspectedSession['note']>[1]): void {
    this.emit({ type: 'note', role, note });
  }

  yieldToMessages(): Promise<void> {
    return this.turns.yieldToMessages();
  }

  yieldOrStop(): Promise<void> {
    return this.turns.yieldOrStop();
  }

  dispose(): void {
    for (const network of this.networks) network.dispose();
    this.networks.length = 0;
    this.resources.networks.dispose();
  }
}
