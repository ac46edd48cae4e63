// The address holds the whole experiment and the view, for sharing and for reloads.
import type { StoreApi } from 'zustand';
import { encodeExperiment, MAX_LINK } from '../engine/config/codec.ts';
import type { Environment } from './context.ts';
import type { AppState } from './state.ts';
import { encodeView } from './view.ts';

/** Milliseconds between two changes of the address: browsers refuse more than a few hundred a minute. */
const ADDRESS_MS = 500;

type Linked = Pick<AppState, 'catalog' | 'experiment' | 'tab' | 'view'>;

/** Whether a link can hold the query; a file always can. */
export const fitsLink = (query: string): boolean => query.length <= MAX_LINK;

/** @returns the query without its question mark; empty until the engine has sent its catalog */
export function linkQuery({ catalog, experiment, tab, view }: Linked): string {
  return catalog && experiment ? encodeExperiment(experiment, catalog, encodeView({ tab, view })) : '';
}

/** Updates the address after every change by the user; an address that was opened stays unchanged until then. */
export function keepAddress(store: StoreApi<AppState>, env: Pick<Environment, 'writeQuery'>): void {
  let written: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const state = store.getState();
    const query = linkQuery(state);
    if (query === written) return;
    written = query;
    const { backend, allowSoftwareAdapter } = state.backendRequest;
    const engine = new URLSearchParams();
    if (backend !== 'auto') engine.set('view.backend', backend);
    if (allowSoftwareAdapter) engine.set('view.software', 'true');
    // No experiment in the address is better than another one than that on screen.
    env.writeQuery([fitsLink(query) ? query : '', engine.toString()].filter(Boolean).join('&'));
  };
  store.subscribe((now, before) => {
    if (!now.experiment) return;
    if (written === null) written = linkQuery(before.experiment ? before : now);
    if (now.experiment === before.experiment && now.tab === before.tab && now.view === before.view) return;
    clearTimeout(timer);
    timer = setTimeout(write, ADDRESS_MS);
  });
}
