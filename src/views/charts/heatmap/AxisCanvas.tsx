// The names along one edge of a heatmap, and the mark of the chosen row or column on them.
import { useLayoutEffect, useMemo, useRef } from 'react';
import { taskFill } from '../../theme/palette.ts';
import { readTokens, usePixelRatio, useScheme } from '../parts/useScheme.ts';
import type { Bands } from './bands.ts';
import { type AxisSpec, drawAxis, layoutAxis, type Side } from './drawAxis.ts';
import classes from './Heatmap.module.css';
import { useMeasure } from './useMeasure.ts';

/** Narrower cells have no room for the mark. */
const MARK_FROM = 12;

export function AxisCanvas({
  spec,
  bands,
  side,
  chosen,
}: {
  spec: AxisSpec;
  bands: Bands;
  side: Side;
  chosen: number | null;
}) {
  const ref = useRef<HTMLCanvasElement>(null);
  const scheme = useScheme();
  const ratio = usePixelRatio();
  const measure = useMeasure();
  const layout = useMemo(() => layoutAxis(spec, bands, side, measure), [spec, bands, side, measure]);
  const marked = spec.tasks ? chosen : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the tokens that are read
  useLayoutEffect(() => {
    const tokens = readTokens(['text', 'text-muted', 'axis']);
    const style = getComputedStyle(document.documentElement);
    // The mark of the chosen row replaces its task chip.
    const chips = (spec.tasks ?? []).map((task, i) =>
      task === null || i === marked ? 'transparent' : style.getPropertyValue(taskFill(task).slice(4, -1)),
    );
    const colors = { text: tokens.text, muted: tokens['text-muted'], axis: tokens.axis, chips };
    if (ref.current) drawAxis(ref.current, spec, bands, layout, side, colors, ratio, measure);
  }, [spec, bands, layout, side, ratio, scheme, measure, marked]);
  const size =
    side === 'top' ? { width: bands.size, height: layout.size } : { width: layout.size, height: bands.size };
  const centre = chosen === null ? 0 : (bands.starts[chosen] ?? 0) + bands.cell / 2;
  const turned = layout.upright;
  return (
    <div className={side === 'top' ? classes.top : classes.left}>
      <canvas ref={ref} style={size} />
      {chosen !== null && bands.cell >= MARK_FROM && (
        <span
          className={`${classes.chosenLabel} ${turned ? classes.turned : ''}`}
          style={side === 'top' ? { left: centre, bottom: 1 } : { top: centre, right: 3 }}
          data-side={side}
          aria-hidden="true"
        >
          {spec.labels[chosen]}
        </span>
      )}
    </div>
  );
}
