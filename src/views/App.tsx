// The one screen: top bar, the experiment at the left, tabs in the centre.
import { useRun } from '../store/hooks.ts';
import { useStore } from '../store/store.ts';
import { FigureNote } from './charts/heatmap/FigureButtons.tsx';
import { type PanelId, panels } from './panels/index.ts';
import { Notices } from './shell/Notices.tsx';
import { PanelFrame, useDrawerOpen } from './shell/PanelFrame.tsx';
import { ReadOnlyCard } from './shell/ReadOnlyCard.tsx';
import { RunErrorCard } from './shell/RunErrorCard.tsx';
import { noteOf } from './shell/runNames.ts';
import classes from './shell/shell.module.css';
import { TabBar } from './shell/TabBar.tsx';
import { TopBar } from './shell/TopBar.tsx';
import { PHONE, useMedia } from './shell/useMedia.ts';

const panelOf = (tab: string): PanelId => (tab in panels ? (tab as PanelId) : 'train');

export function App() {
  const covered = useDrawerOpen();
  const phone = useMedia(PHONE);
  const tab = useStore((s) => panelOf(s.tab));
  return (
    <div className={classes.app}>
      <TopBar inert={covered} />
      {!phone && <PanelFrame />}
      <main className={classes.main} inert={covered}>
        <TabBar tab={tab} />
        <div className={classes.content} id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <div className={classes.stack}>
            <Notices />
            <Panel tab={tab} />
            {phone && <ReadOnlyCard />}
          </div>
        </div>
      </main>
    </div>
  );
}

function Panel({ tab }: { tab: PanelId }) {
  const run = useRun();
  const { Component } = panels[tab];
  return (
    <>
      {run && <RunErrorCard key={run.runId} run={run} />}
      <FigureNote value={run ? noteOf(run) : ''}>
        <Component />
      </FigureNote>
    </>
  );
}
