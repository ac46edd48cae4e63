// The answers of probes: one map per run, and one for the experiment being edited. Pure: takes answers and an event, returns
// new answers.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { Measured, ProbeId } from '../engine/probes/registry.ts';
import type { ProbeAnswer, ProbeProgress } from '../engine/protocol/probe.ts';
import { type Remembered, remember } from './probeMemory.ts';

export type AttentionState = Measured<'attention'>;
export type ExpertsState = Measured<'expert-use'>;
export type MaskTestState = Measured<'mask-tests'>;

export interface ProbeState<Id extends ProbeId = ProbeId> {
  /** The newest answer; while the next one is being measured, its partial result. */
  answer: Measured<Id> | null;
  /** Asked, and not yet answered. */
  isOpen: boolean;
  progress: ProbeProgress | null;
  /** Why the last question was not answered. */
  error: ErrorReport | null;
}

export type Answers = { [Id in ProbeId]?: ProbeState<Id> };

export interface Probed {
  answers: Answers;
  /** Earlier answers of probes with a history, oldest first. */
  remembered: Remembered;
}

export const NOTHING_PROBED: Probed = { answers: {}, remembered: {} };

const UNASKED: ProbeState = { answer: null, isOpen: false, progress: null, error: null };

const change = (answers: Answers, probe: string, part: Partial<ProbeState>): Answers => ({
  ...answers,
  [probe]: { ...(answers[probe as ProbeId] ?? UNASKED), ...part },
});

export const stateOf = <Id extends ProbeId>(answers: Answers | undefined, id: Id): ProbeState<Id> =>
  (answers?.[id] ?? UNASKED) as ProbeState<Id>;

export const asked = (answers: Answers, probe: ProbeId): Answers =>
  change(answers, probe, { isOpen: true, error: null });

export const withdrawn = (answers: Answers, probe: ProbeId): Answers =>
  answers[probe]?.isOpen ? change(answers, probe, { isOpen: false, progress: null }) : answers;

export const refused = (answers: Answers, probe: ProbeId, error: ErrorReport): Answers =>
  answers[probe]?.isOpen ? change(answers, probe, { isOpen: false, progress: null, error }) : answers;

/** Ends every open question with `error`, because its engine is gone. */
export function interrupted(answers: Answers, error: ErrorReport | null): Answers {
  return Object.entries(answers).reduce(
    (all, [probe, state]) =>
      state.isOpen ? change(all, probe, { isOpen: false, progress: null, ...(error ? { error } : {}) }) : all,
    answers,
  );
}

/** An answer and its metadata as one object. */
function measuredOf({ request, at }: ProbeAnswer, step: number, answer: unknown): Measured<ProbeId> {
  return { ...(answer as object), ...at, request, step } as Measured<ProbeId>;
}

export function withAnswer({ answers, remembered }: Probed, event: ProbeAnswer, step: number): Probed {
  const { probe } = event;
  switch (event.state) {
    case 'measuring': {
      const soFar = event.answer === undefined ? {} : { answer: measuredOf(event, step, event.answer) };
      const { progress } = event;
      return {
        remembered,
        answers: change(answers, probe, { isOpen: true, progress, error: null, ...soFar }),
      };
    }
    case 'answered': {
      const answer = measuredOf(event, step, event.answer);
      return {
        remembered: remember(remembered, probe, answer),
        answers: change(answers, probe, { answer, isOpen: false, progress: null, error: null }),
      };
    }
    case 'refused':
      return {
        remembered,
        answers: change(answers, probe, { isOpen: false, progress: null, error: event.error }),
      };
    case 'stopped':
      return { remembered, answers: change(answers, probe, { isOpen: false, progress: null }) };
    default:
      return event satisfies never;
  }
}
