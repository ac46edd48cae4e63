// Receives questions to probes: those about the held run go to it, between its steps or after its end; those about an
// experiment are answered here.
import { catalog } from '../engine/catalog.ts';
import { requireExperiment } from '../engine/config/experiment.ts';
import { toErrorReport, WorkbenchError } from '../engine/core/errors.ts';
import { letMessagesIn } from '../engine/core/eventLoop.ts';
import { lookUp } from '../engine/core/registry.ts';
import { answerQuestion, type Common } from '../engine/probes/answering.ts';
import type { ExperimentProbe, ProbeDef } from '../engine/probes/probe.ts';
import type { Command, Event } from '../engine/protocol/messages.ts';
import type { ProbeAnswer } from '../engine/protocol/probe.ts';
import { trainingSettings } from '../engine/training/params.ts';
import { requireShapeOf } from '../engine/training/plan.ts';
import { type Question, Questions } from '../engine/training/questions.ts';
import type { RunControl } from '../engine/training/runControl.ts';
import type { HeldNetworks } from '../engine/training/session.ts';
import { StopSignal } from '../engine/training/turns.ts';

type Asked = Extract<Command, { type: 'probe' }>;

/** The run that was requested last. */
export interface HeldRun {
  readonly runId: string;
  readonly control: RunControl;
  /** Set when the run has ended. */
  finished: HeldNetworks | null;
}

export interface DeskOptions {
  probes: Record<string, ProbeDef>;
  post(event: Event): void;
  held(): HeldRun | null;
  /** Starts when everything requested before has ended. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** @throws Error while a run is active */
  requireIdle(): void;
}

export class ProbeDesk {
  private readonly o: DeskOptions;
  /** Questions about experiments. */
  private readonly questions = new Questions();

  constructor(options: DeskOptions) {
    this.o = options;
  }

  async ask(asked: Asked): Promise<void> {
    const { probe, role, everyEpochOnly, everyEpoch } = asked;
    const run = this.runOf(asked);
    const questions = run?.control.questions ?? this.questions;
    if (asked.request === null) {
      questions.withdraw(probe);
      return;
    }
    let question: Question | null = null;
    try {
      const def = lookUp(this.o.probes, probe, 'probe');
      const request = def.request(asked.request, probe);
      question = { probe, request, role, everyEpochOnly, everyEpoch, mode: def.mode };
      if (run) {
        questions.put(question);
        await this.answerFinished(run);
      } else if (def.when === 'anytime') {
        questions.put(question);
        await this.answerOfExperiment(def, question, asked);
      } else if (def.mode === 'once') {
        // The networks are gone: a watching probe would wait forever.
        throw new WorkbenchError('config', `${probe}: the networks of this run are gone. Run it again.`);
      }
    } catch (thrown) {
      if (question && questions.isOpen(question)) questions.withdraw(probe);
      const { request } = asked;
      const error = toErrorReport(thrown);
      this.post(asked, { type: 'probe-answer', probe, request, at: null, state: 'refused', error });
    }
  }

  /** Answers the questions left open at the run's end, and those asked about its networks since. */
  async answerFinished({ runId, finished, control }: HeldRun): Promise<void> {
    if (!finished) return;
    const { questions } = control;
    const { inspection } = finished;
    await this.o.inTurn(async () => {
      const waiting = questions.waiting.filter((q) => !q.everyEpochOnly);
      if (!inspection) {
        for (const question of waiting) this.refuseWithoutNetworks(runId, question, questions);
        return;
      }
      await inspection.answer(waiting).catch((thrown: unknown) => {
        // Another run was requested; nobody needs the answer any more.
        if (!(thrown instanceof StopSignal)) throw thrown;
      });
    });
  }

  /** Refuses a question because the run ended before it had networks. */
  private refuseWithoutNetworks(runId: string, question: Question, questions: Questions): void {
    const { probe, request, mode } = question;
    questions.withdraw(probe);
    if (mode === 'watch') return;
    const error = toErrorReport(
      new WorkbenchError('config', `${probe}: the run ended before it had networks.`),
    );
    this.o.post({ runId, step: 0, type: 'probe-answer', probe, request, at: null, state: 'refused', error });
  }

  /** The run that the question is about, if it is held and has networks, or may get them. */
  private runOf({ runId }: Asked): HeldRun | null {
    const held = this.o.held();
    if (runId === null || held?.runId !== runId) return null;
    return held.finished && !held.finished.inspection ? null : held;
  }

  private async answerOfExperiment(def: ExperimentProbe, question: Question, asked: Asked): Promise<void> {
    const { requireIdle, inTurn } = this.o;
    const experiment = requireExperiment(asked.experiment, catalog);
    const settings = trainingSettings(experiment.training);
    const yieldToMessages = async () => {
      await letMessagesIn();
      if (!def.countsOnly) requireIdle();
    };
    const table = () => requireShapeOf(experiment, { file: asked.file, progress: yieldToMessages });
    const answer = () =>
      answerQuestion(question, {
        questions: this.questions,
        at: null,
        emit: (reply) => this.post(asked, reply),
        yieldToMessages,
        run: (common: Common) =>
          def.run({ ...common, experiment, settings, session: null, table }, question.request),
      });
    if (def.countsOnly) {
      await answer();
      return;
    }
    requireIdle();
    await inTurn(async () => {
      if (this.questions.isOpen(question)) await answer();
    });
  }

  private post({ runId }: Asked, answer: ProbeAnswer): void {
    if (runId === null) this.o.post({ runId, ...answer });
    else this.o.post({ runId, step: 0, ...answer });
  }
}
