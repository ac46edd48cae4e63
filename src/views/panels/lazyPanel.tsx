// A panel outside the first load: it is loaded when the engine has started and the browser is idle, or when its tab is opened
// before that.
import { type ComponentType, lazy, Suspense, useState } from 'react';
import { engineStarted } from '../../store/store.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';

const HEIGHT = 320;

/** A placeholder of the panel's size while it loads. */
function Skeleton({ title }: { title: string }) {
  return (
    <Card title={title}>
      <div style={{ minHeight: HEIGHT, borderRadius: 4, background: 'var(--inset)' }} aria-busy="true" />
    </Card>
  );
}

/** @param load - imports the panel */
export function lazyPanel(title: string, load: () => Promise<ComponentType>): ComponentType {
  function NotLoaded() {
    return (
      <Card title={title}>
        <EmptyState title="This tab could not be loaded" height={HEIGHT}>
          Its part of the page did not arrive. Reload the page; an interrupted run can go on from its last
          checkpoint.
        </EmptyState>
      </Card>
    );
  }
  const Panel = lazy(() =>
    load().then(
      (component) => ({ default: component }),
      () => ({ default: NotLoaded as ComponentType }),
    ),
  );
  let early: ComponentType | null = null;
  // Without this preload, the first opening shows the skeleton for as long as React throttles fallbacks. Safari has no idle
  // callback.
  void engineStarted.then(() =>
    globalThis.requestIdleCallback?.(() =>
      load().then(
        (component) => {
          early = component;
        },
        // Tried again, with an error message, when the tab is opened.
        () => {},
      ),
    ),
  );
  return function LazyPanel() {
    // Fixed at mount, so that a panel on screen is never mounted again.
    const [Loaded] = useState(() => early);
    if (Loaded) return <Loaded />;
    return (
      <Suspense fallback={<Skeleton title={title} />}>
        <Panel />
      </Suspense>
    );
  };
}
