// Questions to the networks of the run on screen, and to the experiment on the left. What they are of is the caller's choice; what
// comes back is kept by run, or for the experiment as it was when it was asked.
import { attachedFile } from '../engine/config/tableInput.ts';
import type { ProbeId } from '../engine/probes/registry.ts';
import { asked, interrupted, NOTHING_PROBED, withAnswer, withdrawn } from './answers.ts';
import type { Context } from './context.ts';
import { memories } from './probeMemory.ts';
import { changeLive } from './runs.ts';
import type { ProbesSlice, SetState } from './state.ts';

const changeRun = (
  set: SetState,
  runId: string,
  probe: ProbeId,
  change: typeof asked | typeof withdrawn,
): void => set((s) => changeLive(s, runId, (live) => ({ ...live, answers: change(live.answers, probe) })));

/** What an answer is of that belongs to no run. */
export const subjectOf = (experiment: unknown): string => JSON.stringify(experiment);

export function createProbesSlice({ set, get, pool }: Context): ProbesSlice {
  return {
    planned: NOTHING_PROBED,
    plannedSubjects: {},
    askProbe(probe, request, { runId, role, everyEpochOnly }) {
      const { runs, experiment: onLeft, file, catalog } = get();
      const run = runs.find((r) => r.runId === runId);
      if (run?.isExample) return;
      const experiment = run?.experiment ?? onLeft;
      if (runId) changeRun(set, runId, probe, asked);
      else
        set((s) => ({
          planned: { ...s.planned, answers: asked(s.planned.answers, probe) },
          plannedSubjects: { ...s.plannedSubjects, [probe]: subjectOf(experiment) },
        }));
      pool.send({
        type: 'probe',
        runId,
        probe,
        request,
        ...(role ? { role } : {}),
        ...(everyEpochOnly ? { everyEpochOnly } : {}),
        experiment,
        file: attachedFile(experiment, catalog, file),
      });
    },
    endProbe(probe, runId) {
      if (get().runs.some((r) => r.runId === runId && r.isExample)) return;
      const memory = runId ? memories[probe] : undefined;
      if (runId) changeRun(set, runId, probe, withdrawn);
      else set((s) => ({ planned: { ...s.planned, answers: withdrawn(s.planned.answers, probe) } }));
      pool.send({
        type: 'probe',
        runId,
        probe,
        request: memory?.request ?? null,
        ...(memory ? { everyEpochOnly: true } : {}),
      });
    },
    endPlanned() {
      for (const [probe, state] of Object.entries(get().planned.answers))
        if (state.isOpen) get().endProbe(probe as ProbeId, null);
    },
    receiveAnswer(event) {
      // A question that was withdrawn may have been answered meanwhile.
      if (event.state === 'measuring' && !get().planned.answers[event.probe as ProbeId]?.isOpen) return;
      set((s) => ({ planned: withAnswer(s.planned, event, 0) }));
    },
    interruptProbes(engineId, error) {
      const isGone = (runId: string | null) => pool.engineOf(runId) === engineId;
      set((s) => ({
        planned: isGone(null) ? { ...s.planned, answers: interrupted(s.planned.answers, error) } : s.planned,
        live: Object.fromEntries(
          Object.entries(s.live).map(([runId, live]) => [
            runId,
            isGone(runId) ? { ...live, answers: interrupted(live.answers, null) } : live,
          ]),
        ),
      }));
    },
  };
}
