// Runs with questions, for tests of probes.
import type { Experiment } from '../config/experiment.ts';
import type { RunEvent } from '../protocol/run.ts';
import { RunControl } from '../training/runControl.ts';
import { runToEnd } from '../training/sessionTesting.ts';
import type { ProbeDef } from './probe.ts';
import { Prober } from './prober.ts';
import type { ProbeAnswerOf, ProbeId } from './registry.ts';

type Options = NonNullable<Parameters<typeof runToEnd>[1]>;

/** As `runToEnd`, with its questions answered. */
export function runProbed(
  experiment: Experiment,
  { control = new RunControl(), ...options }: Options & { probes?: Record<string, ProbeDef> } = {},
): ReturnType<typeof runToEnd> {
  return runToEnd(experiment, {
    ...options,
    control,
    inspect: (session) => new Prober(session, control.questions, options.probes),
  });
}

type AnswerEvent = Extract<RunEvent, { type: 'probe-answer'; state: 'answered' }>;

/** The answers in order, with network and step. */
export const answersOf = <Id extends ProbeId>(events: readonly RunEvent[], probe: Id) =>
  events
    .filter((e): e is AnswerEvent => e.type === 'probe-answer' && e.state === 'answered' && e.probe === probe)
    .map((e) => ({ ...(e.answer as ProbeAnswerOf<Id>), at: e.at, step: e.step }));
