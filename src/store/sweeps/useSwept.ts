// How a setting on the left takes several values while a sweep is written.
import type { ParamSpec, ParamValue } from '../../engine/config/params.ts';
import { useStore } from '../store.ts';
import { firstText, HOW_TO_WRITE, isTyped } from './typedAxes.ts';

/** Null while no sweep is written. */
export function useSwept(path: string, spec: ParamSpec, value: ParamValue) {
  const isWriting = useStore((s) => s.tab === 'runs' && s.view.runs.part === 'sweeps');
  const text = useStore(
    (s) =>
      s.sweepDraft.axes.flatMap((axis) => (isTyped(axis) && axis.key === path ? [axis.text] : []))[0] ?? null,
  );
  // Seeds of a sweep stand in a list of their own.
  if (!isWriting || path === 'seed' || path === 'repeats') return null;
  return {
    text,
    hint: `Values of ${spec.label}: ${HOW_TO_WRITE}`,
    first: () => firstText(spec, value),
    onChange: (next: string | null) => useStore.getState().sweepSetting(path, next),
  };
}
