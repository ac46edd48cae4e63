// What the user is looking at.

import type { Context } from './context.ts';
import { controlledRunId } from './engines.ts';
import type { UiSlice } from './state.ts';
import { viewOfQuery } from './view.ts';

export function createUiSlice({ set, get, env, pool }: Context): UiSlice {
  return {
    // Choices made before the engine is ready are kept.
    ...viewOfQuery(env.readQuery()),
    opened: null,
    measured: null,
    drawerOpen: false,
    takeNewVersion: null,
    shareNote: null,
    setTab: (tab) => set({ tab }),
    setView: (patch) => set((s) => ({ view: { ...s.view, ...patch } })),
    setDrawer: (open) => set({ drawerOpen: open }),
    pace: null,
    setPace(stepsPerSecond) {
      set({ pace: stepsPerSecond });
      const runId = controlledRunId(get());
      if (runId) pool.send({ type: 'pace', runId, stepsPerSecond });
      get().keepPace();
    },
    about: null,
    isStepToSetUp: false,
    setAbout: (about) => set({ about }),
    beforeLesson: null,
    openLesson(id, step = 0) {
      set(({ view, experiment, beforeLesson }) => ({
        view: { ...view, lesson: id, step },
        beforeLesson: beforeLesson ?? experiment,
      }));
    },
    closeLesson: () => set(({ view }) => ({ view: { ...view, lesson: null, step: 0 } })),
    restoreBeforeLesson() {
      const { beforeLesson, setExperiment } = get();
      if (beforeLesson) setExperiment(beforeLesson);
      set({ beforeLesson: null });
    },
  };
}
