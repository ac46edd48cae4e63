// What can be asked of the networks of a session, while they train and after: attention, experts, proofs, what-if, neighbours,
// profiles, weights. Answers leave as events of the run; none of them changes what is trained.
import { captureAttention } from '../analysis/attentionCapture.ts';
import { anomalyDefinitions, captureExperts } from '../analysis/expertUse.ts';
import { changeNeighbour } from '../analysis/neighbours.ts';
import { notProfiled, profileStep } from '../analysis/profile.ts';
import { proveMasks } from '../analysis/proof.ts';
import { whatIf } from '../analysis/whatIf.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { Dataset } from '../data/table.ts';
import type { AttentionRequest } from '../protocol/attention.ts';
import type { StepProfile } from '../protocol/profile.ts';
import type { PartInfo, TaskScore } from '../protocol/result.ts';
import type { NeighbourRequest } from '../protocol/rows.ts';
import type { RunEvent } from '../protocol/run.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { CARD_KEY, cardOf } from '../weights/card.ts';
import { writeSafetensors } from '../weights/safetensors.ts';
import { namesChanged, pythonSnippet, stateDict } from '../weights/stateDict.ts';
import type { Tested } from './comparison.ts';
import { GradientNetwork } from './gradientNetwork.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { TrainingSettings } from './params.ts';
import { networksOf, type PlannedNetwork } from './plan.ts';
import type { RunControl } from './runControl.ts';
import { toTensors } from './tensorBatch.ts';
import { StopSignal } from './turns.ts';

export type EventBody = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, 'runId' | 'step'>
    : never
  : never;

/** Where a session stands. */
export interface InspectedSession {
  readonly experiment: Experiment;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset | null;
  /** Networks of this seed that exist: those in training, and those done. */
  readonly networks: readonly NetworkInTraining[];
  readonly training: readonly NetworkInTraining[];
  readonly infos: readonly PartInfo[];
  readonly tested: readonly Tested[];
  readonly seed: number;
  readonly epoch: number;
  readonly isDone: boolean;
  baselineScores(split: 'validation' | 'test'): TaskScore[] | null;
  createNetwork(network: PlannedNetwork, info: PartInfo): NetworkInTraining;
  emit(event: EventBody, step?: number): void;
  /** Says it now, and again in the result where there is none yet. */
  note(role: Role, note: Note): void;
  yieldToMessages(): Promise<void>;
  /** The same, and throws when one of the messages was a stop. */
  yieldOrStop(): Promise<void>;
}

export class Inspection {
  /** When everything watched was last captured. */
  lastCapture = 0;
  /** How long that took. */
  captureMs = 0;
  private readonly session: InspectedSession;
  private readonly control: RunControl;

  constructor(session: InspectedSession, control: RunControl) {
    this.session = session;
    this.control = control;
  }

  /** Lets messages in while a question is answered; a stop ends it. */
  private readonly between = () =>
    this.session.isDone ? this.session.yieldToMessages() : this.session.yieldOrStop();

  async captureAll(): Promise<void> {
    const started = performance.now();
    await this.capture();
    await this.captureExpertUse();
    await this.captureProof();
    const asked = this.control.takeWhatIf();
    if (asked !== null) await this.answerWhatIf(asked);
    const change = this.control.takeNeighbours();
    if (change) await this.answerNeighbours(change);
    await this.answerProfiles();
    this.lastCapture = performance.now();
    this.captureMs = this.lastCapture - started;
  }

  /**
   * The network asked for, which may not be here: not begun, or finished before a resume. When none is asked for, the one
   * in training that is no baseline, and the model when all are done.
   */
  private watched(role: Role | undefined): NetworkInTraining | undefined {
    if (role) return this.session.networks.find((p) => p.role === role);
    const inTraining = this.session.isDone
      ? undefined
      : this.session.training.find((p) => p.role !== 'baseline');
    return inTraining ?? this.session.networks.find((p) => p.role === 'model');
  }

  /** Models without attention answer too, with no maps. */
  async capture(request: AttentionRequest | null = this.control.watchedAttention): Promise<void> {
    const part = request && this.watched(request.role);
    if (!part || !this.session.dataset) return;
    this.control.takeSelectionChange();
    const captured = await captureAttention(part.model, this.session.dataset, request, this.between);
    this.emitOf(part, { type: 'attention', ...this.stateOf(part), request, ...captured });
  }

  /** Models without experts answer too, with no layers. */
  async captureExpertUse(
    asked = this.control.watchesExperts,
    role: Role | undefined = this.control.watchedExpertsRole,
  ): Promise<void> {
    const part = this.watched(role);
    if (!asked || !part || !this.session.dataset) return;
    this.control.takeSelectionChange();
    const none = { rows: 0, layers: [], anomalies: [], definitions: anomalyDefinitions };
    const use = part.model ? await captureExperts(part.model, this.session.dataset) : none;
    this.emitOf(part, { type: 'experts', ...this.stateOf(part), ...use });
  }

  /** Networks whose tasks share no tokens answer too, with null. */
  async captureProof(watched = this.control.watchedProof): Promise<void> {
    const part = watched && this.watched(watched.role);
    if (!part || !this.session.dataset) return;
    this.control.takeSelectionChange();
    const report = part.model ? await proveMasks(part.model, this.session.dataset, this.between) : null;
    this.emitOf(part, { type: 'proof', ...this.stateOf(part), report });
  }

  /** Of the main model, on the validation rows. */
  async answerWhatIf(text: string): Promise<void> {
    const part = this.session.networks.find((p) => p.role === 'model');
    if (!part?.model || !this.session.dataset) {
      const issue = this.absence('model', part);
      this.session.emit({
        type: 'what-if',
        role: 'model',
        seed: this.session.seed,
        epoch: 0,
        report: null,
        issue,
      });
      return;
    }
    const answer = await whatIf({
      model: part.model,
      dataset: this.session.dataset,
      taskTypes: this.session.dataset.tasks.map((t): TaskType => taskTypes[t.type]),
      batchSize: this.session.settings.evaluationBatch,
      text,
      baseline: this.session.baselineScores('validation'),
      between: () => this.session.yieldToMessages(),
    });
    this.emitOf(part, { type: 'what-if', ...this.stateOf(part), ...answer });
  }

  /** Networks of trees answer too, with null. */
  async answerNeighbours(request: NeighbourRequest): Promise<void> {
    const part = this.watched(request.role);
    if (!part || !this.session.dataset) return;
    const none = { report: null, issue: null };
    const answer = part.model ? await changeNeighbour(part.model, this.session.dataset, request) : none;
    this.emitOf(part, { type: 'neighbours', ...this.stateOf(part), ...answer });
  }

  private async answerProfiles(): Promise<void> {
    const asked = this.control.takeProfiles();
    for (let next = asked.shift(); next; next = asked.shift()) {
      const { role, answer, refuse } = next;
      try {
        answer(await this.profile(role));
      } catch (error) {
        if (error instanceof StopSignal) {
          for (const unanswered of [next, ...asked]) unanswered.answer(null);
          throw error;
        }
        refuse(error);
      }
    }
  }

  /**
   * On a copy of the network as it stands, with rows of the training split; of a new one when it has not begun.
   * @param between - awaited between steps; may throw to stop
   */
  async profile(role: Role, between: () => Promise<void> = this.between): Promise<StepProfile> {
    const info = this.session.infos.find((i) => i.role === role);
    const network = networksOf(this.session.experiment).find((n) => n.role === role);
    if (!info || !network || !this.session.dataset) throw notProfiled(role, 'none in this run');
    const { id, label } = info;
    const part =
      this.session.networks.find((p) => p.role === role) ?? this.session.createNetwork(network, info);
    const isNew = !this.session.networks.includes(part);
    try {
      if (!(part instanceof GradientNetwork)) throw notProfiled(role, `${label}, which consists of trees`);
      const { dataset } = this.session;
      const rows = dataset.split.train.subarray(0, this.session.settings.batchSize);
      return await profileStep(
        {
          role,
          id,
          label,
          at: isNew ? null : { seed: this.session.seed, step: part.step },
          create: () => part.cloneForProfiling(),
          batchSize: rows.length,
          batch: () => toTensors(dataset, rows),
        },
        { between },
      );
    } finally {
      if (isNew) part.dispose();
    }
  }

  async exportWeights(role: Role): Promise<void> {
    const part = this.session.networks.find((p) => p.role === role);
    const { dataset, seed, experiment } = this.session;
    const network = networksOf(experiment).find((n) => n.role === role);
    if (!(part instanceof GradientNetwork) || !dataset || !network) {
      this.session.emit({ type: 'weights-refused', role, issue: this.absence(role, part) });
      return;
    }
    const { id } = part.info;
    const fileName = `${id}-seed${seed}.safetensors`;
    const saved = part.savedNames();
    const card = cardOf({ architecture: id, params: network.params, seed, experiment }, dataset, saved);
    const bytes = writeSafetensors(await stateDict(part.model, saved), { [CARD_KEY]: JSON.stringify(card) });
    const changed = Object.entries(card.names).map(([other, own]) => [own, other] as const);
    if (changed.length > 0) this.session.note(role, namesChanged(changed));
    this.session.emit({ type: 'weights', role, fileName, bytes, python: pythonSnippet(fileName) });
  }

  /** Why a question about a network cannot be answered. */
  private absence(role: Role, part: NetworkInTraining | undefined): Issue {
    const label = this.session.infos.find((info) => info.role === role)?.label ?? role;
    const got = part
      ? `${label}, which consists of trees`
      : this.session.tested.some((t) => t.result.role === role)
        ? `${label}, which finished before the run was resumed: a checkpoint keeps its results, not its weights`
        : `${label}, which has not begun to train`;
    return {
      path: role,
      expected: 'a network that this session holds',
      got,
      remedy: part
        ? 'Choose a network trained by gradients.'
        : 'Run the experiment again, or wait for its turn.',
    };
  }

  /** Which network a capture shows, and where that one stands; the run may be with another. */
  private stateOf(part: NetworkInTraining): { role: Role; seed: number; epoch: number } {
    const epoch = this.session.training.includes(part)
      ? this.session.epoch
      : (part.records.at(-1)?.epoch ?? 0);
    return { role: part.role, seed: this.session.seed, epoch };
  }

  private emitOf(part: NetworkInTraining, event: EventBody): void {
    this.session.emit(event, part.step);
  }
}
