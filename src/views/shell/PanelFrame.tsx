// The frame of the experiment: a column, or in narrow windows a sheet over the charts, with the top bar in reach. The same
// panel in both, so that nothing is lost when the window changes.
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useStore } from '../../store/store.ts';
import controls from './controls.module.css';
import { LeftPanel } from './LeftPanel.tsx';
import classes from './panelFrame.module.css';
import { NARROW, useMedia } from './useMedia.ts';

/** True while the sheet covers the charts, which are then inert. */
export function useDrawerOpen(): boolean {
  const narrow = useMedia(NARROW);
  return useStore((s) => s.drawerOpen) && narrow;
}

export function PanelFrame() {
  const narrow = useMedia(NARROW);
  const open = useDrawerOpen();
  const setDrawer = useStore((s) => s.setDrawer);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const before = document.activeElement;
    // Its first button, where the focus is seen.
    if (!frame.current?.contains(before)) frame.current?.querySelector('button')?.focus();
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setDrawer(false);
    };
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('keydown', close);
      if (before instanceof HTMLElement) before.focus();
    };
  }, [open, setDrawer]);
  return (
    <>
      {open && <div className={classes.backdrop} aria-hidden="true" onClick={() => setDrawer(false)} />}
      <div
        ref={frame}
        className={`${classes.frame} ${open ? classes.frameOpen : ''}`}
        inert={narrow && !open}
        {...(open && { role: 'dialog', 'aria-label': 'Experiment' })}
      >
        {open && (
          <div className={classes.drawerHead}>
            <h2>Experiment</h2>
            <button
              type="button"
              className={`${controls.button} ${controls.iconButton}`}
              aria-label="Close"
              onClick={() => setDrawer(false)}
            >
              <IconX size={16} stroke={1.75} aria-hidden="true" />
            </button>
          </div>
        )}
        <LeftPanel />
      </div>
    </>
  );
}
