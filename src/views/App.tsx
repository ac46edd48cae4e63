// The one screen: top bar, the experiment at the left, tabs in the centre.
import { lazy, Suspense } from 'react';
import { useRun } from '../store/hooks.ts';
import { useStore } from '../store/store.ts';
import { DEFAULT_VIEW } from '../store/view.ts';
import { FigureNote } from './charts/save/figures.ts';
import { type PanelEntry, type PanelId, panels } from './panels/index.ts';
import { ErrorBoundary } from './shell/ErrorBoundary.tsx';
import { Notices } from './shell/Notices.tsx';
import { OfRun } from './shell/OfRun.tsx';
import { DropAnywhere } from './shell/opening/DropAnywhere.tsx';
import { PanelFrame, useDrawerOpen } from './shell/PanelFrame.tsx';
import { RunBar } from './shell/RunBar.tsx';
import { RunErrorCard } from './shell/RunErrorCard.tsx';
import { noteOf } from './shell/runNames.ts';
import classes from './shell/shell.module.css';
import { TabBar } from './shell/TabBar.tsx';
import { PageBar, TopBar } from './shell/TopBar.tsx';
import { PHONE, useMedia } from './shell/useMedia.ts';

const LessonDock = lazy(async () => ({ default: (await import('./lessons/LessonDock.tsx')).LessonDock }));

const panelOf = (tab: string): PanelId => (Object.hasOwn(panels, tab) ? (tab as PanelId) : 'train');

export function App() {
  const covered = useDrawerOpen();
  const phone = useMedia(PHONE);
  const tab = useStore((s) => panelOf(s.tab));
  const inLesson = useStore((s) => s.view.lesson !== null && s.catalog !== null);
  return (
    <div className={classes.app}>
      <DropAnywhere />
      <TopBar />
      <PanelFrame />
      <main className={classes.main} inert={covered}>
        {phone && <PageBar />}
        <TabBar tab={tab} />
        <RunBar />
        {inLesson && (
          <Suspense fallback={null}>
            <LessonDock />
          </Suspense>
        )}
        <div className={classes.content} id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <div className={classes.stack}>
            <Notices />
            <Panel tab={tab} />
          </div>
        </div>
      </main>
    </div>
  );
}

function Panel({ tab }: { tab: PanelId }) {
  const run = useRun();
  const { Component, label, showsRun }: PanelEntry = panels[tab];
  return (
    <>
      {run && <RunErrorCard key={run.runId} run={run} />}
      <FigureNote value={run ? noteOf(run) : ''}>
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
