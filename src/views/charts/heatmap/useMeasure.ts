// Measures texts of an axis, before and after the fonts have loaded.
import { useEffect, useMemo, useState } from 'react';
import { AXIS_FONT, setAxisFont } from './drawAxis.ts';

/** A context of a canvas in the page, because only those use the page's fonts; a new one per revision. */
function measuringContext(revision: number): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = 1 + revision;
  const context = canvas.getContext('2d');
  if (context) setAxisFont(context);
  return context;
}

/** Measures texts of an axis; a new function when the fonts have loaded. */
export function useMeasure(): (text: string) => number {
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    let isMounted = true;
    document.fonts.load(AXIS_FONT).then(() => isMounted && setRevision(1));
    return () => {
      isMounted = false;
    };
  }, []);
  return useMemo(() => {
    const context = measuringContext(revision);
    return (text: string) => {
      if (!context) return text.length * 6;
      return context.measureText(text).width;
    };
  }, [revision]);
}
