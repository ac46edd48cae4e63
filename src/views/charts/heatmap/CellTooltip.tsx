// Places a tooltip at a cell of a heatmap.
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import classes from './Heatmap.module.css';

/** Below the cell, or above it at the end of the window; rendered in the body, so that no card clips it. */
export function CellTooltip({
  anchor,
  box,
  children,
}: {
  anchor: RefObject<HTMLDivElement | null>;
  box: { left?: number; top?: number; width: number; height: number };
  children: ReactNode;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = ref.current;
    const origin = anchor.current?.getBoundingClientRect();
    if (!tip || !origin) return;
    const { width, height } = tip.getBoundingClientRect();
    const x = origin.left + (box.left ?? 0) + box.width / 2 - width / 2;
    const under = origin.top + (box.top ?? 0) + box.height + 8;
    const y = under + height > innerHeight - 4 ? under - height - box.height - 16 : under;
    tip.style.transform = `translate(${Math.round(Math.min(Math.max(4, x), innerWidth - width - 4))}px, ${Math.round(y)}px)`;
  });
  return createPortal(
    <div ref={ref} className={classes.tooltip} role="tooltip">
      {children}
    </div>,
    document.body,
  );
}
