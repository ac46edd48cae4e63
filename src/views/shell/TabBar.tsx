// The tabs of the centre.
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from '../../store/store.ts';
import { type PanelId, panels } from '../panels/index.ts';
import classes from './tabBar.module.css';

export function TabBar({ tab }: { tab: PanelId }) {
  const setTab = useStore((s) => s.setTab);
  const list = useRef<HTMLDivElement>(null);
  const ids = Object.keys(panels);
  // On a phone the tabs scroll sideways.
  useEffect(() => {
    list.current?.querySelector(`#tab-${tab}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  const move = (event: KeyboardEvent) => {
    const at = ids.indexOf(tab);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = ids[(target + ids.length) % ids.length] as string;
    setTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <nav className={classes.tabBar} aria-label="Views">
      <div ref={list} role="tablist" className={classes.tabs} onKeyDown={move}>
        {Object.entries(panels).map(([id, { label }]) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === tab}
            aria-controls="panel"
            tabIndex={id === tab ? 0 : -1}
            onClick={() => setTab(id)}
          >
            {label}
          </button>
        ))}
      </div>
    </nav>
  );
}
