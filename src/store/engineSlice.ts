// The worker's life: starting, ready, gone. A run in progress is told when its engine goes.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { BackendRequest, Event } from '../engine/protocol.ts';
import { readLink } from './configSlice.ts';
import type { Context } from './context.ts';
import type { EngineSlice } from './state.ts';

/** A driver may hang without an error; nothing that works takes this long. */
const START_MS = 60_000;

export interface EngineEvents {
  onEvent(event: Event): void;
  onDeath(error: ErrorReport): void;
}

export function createEngineSlice(ctx: Context): { slice: EngineSlice; events: EngineEvents } {
  const { set, get, env, client } = ctx;
  let resumeWhenReady: string | null = null;
  let startTimer: ReturnType<typeof setTimeout> | undefined;

  const fail = (error: ErrorReport) => {
    clearTimeout(startTimer);
    set({ engine: 'failed', backend: null, engineError: error });
    get().interrupt(error);
  };

  const slice: EngineSlice = {
    engine: 'starting',
    backend: null,
    backendRequest: requestOf(env.readQuery()),
    engineError: null,
    restartEngine({ request = get().backendRequest, resume } = {}) {
      get().interrupt({ kind: 'backend', message: 'The engine was restarted.', issues: [] });
      resumeWhenReady = resume ?? null;
      set({ engine: 'starting', backend: null, engineError: null, backendRequest: request });
      client.restart();
      client.send({ type: 'start', request });
      clearTimeout(startTimer);
      startTimer = setTimeout(() => {
        client.stop('it did not start');
        const message = `backend: expected ${request.backend === 'auto' ? 'one' : request.backend} to start within a minute, got no answer. Restart the engine, or choose wasm.`;
        fail({ kind: 'backend', message, issues: [] });
      }, START_MS);
    },
  };

  const onEvent = (event: Event) => {
    switch (event.type) {
      case 'ready':
        set({ catalog: event.catalog });
        if (!get().experiment) readLink(env.readQuery(), ctx);
        break;
      case 'backend':
        clearTimeout(startTimer);
        set({ engine: 'ready', backend: event.report });
        get().checkSoon();
        if (resumeWhenReady) get().resumeFromCheckpoint(resumeWhenReady);
        resumeWhenReady = null;
        break;
      case 'backend-lost':
        client.stop(event.error.message);
        fail(event.error);
        break;
      case 'checked':
      case 'table-previewed':
      case 'costs-estimated':
      case 'cost-measured':
      case 'request-failed':
        // Answers reach who asked; see the client.
        break;
      default:
        get().receive(event);
    }
  };
  return { slice, events: { onEvent, onDeath: fail } };
}

/** A link may ask for a backend; tests ask for the software adapter, which nothing else chooses. */
function requestOf(search: string): BackendRequest {
  const query = new URLSearchParams(search);
  const backend = query.get('view.backend');
  return {
    backend: backend === 'webgpu' || backend === 'wasm' || backend === 'cpu' ? backend : 'auto',
    allowSoftwareAdapter: query.get('view.software') === 'true',
  };
}
