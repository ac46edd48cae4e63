// Puts the slices together around one client of the worker. Apart from `store.ts`, so that tests make stores of their
// own, in an environment of their own.
import type { StateCreator } from 'zustand';
import { TrainClient } from '../client/trainClient.ts';
import { createConfigSlice } from './configSlice.ts';
import type { Context, Environment } from './context.ts';
import { createDataSlice } from './dataSlice.ts';
import { createEngineSlice, type EngineEvents } from './engineSlice.ts';
import { createProbesSlice } from './probesSlice.ts';
import { createRunsSlice } from './runsSlice.ts';
import type { AppState } from './state.ts';
import { createUiSlice } from './uiSlice.ts';

export const createAppState =
  (env: Environment): StateCreator<AppState> =>
  (set, get) => {
    // The client hands events to the engine slice, which needs the client: tied here.
    let events: EngineEvents | null = null;
    const client = new TrainClient(
      { onEvent: (event) => events?.onEvent(event), onDeath: (error) => events?.onDeath(error) },
      env.createWorker,
    );
    const ctx: Context = { set, get, env, client };
    const engine = createEngineSlice(ctx);
    events = engine.events;
    return {
      ...createConfigSlice(ctx),
      ...createDataSlice(ctx),
      ...engine.slice,
      ...createRunsSlice(ctx),
      ...createProbesSlice(ctx),
      ...createUiSlice(ctx),
    };
  };
