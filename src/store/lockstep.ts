// Two runs that train step by step together: both are paused all the while, and the next step is given to both only when both have
// taken the last. So they can be watched side by side, in slow motion too.
import { attachedFile } from '../engine/config/tableInput.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import type { Context } from './context.ts';
import { canBegin, hasActiveRun } from './engines.ts';
import type { LockstepSlice } from './state.ts';

const NONE = { lockstep: null } as const;

type Pair = NonNullable<LockstepSlice['lockstep']>;

/** The number that was reserved for a run of the pair; undefined for any other run. */
export function numberInPair(pair: Pair | null, runId: string): number | undefined {
  const at = pair?.runIds.indexOf(runId) ?? -1;
  return pair && at >= 0 ? pair.firstNumber + at : undefined;
}

export function createLockstepSlice({ set, get, env, pool }: Context): LockstepSlice {
  /** The step at which each run waits; runs that are on their way are not in it. */
  const waiting = new Map<string, number>();
  const over = new Set<string>();
  /** Steps that were asked for one by one, and not given yet. */
  let owed = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const give = () => {
    clearTimeout(timer);
    const pair = get().lockstep;
    if (!pair || !(pair.isPlaying || owed > 0)) return;
    const inTraining = pair.runIds.filter((id) => !over.has(id));
    if (!inTraining.every((id) => waiting.has(id))) return;
    const { pace } = get();
    const restMs = pair.isPlaying && pace !== null ? lastAt + 1000 / pace - performance.now() : 0;
    if (restMs > 0) {
      timer = setTimeout(give, restMs);
      return;
    }
    lastAt = performance.now();
    if (!pair.isPlaying) owed--;
    // One that is behind, such as after the loss of its engine, catches up first.
    const least = Math.min(...waiting.values());
    for (const [runId, step] of [...waiting]) {
      if (step > least) continue;
      waiting.delete(runId);
      pool.send({ type: 'step', runId });
    }
  };
  const leave = () => {
    clearTimeout(timer);
    waiting.clear();
    over.clear();
    owed = 0;
    set(NONE);
  };

  return {
    ...NONE,
    startLockstep(other) {
      const { experiment, file, catalog } = get();
      if (!experiment || !canBegin(get()) || hasActiveRun(get()) || pool.room < 2) return null;
      leave();
      const first = get().start({ paused: true });
      if (first === null) return null;
      const second = env.newRunId();
      // Whichever engine is quicker, the first has the lower number.
      const { runs, kept } = get();
      const numbers = [...runs, ...(kept ?? [])].map((r) => r.number);
      const firstNumber = 1 + Math.max(0, ...numbers);
      set({ lockstep: { runIds: [first, second], firstNumber, isPlaying: true } });
      get().trainRun(second, { experiment: other, file: attachedFile(other, catalog, file), paused: true });
      return [first, second];
    },
    controlLockstep(type, runId) {
      const pair = get().lockstep;
      if (!pair?.runIds.includes(runId)) return false;
      if (type === 'stop')
        for (const id of pair.runIds.filter((r) => !over.has(r))) pool.send({ type, runId: id });
      if (type === 'step') owed++;
      else owed = 0;
      set({ lockstep: { ...pair, isPlaying: type === 'resume' } });
      give();
      return true;
    },
    keepPace: give,
    hearLockstep(event: RunEvent) {
      const { runId } = event;
      if (!get().lockstep?.runIds.includes(runId)) return;
      if (event.type === 'state' && event.state === 'paused') waiting.set(runId, event.step);
      else if (event.type === 'run-finished' || event.type === 'run-failed') {
        waiting.delete(runId);
        over.add(runId);
        if (over.size === 2) {
          leave();
          return;
        }
      } else return;
      give();
    },
    leaveLockstep(runId) {
      if (get().lockstep?.runIds.includes(runId)) leave();
    },
  };
}
