// What is deleted first when kept runs exceed the storage budget: probe answers, then networks, of the oldest runs without a
// star. Results are never deleted automatically.
import { bytesOf, type PartKind, type RunEntry } from './runEntry.ts';

const MB = 1024 * 1024;
/** Storage budgets that the user can choose, in bytes. */
export const BUDGETS = [100 * MB, 500 * MB, 1000 * MB, 4000 * MB] as const;
export const DEFAULT_BUDGET = BUDGETS[1];

const ORDER = ['captures', 'networks'] as const satisfies readonly PartKind[];

export interface Dropped {
  runId: string;
  kind: PartKind;
  bytes: number;
}

export const usedBytes = (entries: readonly RunEntry[]): number =>
  entries.reduce((sum, entry) => sum + bytesOf(entry), 0);

/**
 * What to delete, in order, to get below the budget; everything deletable if that is not enough.
 * @param isBusy - true for runs in progress, which keep everything
 */
export function toDrop(
  entries: readonly RunEntry[],
  budget: number,
  isBusy: (runId: string) => boolean = () => false,
): Dropped[] {
  let over = usedBytes(entries) - budget;
  const oldestFirst = [...entries].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const dropped: Dropped[] = [];
  for (const kind of ORDER) {
    for (const { runId, bytes, labels } of oldestFirst) {
      if (over <= 0) return dropped;
      if (bytes[kind] === 0 || labels.isStarred || isBusy(runId)) continue;
      dropped.push({ runId, kind, bytes: bytes[kind] });
      over -= bytes[kind];
    }
  }
  return dropped;
}
