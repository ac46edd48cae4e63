// Where the time of a training step goes, asked network by network: of the run on screen, or of the experiment on the left
// when there is none. What was measured is kept until something else is measured.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { Context } from './context.ts';
import type { AppState, ProfileSlice } from './state.ts';

/** What a profile is of: a run, or the experiment as it stands. */
export function profileSubject(state: Pick<AppState, 'runs' | 'shownRunId' | 'experiment'>) {
  const run = state.runs.find((r) => r.runId === state.shownRunId && !r.isExample) ?? null;
  const experiment = run?.experiment ?? state.experiment;
  return { run, experiment, key: run ? `run ${run.runId}` : JSON.stringify(experiment) };
}

export function createProfileSlice({ set, get, client }: Context): ProfileSlice {
  return {
    profiles: { key: '', networks: [] },
    profiling: null,
    profileError: null,
    async profileSteps(networks) {
      if (get().profiling) return;
      const { run, experiment, key } = profileSubject(get());
      const { file } = get();
      const isTable = experiment?.data.id === 'table';
      set({ profiles: { key, networks: [] }, profileError: null });
      for (const [done, { role, label }] of networks.entries()) {
        set({ profiling: { label, done, total: networks.length } });
        try {
          const { profile } = await client.ask<'profiled'>({
            type: 'profile',
            runId: run?.runId ?? null,
            experiment,
            file: isTable && file ? file : undefined,
            role,
          });
          set((s) => ({ profiles: { key, networks: [...s.profiles.networks, profile] } }));
        } catch (error) {
          set({ profileError: error as ErrorReport });
          break;
        }
      }
      set({ profiling: null });
    },
  };
}
