// Asks a probe from a panel. A watched probe is asked while the panel is on screen and the page is visible, because every
// answer costs the run time; a probe of mode `once` is asked when its request changes, or on `ask`.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { Role } from '../engine/core/roles.ts';
import type { Measured, ProbeId, ProbeRequest } from '../engine/probes/registry.ts';
import type { ProbeProgress } from '../engine/protocol/probe.ts';
import { stateOf } from './answers.ts';
import { useLive, useRun } from './hooks.ts';
import { subjectOf } from './probesSlice.ts';
import { useStore } from './store.ts';
import { watching } from './watchers.ts';

export interface ProbeHandle<Id extends ProbeId> {
  /** The answer about the requested network; null if the newest answer is about another one. */
  answer: Measured<Id> | null;
  /** The newest answer, about whatever network. */
  newest: Measured<Id> | null;
  /** Progress of a long measurement. */
  progress: ProbeProgress | null;
  /** Asked, and not yet answered. */
  isOpen: boolean;
  /** The user stopped it here; it is not asked again until `ask`. */
  isStopped: boolean;
  error: ErrorReport | null;
  ask(request?: ProbeRequest<Id>): void;
  stop(): void;
}

export interface UseProbe {
  /** The requested network; null for the one in training. */
  role?: Role | null;
  /** Ask about the experiment on the left instead of the run on screen. */
  ofExperiment?: boolean;
  /** Milliseconds without a change before it asks. */
  delayMs?: number;
  /** Ask again when this value changes. */
  again?: string;
  /** Show the answer about an earlier experiment until the next one arrives. */
  keepsEarlier?: boolean;
  /** Withdraw the question when the panel closes or the experiment changes. */
  endsWithPanel?: boolean;
}

function watchVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/** Changes when the run begins and when it resumes from a checkpoint: the probe must be asked again both times. */
const watchKey = (runId: string, starts: number): string => `${runId} ${starts}`;

/** @param request - plain JSON, asked when it changes; null to ask only by `ask` */
export function useProbe<Id extends ProbeId>(
  id: Id,
  request: ProbeRequest<Id> | null,
  options: UseProbe = {},
): ProbeHandle<Id> {
  const { role = null, ofExperiment = false, delayMs = 0, again = '' } = options;
  const { keepsEarlier = false, endsWithPanel = false } = options;
  const shown = useRun();
  const run = ofExperiment || shown?.isExample ? null : shown;
  const runId = run?.runId ?? null;
  const live = useLive(shown?.runId ?? null);
  const planned = useStore((s) => s.planned.answers);
  const plannedSubject = useStore((s) => s.plannedSubjects[id]);
  const experiment = useStore((s) => s.experiment);
  const entry = useStore((s) => s.catalog?.probes.find((p) => p.id === id));
  const isVisible = useSyncExternalStore(watchVisibility, () => document.visibilityState !== 'hidden');
  const isOfRun = entry?.when === 'training' || runId !== null;
  const isWatched = entry?.mode === 'watch';
  const subject = isOfRun ? run && watchKey(run.runId, live?.starts ?? 0) : subjectOf(experiment);
  const key = JSON.stringify({ request, role, subject, again });
  const [stoppedKey, setStoppedKey] = useState<string | null>(null);
  const isStopped = stoppedKey === key;
  const canAsk = entry !== undefined && subject !== null;
  const isAsking = canAsk && request !== null && !isStopped && (isVisible || !isWatched);
  const { askProbe, endProbe } = useStore.getState();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when what is asked changes
  useEffect(() => {
    if (!isAsking || request === null) return;
    const timer = setTimeout(() => askProbe(id, request, { runId, role }), delayMs);
    return () => clearTimeout(timer);
  }, [isAsking, key]);
  useEffect(() => {
    if (!isAsking || !isWatched) return;
    const leave = watching(`${id} ${runId}`);
    return () => {
      if (leave()) endProbe(id, runId);
    };
  }, [isAsking, isWatched, id, runId, endProbe]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked of another experiment is of no interest
  useEffect(() => {
    if (endsWithPanel) return () => endProbe(id, isOfRun ? runId : null);
  }, [endsWithPanel, subject]);
  const answers = isOfRun ? live?.answers : planned;
  const state = stateOf(answers, id);
  // A measurement of another experiment is not valid for this one.
  const isCurrent = isOfRun || plannedSubject === subject;
  const newest = isCurrent || keepsEarlier ? state.answer : null;
  const network = newest && 'role' in newest ? newest.role : null;
  return {
    answer: role === null || network === role ? newest : null,
    newest,
    progress: isCurrent ? state.progress : null,
    isOpen: isCurrent && state.isOpen,
    isStopped,
    error: isCurrent ? state.error : null,
    ask(other = request ?? undefined) {
      setStoppedKey(null);
      if (canAsk && other !== undefined) askProbe(id, other, { runId: isOfRun ? runId : null, role });
    },
    stop() {
      setStoppedKey(key);
      endProbe(id, isOfRun ? runId : null);
    },
  };
}
