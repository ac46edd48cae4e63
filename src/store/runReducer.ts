// What the events of a run add up to. Pure: a state and an event in, a new state out; the long series are kept by the
// caller. Events of other runs leave a state as it is.
import { distinctNotes } from '../engine/core/notes.ts';
import type { PartInfo, PartResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { NOTHING_PROBED, withAnswer } from './answers.ts';
import type { RunState, SeedState } from './runState.ts';

export function newRun(
  runId: string,
  number: number,
  event: Extract<RunEvent, { type: 'run-started' }>,
): RunState {
  return {
    runId,
    number,
    isExample: number === 0,
    notes: [],
    starts: 1,
    experiment: event.experiment,
    seeds: event.seeds,
    backend: event.backend,
    status: 'preparing',
    preparing: { phase: 'Starting', fraction: 0 },
    compiling: null,
    dataset: null,
    seedStates: [],
    progress: null,
    ...NOTHING_PROBED,
    weightsIssue: null,
    weightsRead: null,
    comparison: [],
    gain: null,
    error: null,
    result: null,
    checkpointStep: null,
    seriesRevision: 0,
  };
}

const changeSeed = (run: RunState, seed: number, change: (s: SeedState) => SeedState): RunState => ({
  ...run,
  seedStates: run.seedStates.map((s) => (s.seed === seed ? change(s) : s)),
});

export function applyRunEvent(run: RunState, event: RunEvent): RunState {
  if (event.runId !== run.runId) return run;
  switch (event.type) {
    case 'run-started':
      return run;
    case 'data-progress':
      return { ...run, preparing: { phase: event.phase, fraction: event.fraction } };
    case 'dataset':
      return { ...run, dataset: event.dataset };
    case 'compiling': {
      const { ready, total } = event;
      return { ...run, compiling: ready < total ? { ready, total } : null };
    }
    case 'seed-started': {
      const { seed, parts, stepsPerEpoch, epochs } = event;
      const fresh: SeedState = {
        seed,
        parts,
        stepsPerEpoch,
        epochs,
        records: { model: [], baseline: [] },
        liveGain: null,
        liveDecomposition: null,
        liveMeans: {},
        tested: {},
        result: null,
      };
      const others = run.seedStates.filter((s) => s.seed !== seed);
      return { ...run, status: 'running', preparing: null, seedStates: [...others, fresh] };
    }
    case 'steps':
      return { ...run, seriesRevision: run.seriesRevision + 1 };
    case 'epoch':
      return changeSeed(run, event.seed, (s) => ({
        ...s,
        records: {
          ...s.records,
          [event.role]: [
            ...(s.records[event.role] ?? []).filter((r) => r.epoch < event.record.epoch),
            event.record,
          ],
        },
      }));
    case 'gain': {
      const { role, gain, decomposition } = event;
      const live = { liveGain: gain, liveDecomposition: decomposition };
      return changeSeed(run, event.seed, (s) => ({
        ...s,
        ...(role === 'model' ? live : {}),
        // Without a baseline a network is known by what sharing gives it.
        liveMeans: { ...s.liveMeans, [role]: gain?.mean ?? decomposition?.mean.sharing },
      }));
    }
    case 'tested': {
      const { seed, result, gain, decomposition, comparison } = event;
      const compared = changeSeed(run, seed, (s) => ({
        ...s,
        tested: { ...s.tested, [result.role]: { result, gain, decomposition } },
      }));
      return { ...compared, comparison };
    }
    case 'progress': {
      const { type: _type, runId: _runId, ...progress } = event;
      return { ...run, progress };
    }
    case 'probe-answer':
      return { ...run, ...withAnswer(run, event, event.step) };
    case 'weights':
      // Handed to the user as a file; see runsSlice.
      return { ...run, weightsIssue: null };
    case 'weights-refused':
      return { ...run, weightsIssue: event.issue };
    case 'weights-read': {
      const { fileName, tensors, notes } = event;
      return { ...run, weightsRead: { fileName, tensors, notes } };
    }
    case 'state':
      return { ...run, status: event.state };
    case 'checkpoint':
      return { ...run, checkpointStep: event.step };
    case 'seed-finished': {
      const { result } = event;
      const known = run.seedStates.some((s) => s.seed === result.seed);
      const withSeed = known ? run : { ...run, seedStates: [...run.seedStates, seedOfResult(result)] };
      return changeSeed(withSeed, result.seed, (s) => ({ ...s, result, tested: {} }));
    }
    case 'note':
      return { ...run, notes: distinctNotes([...run.notes, event.note]) };
    case 'run-finished':
      return {
        ...run,
        status: event.result.status,
        preparing: null,
        compiling: null,
        result: event.result,
        gain: event.result.gain,
        comparison: event.result.comparison,
      };
    case 'run-failed':
      return {
        ...run,
        status: 'failed',
        preparing: null,
        compiling: null,
        error: event.error,
        result: event.result,
        gain: event.result.gain,
        comparison: event.result.comparison,
      };
    default:
      return event satisfies never;
  }
}

/** The plan that a result came from. */
function infoOf({
  role,
  id,
  label,
  parameters,
  singleTask,
  boosted,
  stage,
  stepsPerEpoch,
  epochs,
  trainedWith,
}: PartResult): PartInfo {
  return {
    role,
    id,
    label,
    parameters,
    singleTask,
    boosted,
    stage,
    stepsPerEpoch,
    epochs: epochs.length,
    trainedWith,
  };
}

/** A seed that had finished before this page knew of the run (after a resume). */
function seedOfResult(result: Extract<RunEvent, { type: 'seed-finished' }>['result']): SeedState {
  const { baseline, model, others } = result;
  const tested = [baseline, model, ...others.map((o) => o.result)].filter((p) => p !== null);
  return {
    seed: result.seed,
    parts: tested.map(infoOf),
    stepsPerEpoch: 0,
    epochs: result.model.epochs.length,
    records: {
      model: model.epochs,
      baseline: baseline?.epochs ?? [],
      ...Object.fromEntries(others.map((o) => [o.result.role, o.result.epochs])),
    },
    liveGain: null,
    liveDecomposition: null,
    liveMeans: {},
    tested: {},
    result,
  };
}
