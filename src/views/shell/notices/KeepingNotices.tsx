// Notices of what is kept: an interrupted run, storage, and a new version of the page.
import { canBegin, hasActiveRun } from '../../../store/engines.ts';
import { useStore } from '../../../store/store.ts';
import { formatCount } from '../../charts/format.ts';
import { Button, Notice } from './Notice.tsx';

export function UnfinishedNotice() {
  const checkpoint = useStore((s) => s.unfinished);
  const ready = useStore(canBegin);
  const { resumeUnfinished, discardUnfinished } = useStore.getState();
  if (!checkpoint || !ready) return null;
  return (
    <Notice
      title="A run was interrupted"
      tone="plain"
      actions={
        <>
          <Button primary onClick={resumeUnfinished}>
            Go on from step {formatCount(checkpoint.step)}
          </Button>
          <Button onClick={discardUnfinished}>Discard</Button>
        </>
      }
    >
      <p>
        Its last checkpoint was kept on {new Date(checkpoint.savedAt).toLocaleString()}: epoch{' '}
        {checkpoint.epoch}, seed {checkpoint.seedIndex + 1} of {checkpoint.seeds.length}.
      </p>
    </Notice>
  );
}

/** A run could not be stored: it is complete in this page, and the user chooses what to do. */
export function KeepingNotice() {
  const trouble = useStore((s) => s.keepTrouble);
  const { freeStorage, retryKeeping, dismissTrouble } = useStore.getState();
  if (!trouble) return null;
  const { kind, message, unkept } = trouble;
  const runs = unkept.length === 1 ? '1 run is' : `${unkept.length} runs are`;
  return (
    <Notice
      title={kind === 'full' ? 'Storage is full' : 'Runs cannot be stored here'}
      tone="warning"
      actions={
        <>
          {kind === 'full' && (
            <Button primary onClick={() => void freeStorage()}>
              Drop stored measurements and weights
            </Button>
          )}
          <Button primary={kind !== 'full'} onClick={() => void retryKeeping()}>
            Try again
          </Button>
          <Button onClick={dismissTrouble}>Go on without</Button>
        </>
      }
    >
      <p>
        {message} {runs} in this page alone: nothing is lost until it is closed.
        {kind === 'full' &&
          ' Starred runs and all results stay; other runs lose their stored attention, experts and mask tests, and their weights.'}
      </p>
    </Notice>
  );
}

export function StorageNotice() {
  const note = useStore((s) => s.storageNote);
  if (!note) return null;
  return (
    <Notice
      title="Nothing is kept over a reload"
      tone="plain"
      // An empty note counts as read, and is not shown again.
      actions={<Button onClick={() => useStore.setState({ storageNote: '' })}>Dismiss</Button>}
    >
      <p>{note}</p>
    </Notice>
  );
}

/** Offered, never forced: the page stays until the user asks for the new version. */
export function VersionNotice() {
  const take = useStore((s) => s.takeNewVersion);
  const active = useStore(hasActiveRun);
  if (!take) return null;
  return (
    <Notice
      title="A new version of the workbench is here"
      tone="plain"
      actions={
        <>
          <Button primary={!active} onClick={take}>
            Reload and use it
          </Button>
          <Button onClick={() => useStore.setState({ takeNewVersion: null })}>Later</Button>
        </>
      }
    >
      <p>
        {active
          ? 'The run that goes on would continue from its last checkpoint after the reload.'
          : 'A reload brings it; settings, view and runs stay, and the run on screen is shown again.'}
      </p>
    </Notice>
  );
}
