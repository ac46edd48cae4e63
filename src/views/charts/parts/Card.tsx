// A card of the centre: title, a line on what is shown, and its own small controls at the right.
import { type ReactNode, useId } from 'react';
import type { CardFiles } from '../save/cardFiles.ts';
import { SaveMenu } from '../save/SaveMenu.tsx';
import classes from './parts.module.css';

export interface CardProps {
  title: string;
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** What may be taken away: the last of its controls is then the menu that saves. */
  files?: CardFiles | null | undefined | false;
  className?: string;
  children: ReactNode;
}

export function Card({ title, subtitle, actions, files, className, children }: CardProps) {
  const id = useId();
  return (
    <section className={`${classes.card} ${className ?? ''}`} aria-labelledby={id} data-card="">
      <header className={classes.cardHeader}>
        <h2 id={id} className={classes.cardTitle}>
          {title}
        </h2>
        {subtitle && <span className={classes.cardSubtitle}>{subtitle}</span>}
        {(actions || files) && (
          <div className={classes.cardActions}>
            {actions}
            {files && <SaveMenu {...files} />}
          </div>
        )}
      </header>
      {children}
    </section>
  );
}

/** One entry of a legend: a short line, a dot or a hatched square, and a word. */
export function LegendItem({
  mark,
  children,
}: {
  mark: 'solid' | 'dashed' | 'ring' | 'dot' | 'hatch';
  children: ReactNode;
}) {
  return (
    <span className={classes.legendItem}>
      <span className={`${classes.mark} ${classes[mark]}`} aria-hidden="true" />
      {children}
    </span>
  );
}

/** Shown in place of a chart that has nothing to draw: what is missing and how to get it. */
export function EmptyState({
  title,
  children,
  height,
}: {
  title: string;
  children: ReactNode;
  height?: number;
}) {
  return (
    <div className={classes.empty} style={{ minHeight: height }}>
      <svg width="116" height="40" viewBox="0 0 116 40" aria-hidden="true">
        {[18, 24, 33, 15, 22].map((barHeight, i) => (
          <rect
            key={barHeight}
            x={4 + i * 24}
            y={38 - barHeight}
            width="13"
            height={barHeight}
            rx="2"
            fill="none"
          />
        ))}
        <path d="M0 39.5H116" fill="none" />
      </svg>
      <strong>{title}</strong>
      <p>{children}</p>
    </div>
  );
}
