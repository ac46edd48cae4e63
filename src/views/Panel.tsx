// The content of a tab, with an error above it if rendering failed.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { clip } from '../engine/core/errors.ts';
import { useCatalog, useRun } from '../store/hooks.ts';
import { useStore } from '../store/store.ts';
import { DEFAULT_VIEW } from '../store/view.ts';
import { FigureNote } from './charts/save/figures.ts';
import classes from './panel.module.css';
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

/** Milliseconds after which a tab that was left is taken down: the next one is on screen then. */
const TAKEN_DOWN_MS = 50;

/**
 * The tab that was left, until the next one is on screen; null otherwise. To take its charts down costs as much as to draw the
 * next tab, and is done in a task of its own.
 */
function useLeft(tab: PanelId): PanelId | null {
  const [kept, setKept] = useState(tab);
  useEffect(() => {
    if (kept === tab) return;
    const timer = setTimeout(() => setKept(tab), TAKEN_DOWN_MS);
    return () => clearTimeout(timer);
  }, [kept, tab]);
  return kept === tab ? null : kept;
}

/** @param isLeft - it is no longer in the page, and waits to be taken down */
function Content({ tab, isLeft }: { tab: PanelId; isLeft: boolean }) {
  const { Component, label, showsRun }: PanelEntry = panels[tab];
  const place = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!place.current || !content.current) return;
    // Its parent stays for React. Nothing of a tab that was left is found, read out, printed or saved.
    if (isLeft) content.current.remove();
    else if (!content.current.isConnected) place.current.append(content.current);
  }, [isLeft]);
  return (
    <div ref={place} className={classes.content}>
      <div ref={content} className={classes.content}>
        <ErrorBoundary
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
      </div>
    </div>
  );
}

export function Panel({ tab }: { tab: PanelId }) {
  const run = useRun();
  const catalog = useCatalog();
  const left = useLeft(tab);
  return (
    <>
      <UnknownTab />
      {run && <RunErrorCard key={run.runId} run={run} />}
      <FigureNote value={run ? noteOf(run, catalog) : ''}>
        {/* First, so that it is gone when the next one is measured. */}
        {left && <Content key={left} tab={left} isLeft />}
        <Content key={tab} tab={tab} isLeft={false} />
      </FigureNote>
    </>
  );
}
