// Where the keyboard goes on when what had the focus is gone, or when someone skips the settings: the tab that is chosen, or the
// panel where there are no tabs.

/** @param tab - the id of a tab that is being opened; default: the one that is open */
export function focusViews(tab?: string): void {
  const chosen = tab === undefined ? '[role="tab"][aria-selected="true"]' : `#tab-${tab}`;
  const found = document.querySelector<HTMLElement>(chosen) ?? document.getElementById('panel');
  found?.focus({ preventScroll: true });
}
