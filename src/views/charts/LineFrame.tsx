// The line chart that all curves share: axes, grid, tooltip, the line at a failing step. The charts that use it decide what is
// drawn, and in which colours. Its space is reserved at once; the drawing appears when its chunk is loaded, each in its own turn.
import { useEffect, useState } from 'react';
import { engineStarted } from '../../store/store.ts';
import type { LineFrameProps } from './frame.ts';
import { useRequestTurn } from './parts/inTurn.tsx';

type Drawing = typeof import('./RechartsFrame.tsx').RechartsFrame;
let loaded: Drawing | null = null;

/** Milliseconds. An engine whose driver hangs does not keep charts of earlier runs from being drawn. */
const PATIENCE_MS = 3000;
const overdue = new Promise<void>((resolve) => {
  setTimeout(resolve, PATIENCE_MS);
});

// Soon after a panel with curves is, but behind the engine: on a slow machine, the page would be busy with charts when Run can be
// pressed.
const drawing = Promise.race([engineStarted, overdue])
  .then(() => import('./RechartsFrame.tsx'))
  .then((module) => {
    loaded = module.RechartsFrame;
  });
// Told where a chart is drawn.
drawing.catch(() => {});

export function LineFrame(props: LineFrameProps) {
  const { width, height } = props;
  const [isDue, setDue] = useState(loaded !== null);
  const requestTurn = useRequestTurn();
  useEffect(() => {
    if (isDue) return;
    let isGone = false;
    drawing.then(
      () => {
        if (!isGone) requestTurn(() => setDue(true));
      },
      (error) =>
        setDue(() => {
          throw error;
        }),
    );
    return () => {
      isGone = true;
    };
  }, [isDue, requestTurn]);
  const RechartsFrame = isDue ? loaded : null;
  return RechartsFrame ? <RechartsFrame {...props} /> : <div style={{ width, height }} aria-busy="true" />;
}
