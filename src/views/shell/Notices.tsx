// Cards above the charts that say what is wrong or what could go on: engine, links, storage, an unfinished run.
import type { ReactNode } from 'react';
import { formatIssue } from '../../engine/core/errors.ts';
import { useStore } from '../../store/store.ts';
import { formatCount } from '../charts/format.ts';
import classes from './shell.module.css';

interface NoticeProps {
  title: string;
  tone?: 'error' | 'warning';
  children: ReactNode;
  actions: ReactNode;
}

function Notice({ title, tone, children, actions }: NoticeProps) {
  const color = tone === 'error' ? classes.isError : tone === 'warning' ? classes.isWarning : '';
  return (
    <section className={`${classes.notice} ${color}`} role={tone === 'error' ? 'alert' : 'status'}>
      <div>
        <h2>{title}</h2>
        {children}
      </div>
      <div className={classes.noticeActions}>{actions}</div>
    </section>
  );
}

const Button = ({
  onClick,
  primary,
  children,
}: {
  onClick(): void;
  primary?: boolean;
  children: ReactNode;
}) => (
  <button type="button" className={`${classes.button} ${primary ? classes.primary : ''}`} onClick={onClick}>
    {children}
  </button>
);

export function Notices() {
  return (
    <>
      <EngineNotice />
      <SourceNotice />
      <UnfinishedNotice />
      <StorageNotice />
    </>
  );
}

function EngineNotice() {
  const error = useStore((s) => s.engineError);
  const restartEngine = useStore((s) => s.restartEngine);
  if (!error) return null;
  return (
    <Notice
      title="The engine stopped"
      tone="error"
      actions={
        <>
          <Button primary onClick={() => restartEngine()}>
            Restart engine
          </Button>
          <Button onClick={() => restartEngine({ backend: 'wasm', allowSoftwareAdapter: false })}>
            Restart on wasm
          </Button>
        </>
      }
    >
      <p>{error.message}</p>
    </Notice>
  );
}

function SourceNotice() {
  const source = useStore((s) => s.sourceIssues);
  const dismiss = useStore((s) => s.dismissSourceIssues);
  if (!source) return null;
  return (
    <Notice title={source.title} tone="warning" actions={<Button onClick={dismiss}>Dismiss</Button>}>
      <ul>
        {source.issues.map((issue) => (
          <li key={issue.path}>{formatIssue(issue)}</li>
        ))}
      </ul>
    </Notice>
  );
}

function UnfinishedNotice() {
  const checkpoint = useStore((s) => s.unfinished);
  const ready = useStore((s) => s.engine === 'ready' && s.activeRunId === null);
  const { resumeUnfinished, discardUnfinished } = useStore.getState();
  if (!checkpoint || !ready) return null;
  return (
    <Notice
      title="A run was interrupted"
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

function StorageNotice() {
  const note = useStore((s) => s.storageNote);
  if (!note) return null;
  return (
    <Notice title="Nothing is kept over a reload" actions={null}>
      <p>{note}</p>
    </Notice>
  );
}
