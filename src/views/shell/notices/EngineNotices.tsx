// Notices of the engine: it stopped, is silent, or lost its GPU; and what browsers withhold from a page over plain http.
import { useState } from 'react';
import type { Silence } from '../../../client/watchdog.ts';
import { failedEngine, silentEngine } from '../../../store/engines.ts';
import { useStore } from '../../../store/store.ts';
import { formatCount } from '../../charts/format.ts';
import { Button, Notice } from './Notice.tsx';

export function EngineNotice() {
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
      <p>{error.message.replace(/^The engine stopped: /, '')}</p>
    </Notice>
  );
}

const SILENCES: Record<Silence, string> = {
  'no-answer': 'Nothing has been heard from it for 20 seconds.',
  'no-work': 'It answers, but its run has not moved for 30 seconds.',
  'no-end': 'It was told to stop, and its run has not ended.',
};

/** For an engine that may be dead or busy: the user may know which, and can wait. */
export function SilenceNotice() {
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

export function RecoveryNotice() {
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
export function InsecureNotice() {
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
