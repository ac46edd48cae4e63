// Combines the slices around one pool of engines. Separate from `store.ts`, so that tests can create stores in their own
// environment.
import type { StateCreator } from 'zustand';
import { EnginePool } from '../client/enginePool.ts';
import { createConfigSlice } from './configSlice.ts';
import type { Context, Environment } from './context.ts';
import { createDataSlice } from './dataSlice.ts';
import { createEngineSlice, type EngineEvents } from './engineSlice.ts';
import { createKeptSlice } from './keptSlice.ts';
import { createLockstepSlice } from './lockstep.ts';
import { createProbesSlice } from './probesSlice.ts';
import { RunKeeper } from './runKeeper.ts';
import { createRunsSlice } from './runsSlice.ts';
import type { AppState } from './state.ts';
import { createSweepsSlice } from './sweeps/sweepsSlice.ts';
import { createUiSlice } from './uiSlice.ts';

export const createAppState =
  (env: Environment): StateCreator<AppState> =>
  (set, get) => {
    // The pool hands events to the engine slice, and the engine slice needs the pool; the circle is closed here.
    let events: EngineEvents | null = null;
    const pool = new EnginePool(
      {
        onChange: (engines) => {
          set({ engines });
          events?.onChange(engines);
        },
        onEvent: (event, from) => {
          events?.onEvent(event, from);
          if (event.type === 'ready') kept.onReady();
        },
        onLoss: (lost, loss) => events?.onLoss(lost, loss),
      },
      env.createWorker,
      // Two runs in lock-step take turns even where cores are few.
      Math.max(2, env.engineLimit, env.cores - 1),
    );
    const ctx: Context = { set, get, env, pool };
    const keeper: RunKeeper = new RunKeeper(env, get, {
      onKept: (entry) => kept.onKept(entry),
      onTrouble: (error) => kept.onTrouble(error),
    });
    const kept = createKeptSlice(ctx, keeper);
    const sweeps = createSweepsSlice(ctx, keeper);
    const engine = createEngineSlice(ctx);
    events = engine.events;
    return {
      ...createConfigSlice(ctx),
      ...createDataSlice(ctx),
      ...engine.slice,
      ...createRunsSlice(ctx, keeper, sweeps.over),
      ...kept.slice,
      ...sweeps.slice,
      ...createProbesSlice(ctx, keeper),
      ...createLockstepSlice(ctx),
      ...createUiSlice(ctx),
    };
  };
