// Lets a setting on the left take several values while a sweep is written.
import type { ParamSpec, ParamValue } from '../../engine/config/params.ts';
import { useStore } from '../store.ts';
import { firstText, HOW_TO_WRITE, isTyped } from './typedAxes.ts';

/** Null if no sweep is being written. */
export function useSwept(path: string, spec: ParamSpec, value: ParamValue) {
  const isWriting = useStore((s) => s.tab === 'runs' && s.view.runs.part === 'sweeps');
  const text = useStore(
    (s) =>
      s.sweepDraft.axes.flatMap((axis) => (isTyped(axis) && axis.key === path ? [axis.text] : []))[0] ?? null,
  );
  // The seeds of a sweep have their own list.
  if (!isWriting || path === 'seed' || path === 'repeats') return null;
  return {
    text,
    hint: `Values of ${spec.label}: ${HOW_TO_WRITE}`,
    first: () => firstText(spec, value),
    onChange: (next: string | null) => useStore.getState().sweepSetting(path, next),
  };
}
