// The line chart that all curves share: axes, grid, tooltip, the line at a failing step. The charts that use it decide what is
// drawn, and in which colours. Its space is reserved at once; the drawing appears when its chunk is loaded.
import { lazy, Suspense } from 'react';
import type { LineFrameProps } from './frame.ts';

// Loaded as soon as a panel with curves is.
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
