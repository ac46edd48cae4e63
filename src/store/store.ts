// The page's store, and what starts it.
import { create } from 'zustand';
import { keepForOffline } from '../client/offline.ts';
import { createAppState } from './appState.ts';
import { embeddedOf } from './embed.ts';
import { firstEngine } from './engines.ts';
import { browserEnvironment as env } from './environment.ts';
import { keepOnScreen } from './lastShown.ts';
import { fitsLink, keepAddress, linkQuery } from './link.ts';
import { readRecording } from './replay.ts';

export const useStore = create(createAppState(env));

/** Resolved when the first engine has started, or has failed to: what nobody waits for is loaded after that. */
export const engineStarted = new Promise<void>((resolve) => {
  const stop = useStore.subscribe((state) => {
    if (firstEngine(state).status === 'starting') return;
    stop();
    resolve();
  });
});

/** Starts the engine, shows the example and looks for an interrupted run; called once. */
export function boot(): void {
  const { restartEngine, showExample } = useStore.getState();
  restartEngine();
  // Opening another link in the same tab changes only the part behind the #, which does not reload the page.
  addEventListener('hashchange', () => {
    env.lastShown.write(null);
    location.reload();
  });
  keepAddress(useStore, env);
  // Browsers may close a hidden page without an event, so pending writes are done when the page is hidden.
  addEventListener('pagehide', () => useStore.getState().keepNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') useStore.getState().keepNow();
  });
  env
    .fetchFile('examples/first-run.json')
    .then((bytes) => showExample(readRecording(new TextDecoder().decode(bytes))))
    .catch(() => {
      // If the example cannot be loaded, the page shows that there are no runs yet.
    });
  const { loadKept, loadSweeps } = useStore.getState();
  void loadKept().then(() => {
    // A frame shows what its own address says.
    if (!embeddedOf(location.search)) void keepOnScreen(useStore, env);
    return loadSweeps();
  });
  // It fetches megabytes, which must not delay what Run needs.
  if (import.meta.env.PROD)
    void engineStarted.then(() =>
      keepForOffline((takeNewVersion) => useStore.setState({ takeNewVersion })).catch(() => {
        // Not every browser or host allows it; the page works without.
      }),
    );
  env.checkpoints
    .findUnfinished()
    .then((unfinished) => useStore.setState({ unfinished }))
    .catch(useStore.getState().noteStorage);
}

/** Writes the link to what is on screen into the address, and returns it; its length if it is too long for a link. */
export function openLink(): { link: string } | { tooLong: number } {
  const query = linkQuery(useStore.getState());
  if (!fitsLink(query)) return { tooLong: query.length };
  env.writeQuery(query);
  return { link: location.href };
}

/** Saves the experiment on screen as a file. */
export function saveExperiment(): void {
  const { experiment } = useStore.getState();
  saveText('experiment.json', `${JSON.stringify(experiment, null, 2)}\n`);
}

/** Offers text as a file. */
export const saveText = (name: string, text: string): void =>
  env.saveFile(name, new TextEncoder().encode(text));
