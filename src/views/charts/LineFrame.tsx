// The line chart all curves share: axes, grid, tooltip, the line at a failing step. What is drawn in it, and in which
// colours, is decided by the charts that use it. Its place is there at once; the drawing follows when it is loaded.
import { lazy, Suspense } from 'react';
import type { LineFrameProps } from './frame.ts';

// Asked for as soon as a panel with curves is.
const drawing = import('./RechartsFrame.tsx');
const RechartsFrame = lazy(async () => ({ default: (await drawing).RechartsFrame }));

export function LineFrame(props: LineFrameProps) {
  const { width, height } = props;
  return (
    <Suspense fallback={<div style={{ width, height }} aria-busy="true" />}>
      <RechartsFrame {...props} />
    </Suspense>
  );
}
