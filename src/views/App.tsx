// The one screen: top bar, the experiment at the left, tabs in the centre.
import { lazy, Suspense, useEffect, useRef } from 'react';
import { embeddedOf } from '../store/embed.ts';
import { useStore } from '../store/store.ts';
import { Panel, panelOf } from './Panel.tsx';
import classes from './shell/app.module.css';
import controls from './shell/controls.module.css';
import { focusViews } from './shell/focusViews.ts';
import { keepFocus } from './shell/keepFocus.ts';
import { Notices } from './shell/notices/Notices.tsx';
import { DropAnywhere } from './shell/opening/DropAnywhere.tsx';
import { PanelFrame, useDrawerOpen } from './shell/PanelFrame.tsx';
import { RunBar } from './shell/RunBar.tsx';
import { ShareNote } from './shell/ShareNote.tsx';
import { TabBar } from './shell/TabBar.tsx';
import { PageBar, STAGE_BUTTON, TopBar } from './shell/TopBar.tsx';
import { PHONE, useMedia } from './shell/useMedia.ts';
import { Welcome } from './shell/Welcome.tsx';

const Stage = lazy(async () => ({ default: (await import('./stage/Stage.tsx')).Stage }));
const Frame = lazy(async () => ({ default: (await import('./stage/Frame.tsx')).Frame }));
const LessonDock = lazy(async () => ({ default: (await import('./lessons/LessonDock.tsx')).LessonDock }));

const embedded = embeddedOf(location.search);

export function App() {
  const onStage = useStore((s) => s.view.stage);
  const wasOnStage = useRef(false);
  useEffect(() => keepFocus(), []);
  // What had the focus on the stage is gone with it: the keyboard goes on at the button that opens it.
  useEffect(() => {
    if (wasOnStage.current && !onStage) document.getElementById(STAGE_BUTTON)?.focus();
    wasOnStage.current = onStage;
  }, [onStage]);
  if (embedded)
    return (
      <Suspense fallback={null}>
        <Frame {...embedded} />
      </Suspense>
    );
  if (onStage)
    return (
      <Suspense fallback={null}>
        <Stage />
      </Suspense>
    );
  return <Workbench />;
}

function Workbench() {
  const covered = useDrawerOpen();
  const phone = useMedia(PHONE);
  const tab = useStore((s) => panelOf(s.tab));
  const inLesson = useStore((s) => s.view.lesson !== null && s.catalog !== null);
  return (
    <div className={classes.app}>
      {/* Sixty settings stand between the first tab stop and the results. */}
      {!covered && (
        <button type="button" className={classes.skip} onClick={() => focusViews()}>
          Skip the settings
        </button>
      )}
      <DropAnywhere />
      <TopBar />
      <PanelFrame />
      <main className={classes.main} inert={covered}>
        {phone && <PageBar />}
        {phone && <ShareNote />}
        <TabBar tab={tab} />
        {inLesson && (
          <Suspense fallback={null}>
            <LessonDock />
          </Suspense>
        )}
        <RunBar />
        {!phone && <ShareNote />}
        <div className={classes.content} id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <div className={controls.stack}>
            <Notices />
            {tab === 'train' && <Welcome />}
            <Panel tab={tab} />
          </div>
        </div>
      </main>
    </div>
  );
}
