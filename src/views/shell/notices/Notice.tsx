// A notice above the charts: what happened, and what can be done.
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import controls from '../controls.module.css';
import classes from './notices.module.css';

const TONES = {
  error: { Icon: IconCircleX, color: 'var(--error)', className: classes.isError },
  warning: { Icon: IconAlertTriangle, color: 'var(--warn)', className: classes.isWarning },
  plain: { Icon: IconInfoCircle, color: 'var(--text-muted)', className: '' },
};

interface NoticeProps {
  title: string;
  tone: keyof typeof TONES;
  children: ReactNode;
  actions: ReactNode;
  /** For several buttons: below the text. */
  stacked?: boolean;
}

export function Notice({ title, tone, children, actions, stacked }: NoticeProps) {
  const { Icon, color, className } = TONES[tone];
  return (
    <section
      className={`${classes.notice} ${className}`}
      role={tone === 'error' ? 'alert' : 'status'}
      data-stacked={stacked || undefined}
    >
      <Icon size={18} stroke={1.75} color={color} aria-hidden="true" />
      <div className={classes.noticeText}>
        <h2>{title}</h2>
        {children}
      </div>
      <div className={classes.noticeActions}>{actions}</div>
    </section>
  );
}

interface ButtonProps {
  onClick(): void;
  primary?: boolean;
  children: ReactNode;
}

export const Button = ({ onClick, primary, children }: ButtonProps) => (
  <button type="button" className={`${controls.button} ${primary ? controls.primary : ''}`} onClick={onClick}>
    {children}
  </button>
);
