// Adds up the events of a run. Pure: takes a record and an event, returns a new record, or the same one if the event changes
// nothing in it.
import { distinctNotes } from '../engine/core/notes.ts';
import type { NetworkInfo, NetworkResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { RECORD_VERSION, type RunRecord, type SeedState } from './runRecord.ts';

/** @param number - "Run 14"; 0 for the example */
export function newRecord(
  number: number,
  { runId, startedAt, experiment, seeds, backend }: Extract<RunEvent, { type: 'run-started' }>,
): RunRecord {
  return {
    version: RECORD_VERSION,
    runId,
    number,
    isExample: number === 0,
    createdAt: startedAt,
    experiment,
    seeds,
    backend,
    status: 'preparing',
    dataset: null,
    seedStates: [],
    weightsRead: null,
    comparison: [],
    gain: null,
    notes: [],
    error: null,
    result: null,
    checkpointStep: null,
  };
}

const changeSeed = (run: RunRecord, seed: number, change: (s: SeedState) => SeedState): RunRecord => ({
  ...run,
  seedStates: run.seedStates.map((s) => (s.seed === seed ? change(s) : s)),
});

export function reduceRecord(run: RunRecord, event: RunEvent): RunRecord {
  switch (event.type) {
    case 'dataset':
      return { ...run, dataset: event.dataset };
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
      return { ...run, status: 'running', seedStates: [...others, fresh] };
    }
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
        // Without a baseline, a network is described by the gain from sharing.
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
        result: event.result,
        gain: event.result.gain,
        comparison: event.result.comparison,
      };
    case 'run-failed':
      return {
        ...run,
        status: 'failed',
        error: event.error,
        result: event.result,
        gain: event.result.gain,
        comparison: event.result.comparison,
      };
    case 'run-started':
    case 'data-progress':
    case 'compiling':
    case 'steps':
    case 'networks':
    case 'progress':
    case 'probe-answer':
    case 'weights':
    case 'weights-refused':
      return run;
    default:
      return event satisfies never;
  }
}

/** The network's description in the plan that a result came from. */
function infoOf({
  role,
  id,
  label,
  parameters,
  flopsPerRow,
  singleTask,
  boosted,
  stage,
  stepsPerEpoch,
  epochs,
  trainedWith,
}: NetworkResult): NetworkInfo {
  return {
    role,
    id,
    label,
    parameters,
    ...(flopsPerRow === undefined ? {} : { flopsPerRow }),
    singleTask,
    boosted,
    stage,
    stepsPerEpoch,
    epochs: epochs.length,
    trainedWith,
  };
}

/** A seed that finished before this page received events of the run (after a resume). */
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
