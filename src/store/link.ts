// The address holds the whole experiment and the view: to share it, and so that a reload shows the same again.
import type { StoreApi } from 'zustand';
import { encodeExperiment, MAX_LINK } from '../engine/config/codec.ts';
import type { Environment } from './context.ts';
import type { AppState } from './state.ts';
import { encodeView } from './view.ts';

/** Browsers refuse more than a few hundred changes of the address a minute. */
const ADDRESS_MS = 500;

type Linked = Pick<AppState, 'catalog' | 'experiment' | 'tab' | 'view'>;

/** Whether a link can hold it; a file can in any case. */
export const fitsLink = (query: string): boolean => query.length <= MAX_LINK;

/** @returns the query without its question mark; empty until the engine has said what it offers */
export function linkQuery({ catalog, experiment, tab, view }: Linked): string {
  return catalog && experiment ? encodeExperiment(experiment, catalog, encodeView({ tab, view })) : '';
}

/** Writes the address after every change of the user's; one that was opened stays as it is until then. */
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
    // An address that holds another experiment than the one on screen would be worse than one that holds none.
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
