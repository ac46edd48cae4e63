// The heavy parts of a run that are stored beside its record: per-step losses, probe answers, and networks.
import type { TableInput } from '../engine/config/tableInput.ts';
import type { ProbeId } from '../engine/probes/registry.ts';
import type { KeptNetworks } from '../engine/protocol/keptNetworks.ts';
import { NOTHING_PROBED, type Probed, stateOf } from './answers.ts';
import { NOTHING_LIVE, type RunLive } from './runLive.ts';
import type { StoredSeries } from './series.ts';

export interface RunParts {
  series: StoredSeries[];
  captures: Probed;
  /** Its file is stored separately, because many runs read the same one. */
  networks: Omit<KeptNetworks, 'file'> & { fileId: string | null };
}

/** Answers larger than this, such as maps between thousands of rows, are not kept, nor are snapshots of them. */
export const LARGEST_CAPTURE = 32 * 1024 * 1024;

/** Bytes of the typed arrays in a value, plus an estimate for the rest. */
export function sizeOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof Blob) return value.size;
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 0);
}

/** The part of a run's answers that is stored; null if there is none. */
export function capturesOf({ answers, remembered }: Probed): Probed | null {
  const complete = Object.entries(answers).filter(
    ([, state]) => state.answer !== null && !state.progress && sizeOf(state.answer) <= LARGEST_CAPTURE,
  );
  // A snapshot of thousands of rows alone holds up the page for as long as it takes to copy it into storage.
  const small = Object.entries(remembered).flatMap(([id, snapshots]) => {
    const few = snapshots.filter((snapshot) => sizeOf(snapshot) <= LARGEST_CAPTURE);
    return few.length > 0 ? [[id, few] as const] : [];
  });
  const kept: Probed = {
    answers: Object.fromEntries(
      complete.map(([id, { answer }]) => [id, { ...stateOf(undefined, id as ProbeId), answer }]),
    ),
    remembered: sizeOf(small) <= 2 * LARGEST_CAPTURE ? Object.fromEntries(small) : {},
  };
  return complete.length > 0 || Object.keys(kept.remembered).length > 0 ? kept : null;
}

/** @param hasNetworks - whether its networks are stored */
export const liveOf = (captures: Probed | null, hasNetworks: boolean): RunLive => ({
  ...NOTHING_LIVE,
  ...(captures ?? NOTHING_PROBED),
  starts: 1,
  hasNetworks,
});

export function partOf({ file, ...networks }: KeptNetworks): RunParts['networks'] {
  return { ...networks, fileId: file?.id ?? null };
}

export function networksOf(part: RunParts['networks'], file: TableInput | null): KeptNetworks {
  const { fileId: _fileId, ...networks } = part;
  return { ...networks, ...(file ? { file } : {}) };
}
