// Copies a link to the experiment and the view. A tick says so; what else there is to say stands in `ShareNote`.
import { IconCheck, IconShare2 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { fileNameOf, SPLIT_FILES } from '../../engine/config/tableInput.ts';
import { backendName } from '../../engine/protocol/backend.ts';
import type { AppState, ShareNote } from '../../store/state.ts';
import { openLink, useStore } from '../../store/store.ts';
import { EXAMPLES } from '../controls/FileControl.tsx';
import controls from './controls.module.css';
import { SHARE_BUTTON, shareText } from './ShareNote.tsx';
import classes from './share.module.css';

const TICK_MS = 6000;

/** Files of the user that a link does not hold; the recipient is asked for them by name. */
function filesApart({ experiment, catalog }: AppState): string | null {
  const name = experiment && fileNameOf(experiment, catalog);
  if (!name) return null;
  const splits = Object.values(SPLIT_FILES)
    .map((key) => experiment.data.params[key])
    .filter(Boolean);
  return [...(EXAMPLES.includes(name) ? [] : [name]), ...splits].join(' and ') || null;
}

/** The backend of the numbers on screen; null for the example, which is the same everywhere. */
function backendOfNumbers({ runs, shownRunId }: AppState): string | null {
  const run = runs.find((r) => r.runId === shownRunId);
  return run?.backend && !run.isExample ? backendName(run.backend) : null;
}

async function share(): Promise<ShareNote> {
  const opened = openLink();
  if ('tooLong' in opened) return { kind: 'too-long', length: opened.tooLong };
  const { link } = opened;
  const state = useStore.getState();
  try {
    await navigator.clipboard.writeText(link);
    return { kind: 'copied', apart: filesApart(state), backend: backendOfNumbers(state) };
  } catch {
    return { kind: 'refused', link };
  }
}

export function ShareButton() {
  const [said, setSaid] = useState('');
  const [ticked, setTicked] = useState(0);
  useEffect(() => {
    if (ticked === 0) return;
    const timer = setTimeout(() => setTicked(0), TICK_MS);
    return () => clearTimeout(timer);
  }, [ticked]);
  const press = async () => {
    const note = await share();
    const isPlain = note.kind === 'copied' && note.apart === null && note.backend === null;
    useStore.setState({ shareNote: isPlain ? null : note });
    setSaid(shareText(note));
    setTicked((count) => (note.kind === 'copied' ? count + 1 : 0));
  };
  const Icon = ticked > 0 ? IconCheck : IconShare2;
  return (
    <>
      <button
        id={SHARE_BUTTON}
        type="button"
        className={`${controls.button} ${classes.shareButton}`}
        title="Copy a link to this experiment and view"
        onClick={press}
      >
        <Icon size={16} stroke={1.75} aria-hidden="true" />
        <span className={classes.shareWord}>Share</span>
      </button>
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </>
  );
}
