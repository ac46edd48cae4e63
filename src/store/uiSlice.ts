// What the user is looking at.

import type { Context } from './context.ts';
import type { UiSlice } from './state.ts';
import { viewOfQuery } from './view.ts';

export function createUiSlice({ set, get, env }: Context): UiSlice {
  return {
    // Before the engine is there: what is chosen meanwhile stays.
    ...viewOfQuery(env.readQuery()),
    opened: null,
    drawerOpen: false,
    takeNewVersion: null,
    setTab: (tab) => set({ tab }),
    setView: (patch) => set((s) => ({ view: { ...s.view, ...patch } })),
    setDrawer: (open) => set({ drawerOpen: open }),
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
