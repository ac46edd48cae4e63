// The page's store, and what starts it.
import { create } from 'zustand';
import { createAppState } from './appState.ts';
import { browserEnvironment as env } from './environment.ts';
import { keepAddress, linkQuery } from './link.ts';
import { readRecording } from './replay.ts';

export const useStore = create(createAppState(env));

/** Starts the engine, shows the example and looks for an interrupted run; called once. */
export function boot(): void {
  const { restartEngine, showExample } = useStore.getState();
  restartEngine();
  keepAddress(useStore, env);
  env
    .fetchFile('examples/first-run.json')
    .then((bytes) => showExample(readRecording(new TextDecoder().decode(bytes))))
    .catch(() => {
      // Without the example the page says that there are no runs yet.
    });
  env.checkpoints
    .findUnfinished()
    .then((unfinished) => useStore.setState({ unfinished }))
    .catch(useStore.getState().noteStorage);
}

/** Puts the link to what is on screen into the address, and returns it. */
export function openLink(): string {
  env.writeQuery(linkQuery(useStore.getState()));
  return location.href;
}
