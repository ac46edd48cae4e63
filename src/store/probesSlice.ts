// Questions to the networks of the run on screen, and about the experiment on the left. The caller chooses the subject; answers
// are kept by run, or with the experiment as it was when the question was asked.
import type { RoutedCommand } from '../client/enginePool.ts';
import { attachedFile } from '../engine/config/tableInput.ts';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { ProbeId } from '../engine/probes/registry.ts';
import {
  type Answers,
  asked,
  interrupted,
  NOTHING_PROBED,
  refused,
  withAnswer,
  withdrawn,
} from './answers.ts';
import type { Context } from './context.ts';
import { memories } from './probeMemory.ts';
import type { RunKeeper } from './runKeeper.ts';
import { isOver, type RunRecord } from './runRecord.ts';
import { changeLive } from './runs.ts';
import type { ProbesSlice, SetState } from './state.ts';

const changeRun = (
  set: SetState,
  runId: string,
  probe: ProbeId,
  change: (answers: Answers, probe: ProbeId) => Answers,
): void => set((s) => changeLive(s, runId, (live) => ({ ...live, answers: change(live.answers, probe) })));

/** The key of an answer's subject where it belongs to no run. */
export const subjectOf = (experiment: unknown): string => JSON.stringify(experiment);

const refusal = (message: string): ErrorReport => ({ kind: 'config', message, issues: [] });

export function createProbesSlice({ set, get, pool }: Context, keeper: RunKeeper): ProbesSlice {
  /** Runs whose networks are being loaded. */
  const opening = new Map<string, Promise<ErrorReport | null>>();
  /** Runs among them whose networks are needed whether or not a question is open. */
  const wanted = new Set<string>();

  /** Loads the kept networks of a run into an engine. @returns why that failed; null when the networks can be probed */
  const reopen = async ({ runId, number, experiment }: RunRecord): Promise<ErrorReport | null> => {
    const kept = await keeper.networksOf(runId).catch(() => null);
    if (!kept) {
      set((s) => changeLive(s, runId, (live) => ({ ...live, hasNetworks: false })));
      return refusal(
        `The networks of run ${number} are not kept. Run its experiment again to look into them.`,
      );
    }
    // Another run may have come on screen meanwhile; loading these networks would make an engine drop its own.
    const answers = Object.values(get().live[runId]?.answers ?? {});
    if (!wanted.has(runId) && !answers.some((answer) => answer?.isOpen)) return null;
    // The run may have been resumed meanwhile.
    if (pool.holds(runId) || pool.open({ runId, experiment, kept })) return null;
    return refusal(
      `The engine trains another run. Wait for its end, or stop it, to look into the networks of run ${number}.`,
    );
  };

  const reopenOnce = (run: RunRecord): Promise<ErrorReport | null> => {
    const started =
      opening.get(run.runId) ??
      reopen(run).finally(() => {
        opening.delete(run.runId);
        wanted.delete(run.runId);
      });
    opening.set(run.runId, started);
    return started;
  };

  const isAway = ({ runId, status }: RunRecord) => isOver(status) && !pool.holds(runId);

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
      const command: RoutedCommand = {
        type: 'probe',
        runId,
        probe,
        request,
        ...(role ? { role } : {}),
        ...(everyEpochOnly ? { everyEpochOnly } : {}),
        ...(runId && memories[probe] && !everyEpochOnly ? { everyEpoch: true } : {}),
        experiment,
        file: attachedFile(experiment, catalog, file),
      };
      // Probes of the experiment alone need no networks.
      const needsNetworks = catalog?.probes.find((p) => p.id === probe)?.when === 'training';
      if (!run || !isAway(run) || !(needsNetworks || get().live[run.runId]?.hasNetworks)) {
        pool.send(command);
        return;
      }
      void reopenOnce(run).then((error) => {
        const isOpen = get().live[run.runId]?.answers[probe]?.isOpen;
        if (!isOpen) return;
        if (error === null || !needsNetworks) pool.send(command);
        else changeRun(set, run.runId, probe, (answers) => refused(answers, probe, error));
      });
    },
    async openNetworks(runId) {
      const run = get().runs.find((r) => r.runId === runId);
      if (!run || !isAway(run)) return null;
      wanted.add(runId);
      return reopenOnce(run);
    },
    refuseOpened(runId, error) {
      pool.lost(runId);
      set((s) => changeLive(s, runId, (live) => ({ ...live, answers: interrupted(live.answers, error) })));
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
      // A withdrawn question may have been answered already.
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
