// Answers one question: reports progress, ends it when it is withdrawn, and turns errors into refusals, so that no question can
// end a run.
import { toErrorReport } from '../core/errors.ts';
import type { MeasuredAt, ProbeAnswer, ProbeProgress, ProbeReply } from '../protocol/probe.ts';
import type { Question, Questions } from '../training/questions.ts';
import { StopSignal } from '../training/turns.ts';
import type { ProbeContext } from './probe.ts';

/** Least milliseconds between two progress reports; none is sent within the first second. */
const PROGRESS_MS = 100;
const QUICK_MS = 1000;

/** Thrown to unwind when a question is withdrawn. */
class Withdrawn extends Error {}

/** The part of a context that all questions share. */
export type Common = Pick<ProbeContext, 'progress' | 'yieldOrStop'>;

interface Answering {
  questions: Questions;
  at: MeasuredAt | null;
  emit(answer: ProbeAnswer): void;
  /** Lets messages in; may throw. */
  yieldToMessages(): Promise<void>;
  run(common: Common): Promise<object>;
}

/** @throws StopSignal if the run is stopped meanwhile; the question stays open */
export async function answerQuestion(question: Question, o: Answering): Promise<void> {
  const { probe, request } = question;
  const reply = (body: ProbeReply) =>
    o.emit({ type: 'probe-answer', probe, request, at: o.at, ...body } as ProbeAnswer);
  let nextTold = performance.now() + QUICK_MS;
  const common: Common = {
    progress(progress: ProbeProgress, answer?: object) {
      if (answer === undefined && performance.now() < nextTold) return;
      nextTold = performance.now() + PROGRESS_MS;
      reply({ state: 'measuring', progress, answer });
    },
    async yieldOrStop() {
      await o.yieldToMessages();
      if (!o.questions.isOpen(question)) throw new Withdrawn();
    },
  };
  try {
    const answer = await o.run(common);
    o.questions.answered(question);
    reply({ state: 'answered', answer });
  } catch (error) {
    if (error instanceof StopSignal) throw error;
    o.questions.answered(question);
    // A newer question has replaced this one and is answered next: this answer is not needed.
    if (error instanceof Withdrawn) {
      if (!o.questions.isAsked(probe)) reply({ state: 'stopped' });
    } else reply({ state: 'refused', error: toErrorReport(error) });
  }
}
