// Answers the questions about the networks of one session: between two steps of training, and after its end.

import { evaluationBatch } from '../analysis/evaluationBatch.ts';
import { WorkbenchError } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import type { Role } from '../core/roles.ts';
import type { MeasuredAt } from '../protocol/probe.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { absenceOf } from '../training/exportWeights.ts';
import { GradientNetwork } from '../training/gradientNetwork.ts';
import type { InspectedSession, Inspection } from '../training/inspection.ts';
import type { NetworkInTraining } from '../training/networkInTraining.ts';
import type { Question, Questions } from '../training/questions.ts';
import { answerQuestion, type Common } from './answering.ts';
import type { ExperimentProbe, NetworkProbe, ProbeDef } from './probe.ts';
import { probes as allProbes } from './registry.ts';

/** Least milliseconds between two answers to watched questions. */
const WATCH_MS = 1_000;

export class Prober implements Inspection {
  /** Time and duration of the last answers to watched questions. */
  private lastAnswers = 0;
  private answerMs = 0;
  private readonly session: InspectedSession;
  private readonly questions: Questions;
  private readonly probes: Record<string, ProbeDef>;

  constructor(session: InspectedSession, questions: Questions, probes: Record<string, ProbeDef> = allProbes) {
    this.session = session;
    this.questions = questions;
    this.probes = probes;
  }

  due(): readonly Question[] {
    if (this.questions.takeNew()) return this.questions.all;
    // Answering takes at most a fifth of the time, for networks of any size.
    if (performance.now() - this.lastAnswers <= Math.max(WATCH_MS, 4 * this.answerMs)) return [];
    return this.questions.all.filter((q) => q.mode === 'watch' && !q.everyEpochOnly);
  }

  dueAfterEpoch(): readonly Question[] {
    // Answers what was asked while the epoch was measured: there may be no later step.
    if (this.questions.takeNew()) return this.questions.all;
    return this.questions.all.filter((q) => q.everyEpochOnly || q.everyEpoch);
  }

  async answer(chosen?: readonly Question[]): Promise<void> {
    // All open questions are answered now, so only those that arrive meanwhile are new.
    if (!chosen) this.questions.takeNew();
    const questions = chosen ?? this.questions.all;
    if (questions.length === 0) return;
    const started = performance.now();
    for (const question of questions) if (this.questions.isOpen(question)) await this.answerOne(question);
    this.lastAnswers = performance.now();
    this.answerMs = this.lastAnswers - started;
  }

  private async answerOne(question: Question): Promise<void> {
    const def = lookUp(this.probes, question.probe, 'probe');
    const part = def.when === 'training' ? this.networkOf(question.role) : undefined;
    // A watch waits until its network begins.
    if (def.when === 'training' && !part && question.mode === 'watch') return;
    await answerQuestion(question, {
      questions: this.questions,
      at: part ? this.placeOf(part) : null,
      emit: (answer) => this.session.emit(answer, part?.step),
      yieldToMessages: () =>
        this.session.isDone ? this.session.yieldToMessages() : this.session.yieldOrStop(),
      run: (common) =>
        def.when === 'training'
          ? this.ofNetwork(def, question, part, common)
          : this.ofExperiment(def, question, common),
    });
  }

  private ofNetwork(
    def: NetworkProbe,
    { request, role = 'model' }: Question,
    part: NetworkInTraining | undefined,
    common: Common,
  ): Promise<object> {
    const { experiment, settings, dataset } = this.session;
    if (!part || !dataset) throw WorkbenchError.of('config', absenceOf(this.session, role, part));
    return def.run(
      {
        ...common,
        experiment,
        settings,
        dataset,
        evaluationBatch,
        ...this.placeOf(part),
        step: part.step,
        model: part.model,
        lastWeights: async () => (part instanceof GradientNetwork ? part.readTaskWeights() : null),
        taskTypes: dataset.tasks.map((t): TaskType => taskTypes[t.type]),
        baseline: this.session.baselineScores(),
      },
      request,
    );
  }

  private ofExperiment(def: ExperimentProbe, { request }: Question, common: Common): Promise<object> {
    const { session } = this;
    const { experiment, settings } = session;
    const table = async () => {
      const { dataset } = session;
      if (!dataset) throw WorkbenchError.of('config', absenceOf(session, 'model', undefined));
      const { features, tasks, split } = dataset;
      return { shape: { features, tasks }, trainingRows: split.train.length };
    };
    return def.run({ ...common, experiment, settings, session, table }, request);
  }

  /**
   * The requested network, which may be absent: not begun, or finished before a resume. Without a request: the network in
   * training that is not a baseline, or the model when all are done.
   */
  private networkOf(role: Role | undefined): NetworkInTraining | undefined {
    const { networks, training, isDone } = this.session;
    if (role) return networks.find((p) => p.role === role);
    const inTraining = isDone ? undefined : training.find((p) => p.role !== 'baseline');
    return inTraining ?? networks.find((p) => p.role === 'model');
  }

  /** The network of an answer and its position in training; the run may be training another one. */
  private placeOf(part: NetworkInTraining): MeasuredAt {
    const { training, epoch, seed } = this.session;
    const reached = training.includes(part) ? epoch : (part.records.at(-1)?.epoch ?? 0);
    return { role: part.role, seed, epoch: reached };
  }
}
