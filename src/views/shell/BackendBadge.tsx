// The active backend, and why it was chosen: always on screen, with a list of every backend tried.
import { Popover } from '@mantine/core';
import { type BackendReport, type BackendRequest, backendName } from '../../engine/protocol/backend.ts';
import { controlledRunId, firstEngine, hasActiveRun } from '../../store/engines.ts';
import { useStore } from '../../store/store.ts';
import classes from './backendBadge.module.css';
import controls from './controls.module.css';

const CHOICES: readonly { value: BackendRequest['backend']; label: string }[] = [
  { value: 'auto', label: 'Best that starts (auto)' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'wasm', label: 'wasm' },
  { value: 'cpu', label: 'JavaScript' },
];

/** "WebGPU · Apple M2", "wasm · no GPU found" */
export function backendTitle(report: BackendReport): string {
  if (report.active === 'webgpu') return `WebGPU · ${report.adapter}`;
  const gpu = report.tried.find((t) => t.id === 'webgpu')?.outcome.replace(/\.$/, '');
  return `${report.active} · ${gpu ?? report.adapter}`;
}

export function BackendBadge() {
  const backend = useStore((s) => firstEngine(s).backend);
  const engine = useStore((s) => firstEngine(s).status);
  const request = useStore((s) => s.backendRequest);
  const active = useStore(hasActiveRun);
  const notes = useStore((s) => s.runs.find((r) => r.runId === controlledRunId(s))?.notes);
  const restartEngine = useStore((s) => s.restartEngine);
  const dot =
    engine === 'failed'
      ? controls.bad
      : backend?.active === 'webgpu' && !backend.software
        ? controls.good
        : backend
          ? controls.warning
          : '';
  const title = backend ? backendTitle(backend) : engine === 'failed' ? 'engine stopped' : 'starting';
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <button type="button" className={classes.badge} aria-label={`Backend: ${title}`}>
          <span className={classes.badgePill}>
            <span className={`${controls.stateDot} ${dot}`} />
            <span>{title}</span>
          </span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.details}>
          {backend && (
            <dl>
              <dt>Backend</dt>
              <dd>
                {backendName(backend)}
                {backend.active === 'wasm' && '. Other browsers may round the last digits differently.'}
              </dd>
              <dt>Why</dt>
              <dd>{backend.reason}</dd>
              {backend.tried.map((t) => [
                <dt key={`${t.id} name`}>{t.id}</dt>,
                <dd key={`${t.id} outcome`}>{t.outcome}</dd>,
              ])}
              {notes?.map(({ text }) => [<dt key={`${text} name`}>This run</dt>, <dd key={text}>{text}</dd>])}
            </dl>
          )}
          <label>
            Use
            <select
              value={request.backend}
              disabled={active}
              onChange={(event) =>
                restartEngine({
                  request: { ...request, backend: event.currentTarget.value as BackendRequest['backend'] },
                })
              }
            >
              {CHOICES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label>
            <input
              type="checkbox"
              checked={request.allowSoftwareAdapter}
              disabled={active}
              onChange={(event) =>
                restartEngine({ request: { ...request, allowSoftwareAdapter: event.currentTarget.checked } })
              }
            />
            Accept a software GPU, which is slower than wasm
          </label>
          {active && <span>Stop the run to change the backend.</span>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
