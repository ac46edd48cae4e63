// Notices above the charts: engine, links, storage, an unfinished run.
import { useState } from 'react';
import type { Silence } from '../../client/watchdog.ts';
import { can } from '../../engine/config/capabilities.ts';
import { settingAt } from '../../engine/config/changes.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import { needsFile } from '../../engine/config/tableInput.ts';
import { formatIssue } from '../../engine/core/errors.ts';
import { canBegin, failedEngine, hasActiveRun, silentEngine } from '../../store/engines.ts';
import { labelled } from '../../store/labels.ts';
import { useStore } from '../../store/store.ts';
import { formatCount, plural } from '../charts/format.ts';
import { RefusedButtons } from '../controls/RefusedButtons.tsx';
import { Button, Notice } from './Notice.tsx';
import { measureWeights } from './opening/measureWeights.ts';
import { rowPath, showRow } from './paths.ts';
import { useSettingsPlace } from './settingsPlace.ts';
import { NARROW } from './useMedia.ts';

export function Notices() {
  return (
    <>
      <EngineNotice />
      <SilenceNotice />
      <RecoveryNotice />
      <InsecureNotice />
      <SourceNotice />
      <CannotRunNotice />
      <OpenedNotice />
      <UnfinishedNotice />
      <StorageNotice />
      <KeepingNotice />
      <VersionNotice />
    </>
  );
}

function EngineNotice() {
  const error = useStore((s) => failedEngine(s)?.error);
  const restartEngine = useStore((s) => s.restartEngine);
  const interrupted = useStore((s) => {
    const run = s.runs.find((r) => r.runId === s.shownRunId);
    return run?.status === 'stopped' && run.error && run.checkpointStep !== null ? run : null;
  });
  const resumable = interrupted?.runId;
  if (!error) return null;
  return (
    <Notice
      title="The engine stopped"
      tone="error"
      actions={
        <>
          {interrupted && (
            <Button primary onClick={() => restartEngine({ resume: resumable })}>
              Restart and go on from step {formatCount(interrupted.checkpointStep ?? 0)}
            </Button>
          )}
          <Button primary={!interrupted} onClick={() => restartEngine()}>
            Restart engine
          </Button>
          <Button
            onClick={() => restartEngine({ request: { backend: 'wasm', allowSoftwareAdapter: false } })}
          >
            Restart on wasm
          </Button>
        </>
      }
    >
      <p>{error.message}</p>
    </Notice>
  );
}

const SILENCES: Record<Silence, string> = {
  'no-answer': 'Nothing has been heard from it for 20 seconds.',
  'no-work': 'It answers, but its run has not moved for 30 seconds.',
  'no-end': 'It was told to stop, and its run has not ended.',
};

/** For an engine that may be dead or busy: the user may know which, and can wait. */
function SilenceNotice() {
  const silent = useStore(silentEngine);
  const run = useStore((s) => s.runs.find((r) => r.runId === silent?.runId));
  const restartEngine = useStore((s) => s.restartEngine);
  if (!silent?.silence) return null;
  const at = run?.checkpointStep ?? null;
  const onward = at === null ? 'begin the run again' : `go on from step ${formatCount(at)}`;
  return (
    <Notice
      title="The engine is silent"
      tone="warning"
      actions={
        <>
          {run && silent.silence !== 'no-end' && (
            <Button primary onClick={() => restartEngine({ resume: run.runId })}>
              Restart and {onward}
            </Button>
          )}
          <Button onClick={() => restartEngine()}>Restart engine</Button>
        </>
      }
    >
      <p>
        {SILENCES[silent.silence]} It may be at a long step, or its driver may hang, or it has crashed. This
        notice goes when it goes on. Curves and results so far are kept, whatever you choose.
      </p>
    </Notice>
  );
}

function RecoveryNotice() {
  const note = useStore((s) => s.recoveryNote);
  if (!note) return null;
  return (
    <Notice
      title="The GPU was lost"
      tone="warning"
      actions={<Button onClick={() => useStore.setState({ recoveryNote: null })}>Dismiss</Button>}
    >
      <p>{note}</p>
    </Notice>
  );
}

/** Names what browsers withhold from a page loaded over plain http from another machine. */
function InsecureNotice() {
  const [isRead, setRead] = useState(isSecureContext);
  if (isRead) return null;
  return (
    <Notice
      title="This page came over plain http"
      tone="plain"
      actions={<Button onClick={() => setRead(true)}>Dismiss</Button>}
    >
      <p>
        Browsers then give it no WebGPU, no copying, no promise to keep what is stored, and no locks between
        tabs: training runs on wasm, and only one tab should be open. Open it by https, or on the machine that
        serves it as http://localhost, for all of it.
      </p>
    </Notice>
  );
}

function SourceNotice() {
  const source = useStore((s) => s.sourceIssues);
  const dismiss = useStore((s) => s.dismissSourceIssues);
  const place = useSettingsPlace();
  // Beside the table's own controls they are offered there.
  const hasControls = place === 'left' || place === 'sheet';
  const isOffered = useStore((s) => hasControls && needsFile(s.experiment, s.catalog));
  if (!source) return null;
  return (
    <Notice title={source.title} tone="warning" actions={<Button onClick={dismiss}>Dismiss</Button>}>
      <ul>
        {source.issues.map((issue) => (
          <li key={formatIssue(issue)}>{formatIssue(issue)}</li>
        ))}
      </ul>
      {!isOffered && <RefusedButtons />}
    </Notice>
  );
}

/** Where the settings are out of sight: beside the charts the panel says so itself. */
function CannotRunNotice() {
  const place = useSettingsPlace();
  const issue = useStore((s) => s.issues[0]);
  const more = useStore((s) => s.issues.length - 1);
  const experiment = useStore((s) => s.experiment);
  const catalog = useStore((s) => s.catalog);
  // Of a file that was refused while another stays, its own notice says why.
  const fileError = useStore((s) => (s.preview === null ? s.fileError : null));
  const { setDrawer, setView } = useStore.getState();
  if (place === 'left' || !issue) return null;
  // Whoever reads this does not see the field: its label, or the place within it.
  const row = rowPath(issue.path);
  const isWhole = row === issue.path.replace('.params.', '.');
  const label = isWhole && experiment && catalog ? settingAt(experiment, row, catalog)?.label : undefined;
  const show = () => {
    setView({ stage: false });
    if (matchMedia(NARROW).matches) setDrawer(true);
    // The settings are drawn first, and the sheet takes the focus when it opens.
    requestAnimationFrame(() => requestAnimationFrame(() => showRow(row)));
  };
  return (
    <Notice
      title="This experiment cannot run"
      tone="warning"
      actions={
        place !== 'elsewhere' && (
          <Button onClick={show}>{place === 'sheet' ? 'Show' : 'Leave the stage and show'}</Button>
        )
      }
    >
      <p>
        {labelled(fileError?.message ?? formatIssue({ ...issue, path: label ?? issue.path }))}
        {more > 0 && ` ${plural(more, 'more setting')} cannot run either.`}
      </p>
    </Notice>
  );
}

/** Describes an opened file, with the possible actions. */
function OpenedNotice() {
  const opened = useStore((s) => s.opened);
  const ready = useStore(canBegin);
  const isLeft = useSettingsPlace() === 'left';
  if (!opened) return null;
  const { title, text, weights } = opened;
  const dismiss = () => useStore.setState({ opened: null });
  const measure = (experiment: Experiment | null) => {
    dismiss();
    if (weights) measureWeights(weights, experiment);
  };
  const lookInside = () => {
    const { experiment: left, catalog, setTab } = useStore.getState();
    const experiment = weights?.experiment ?? left;
    if (!experiment) return;
    measure(alone(experiment));
    if (can(catalog?.models ?? [], experiment.model.id, 'attention')) setTab('attention');
  };
  return (
    <Notice
      title={title}
      tone="plain"
      stacked={weights !== null}
      actions={
        <>
          {weights?.experiment && ready && (
            <Button primary onClick={() => measure(weights.experiment)}>
              Measure with the settings in the file
            </Button>
          )}
          {weights && ready && (
            <Button primary={!weights.experiment} onClick={() => measure(null)}>
              {isLeft ? 'Measure with those on the left' : 'Measure with what is set'}
            </Button>
          )}
          {weights && ready && <Button onClick={lookInside}>Look inside, train nothing</Button>}
          <Button onClick={dismiss}>Dismiss</Button>
        </>
      }
    >
      <p>
        {text}
        {weights &&
          ' Measuring a gain trains the baseline beside it; looking inside leaves baseline, twin and further networks out.'}
      </p>
    </Notice>
  );
}

/** The experiment with the model as its only network. */
const alone = (experiment: Experiment): Experiment => ({
  ...experiment,
  baseline: null,
  compare: [],
  training: { ...experiment.training, twin: 'off' },
});

function UnfinishedNotice() {
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
function KeepingNotice() {
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

function StorageNotice() {
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
function VersionNotice() {
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
