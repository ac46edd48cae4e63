// The first minute: what the workbench is, in a sentence, and three ways to start. Disappears with the first run of the user.
import { useState } from 'react';
import { canBegin } from '../../store/engines.ts';
import { useStore } from '../../store/store.ts';
import controls from './controls.module.css';
import { focusViews } from './focusViews.ts';
import { openFiles } from './opening/openFile.ts';
import classes from './welcome.module.css';

export function Welcome() {
  const [isClosed, setClosed] = useState(false);
  const isNew = useStore(
    (s) => s.runs.every((r) => r.isExample) && s.kept?.length === 0 && s.view.lesson === null,
  );
  const ready = useStore((s) => canBegin(s) && s.experiment !== null && s.issues.length === 0);
  const { start, setTab } = useStore.getState();
  if (!isNew || isClosed) return null;
  // The card goes away with the button that had the focus.
  const leave = (how: () => void, tab?: string) => {
    how();
    focusViews(tab);
  };
  return (
    <section className={classes.welcome} aria-label="First steps">
      <p>
        <b>One network learns several columns of a table at once</b>, and you see, task by task, whether that
        helps or hurts. Everything trains in this page; nothing leaves your machine. Below is an example that
        has been run.
      </p>
      <div className={classes.ways}>
        <button
          type="button"
          className={`${controls.button} ${controls.primary}`}
          disabled={!ready}
          onClick={() => leave(start)}
        >
          Watch it train
        </button>
        <button
          type="button"
          className={controls.button}
          onClick={() => leave(() => setTab('learn'), 'learn')}
        >
          Take a lesson of five minutes
        </button>
        <label className={`${controls.button} ${classes.wayFile}`}>
          Use a table of my own
          <input
            type="file"
            aria-label="Use a table of my own"
            onChange={({ currentTarget }) => {
              const files = Array.from(currentTarget.files ?? []);
              currentTarget.value = '';
              const { file } = useStore.getState();
              // Another kind of file is shown where it belongs, and one that was refused nowhere.
              void openFiles(files).then(() => useStore.getState().file !== file && setTab('data'));
            }}
          />
        </label>
        <button type="button" className={controls.linkButton} onClick={() => leave(() => setClosed(true))}>
          Close
        </button>
      </div>
    </section>
  );
}
