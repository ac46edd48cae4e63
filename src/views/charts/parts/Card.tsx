// A card of the centre: title, a line about its content, and its controls at the right.
import { Tooltip } from '@mantine/core';
import { createContext, type ReactNode, useContext, useId, useState } from 'react';
import type { CardFiles } from '../save/cardFiles.ts';
import { SaveMenu } from '../save/SaveMenu.tsx';
import type { FigureId } from './figureHelp.ts';
import classes from './parts.module.css';

export interface CardProps {
  title: string;
  /** Which figure it is, for its "?" and its name in a frame. */
  figure?: FigureId | undefined;
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** What can be saved: the last of its controls is then the save menu. */
  files?: CardFiles | null | undefined | false;
  className?: string;
  children: ReactNode;
}

/** The one figure that is shown, in an embedded page; null for all cards. */
export const OnlyFigure = createContext<string | null>(null);

export function Card({ title, figure, subtitle, actions, files, className, children }: CardProps) {
  const id = useId();
  const only = useContext(OnlyFigure);
  if (only !== null && figure !== only) return null;
  return (
    <section className={`${classes.card} ${className ?? ''}`} aria-labelledby={id} data-card="">
      <header className={classes.cardHeader}>
        <h2 id={id} className={classes.cardTitle}>
          {title}
        </h2>
        {figure && <Help figure={figure} />}
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

/** Explains the figure, on hover, focus and press. The texts are loaded then, not before. */
function Help({ figure }: { figure: FigureId }) {
  const [text, setText] = useState('…');
  const load = () =>
    import('./figureHelp.ts').then(
      (module) => setText(module.figureHelp[figure]),
      () =>
        setText('This text could not be loaded. Is the server still there? Reload the page to try again.'),
    );
  return (
    <Tooltip label={text} multiline maw={340} withinPortal events={{ hover: true, focus: true, touch: true }}>
      <button
        type="button"
        className={classes.help}
        data-control=""
        aria-label="What is shown here"
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
      >
        ?
      </button>
    </Tooltip>
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

/** Shown instead of a chart without data: what is missing and how to get it. */
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
