// A panel that is loaded when its tab is first opened, so that the page starts without it.
import { type ComponentType, lazy, Suspense } from 'react';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import type { PanelProps } from './panel.ts';

const HEIGHT = 320;

/** Stands for the panel, in its size, while it loads. */
function Skeleton({ title }: { title: string }) {
  return (
    <Card title={title}>
      <div style={{ minHeight: HEIGHT, borderRadius: 4, background: 'var(--inset)' }} aria-busy="true" />
    </Card>
  );
}

/** @param load - imports the panel */
export function lazyPanel(
  title: string,
  load: () => Promise<ComponentType<PanelProps>>,
): ComponentType<PanelProps> {
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
      () => ({ default: NotLoaded as ComponentType<PanelProps> }),
    ),
  );
  return function LazyPanel(props: PanelProps) {
    return (
      <Suspense fallback={<Skeleton title={title} />}>
        <Panel {...props} />
      </Suspense>
    );
  };
}
