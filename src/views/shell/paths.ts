// Where an issue is shown. Issues name a place in the experiment (`model.params.heads`, `tasks.targets[1].type`); rows of the
// panel have the path of a link (`model.heads`, `tasks.targets`).
import type { Issue } from '../../engine/core/errors.ts';

/** The row that shows an issue. */
export function rowPath(issuePath: string): string {
  return issuePath
    .replace('.params.', '.')
    .replace(/\.id$/, '')
    .replace(/[[,].*$/, '');
}

export function issueAt(issues: readonly Issue[], path: string): Issue | null {
  return issues.find((issue) => rowPath(issue.path) === path) ?? null;
}

/** The first control of a row of the panel. */
export const controlOf = (row: Element | null): HTMLElement | null =>
  row?.querySelector<HTMLElement>('input:not([hidden], [type="hidden"]), select, button') ?? null;

/** Scrolls to the row of `path`, unfolds its group, and focuses its control. */
export function showRow(path: string): void {
  const row = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
  if (!row) return;
  for (let fold = row.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) {
    fold.open = true;
  }
  row.scrollIntoView({ block: 'center' });
  controlOf(row)?.focus();
}
