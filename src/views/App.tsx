// The one screen: top bar, the experiment at the left, tabs in the centre.
import { Drawer } from '@mantine/core';
import { useMemo } from 'react';
import { useLossPoints, useRun } from '../store/hooks.ts';
import { useStore } from '../store/store.ts';
import { type PanelId, panels } from './panels/index.ts';
import { LeftPanel } from './shell/LeftPanel.tsx';
import { Notices } from './shell/Notices.tsx';
import { RunErrorCard } from './shell/RunErrorCard.tsx';
import classes from './shell/shell.module.css';
import { TabBar } from './shell/TabBar.tsx';
import { TopBar } from './shell/TopBar.tsx';

export function App() {
  const drawerOpen = useStore((s) => s.drawerOpen);
  const setDrawer = useStore((s) => s.setDrawer);
  return (
    <div className={classes.app}>
      <TopBar />
      <div className={classes.wide} style={{ minHeight: 0, display: 'contents' }}>
        <WidePanel />
      </div>
      <Drawer opened={drawerOpen} onClose={() => setDrawer(false)} title="Experiment" size={340} padding={0}>
        <LeftPanel />
      </Drawer>
      <main className={classes.main}>
        <TabBar />
        <div className={classes.content} id="panel" role="tabpanel" aria-label="View">
          <Centre />
        </div>
      </main>
    </div>
  );
}

function WidePanel() {
  return (
    <div className={classes.wide} style={{ minHeight: 0 }}>
      <LeftPanel />
    </div>
  );
}

function Centre() {
  const run = useRun();
  const catalog = useStore((s) => s.catalog);
  const tab = useStore((s) => s.tab);
  const view = useStore((s) => s.view);
  const setView = useStore((s) => s.setView);
  const watchAttention = useStore((s) => s.watchAttention);
  const modelPoints = useLossPoints('model');
  const baselinePoints = useLossPoints('baseline');
  const id: PanelId = tab in panels ? (tab as PanelId) : 'train';
  const { Component } = useMemo(() => panels[id], [id]);
  return (
    <div className={classes.stack}>
      <Notices />
      {run && <RunErrorCard key={run.runId} run={run} />}
      <Component
        run={run}
        catalog={catalog}
        modelPoints={modelPoints}
        baselinePoints={baselinePoints}
        view={view}
        setView={setView}
        watchAttention={watchAttention}
      />
      <p className={classes.narrowNote}>Experiment, read only here. Open a wider window to edit.</p>
    </div>
  );
}
