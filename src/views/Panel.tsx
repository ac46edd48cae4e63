// The content of a tab, with an error above it if rendering failed.
import { clip } from '../engine/core/errors.ts';
import { useCatalog, useRun } from '../store/hooks.ts';
import { useStore } from '../store/store.ts';
import { DEFAULT_VIEW } from '../store/view.ts';
import { FigureNote } from './charts/save/figures.ts';
import { type PanelEntry, type PanelId, panels } from './panels/index.ts';
import { ErrorBoundary } from './shell/ErrorBoundary.tsx';
import { Button, Notice } from './shell/notices/Notice.tsx';
import { OfRun } from './shell/OfRun.tsx';
import { RunErrorCard } from './shell/RunErrorCard.tsx';
import { noteOf } from './shell/runNames.ts';

export const panelOf = (tab: string): PanelId => (Object.hasOwn(panels, tab) ? (tab as PanelId) : 'train');

/** A link may ask for a tab that there is not, or no longer; the first view is shown instead. */
function UnknownTab() {
  const tab = useStore((s) => s.tab);
  const setTab = useStore((s) => s.setTab);
  if (Object.hasOwn(panels, tab)) return null;
  return (
    <Notice
      title="This link asks for a tab that is not here"
      tone="warning"
      actions={<Button onClick={() => setTab(panelOf(tab))}>Dismiss</Button>}
    >
      <p>
        view.tab: expected one of {Object.keys(panels).join(', ')}, got &quot;{clip(tab)}&quot;. Choose a tab
        above.
      </p>
    </Notice>
  );
}

export function Panel({ tab }: { tab: PanelId }) {
  const run = useRun();
  const catalog = useCatalog();
  const { Component, label, showsRun }: PanelEntry = panels[tab];
  return (
    <>
      <UnknownTab />
      {run && <RunErrorCard key={run.runId} run={run} />}
      <FigureNote value={run ? noteOf(run, catalog) : ''}>
        <ErrorBoundary
          key={tab}
          what={`The tab ${label}`}
          action={{
            label: 'Back to the first view',
            onClick: () => useStore.getState().setView(DEFAULT_VIEW),
          }}
        >
          {showsRun ? (
            <OfRun>
              <Component />
            </OfRun>
          ) : (
            <Component />
          )}
        </ErrorBoundary>
      </FigureNote>
    </>
  );
}
