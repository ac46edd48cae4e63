// A failed run: what happened, where it began, what to do. The curves below stay.

import { IconCircleX, IconCopy, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { ErrorReport, NumericFault } from '../../engine/core/errors.ts';
import { backendName } from '../../engine/protocol/backend.ts';
import { canBegin, failedEngine } from '../../store/engines.ts';
import { useLossPoints } from '../../store/hooks.ts';
import { labelled } from '../../store/labels.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { saveText, useStore } from '../../store/store.ts';
import { formatCount, formatShort, plural } from '../charts/format.ts';
import controls from './controls.module.css';
import classes from './errorCard.module.css';
import { focusRun } from './focusRun.ts';
import { type SaidOnce, saidOnce } from './headline.ts';
import { measureWeights } from './opening/measureWeights.ts';
import { applyRemedies, remediesFor } from './remedies.ts';
import { networkIn } from './runNames.ts';

export function RunErrorCard({ run }: { run: RunRecord }) {
  const { error } = run;
  // The engine's notice has the same message, and the remedy.
  const engineSaysSo = useStore((s) => failedEngine(s)?.error?.message === error?.message);
  // Weights that are measured draw none.
  const hasCurves = useLossPoints('model') !== null || run.checkpointStep !== null;
  if (!error || engineSaysSo) return null;
  // A fault has places and remedies of its own below the text.
  const said = saidOnce(error.fault ? { message: error.message, issues: [] } : error);
  return (
    <section className={classes.errorCard} role="alert">
      <div className={classes.errorHead}>
        <IconCircleX size={20} stroke={1.75} color="var(--error)" aria-hidden="true" />
        <div>
          <h2>{labelled(said.headline)}</h2>
          {said.details.map((line) => (
            <p key={line}>{labelled(line)}</p>
          ))}
          {hasCurves && (
            <p>
              {run.checkpointStep === null
                ? 'Curves drawn so far are kept.'
                : `Curves and weights up to the checkpoint at step ${formatCount(run.checkpointStep)} are kept.`}
            </p>
          )}
        </div>
        <CopyReport run={run} />
      </div>
      {error.fault ? (
        <div className={classes.errorBody}>
          <Where run={run} />
          {error.fault.weightsFile === undefined ? <WhatToDo run={run} /> : <WhatToGive error={error} />}
        </div>
      ) : (
        (error.issues.length > 0 || run.checkpointStep !== null) && (
          <div className={classes.errorBody}>
            <section>
              <h3>What to do</h3>
              {said.remedy !== null && <p>{labelled(said.remedy)}</p>}
              <div className={classes.offers}>
                <WithFileSettings error={error} />
                <ResumeButton run={run} />
              </div>
              <Issues lines={said.lines} />
            </section>
          </div>
        )
      )}
    </section>
  );
}

/** One by one, below the remedy that they share and what is offered: there may be hundreds. */
function Issues({ lines }: Pick<SaidOnce, 'lines'>) {
  if (lines.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard
    <ul className={classes.issueList} tabIndex={0} aria-label="What is wrong, one by one">
      {lines.map((line) => (
        <li key={line}>{labelled(line)}</li>
      ))}
    </ul>
  );
}

/** Weights that do not fit the settings on the left, with those of their file. */
function WithFileSettings({ error }: { error: ErrorReport }) {
  const weights = useStore((s) => s.measured);
  const ready = useStore(canBegin);
  if (!weights?.experiment || !error.message.startsWith(`${weights.input.name} does not fit`)) return null;
  return (
    <button
      type="button"
      className={`${controls.button} ${controls.primary}`}
      disabled={!ready}
      onClick={() => measureWeights(weights, weights.experiment)}
    >
      Use the settings in the file, and measure
    </button>
  );
}

function Where({ run }: { run: RunRecord }) {
  const fault = run.error?.fault;
  if (!fault) return null;
  const size = Math.max(
    1,
    fault.shape.reduce((a, b) => a * b, 1),
  );
  const facts: [string, string][] = [
    ['Kind', fault.shape.length > 0 ? `${fault.kind}, shape [${fault.shape.join(', ')}]` : fault.kind],
    [
      'Values',
      fault.nonFinite === 0
        ? 'finite, their norm is beyond float32'
        : `${fault.nonFinite} of ${size} NaN or infinite`,
    ],
    [
      'Found in',
      `${networkIn(run, fault.role)}, seed ${fault.seed}, epoch ${fault.epoch}, ${placeOf(run, fault)}`,
    ],
    ['Task', fault.task ?? 'shared by all tasks'],
    ...gradientFact(fault),
    [
      'Targets',
      run.experiment.data.params.standardiseTargets === false ? 'not standardised' : 'standardised',
    ],
    ['Backend', run.backend ? `${backendName(run.backend)}, float32` : 'unknown'],
  ];
  return (
    <section>
      <h3>Where it began</h3>
      <dl>
        <dt>First bad tensor</dt>
        <dd>
          <code>{fault.tensor}</code>
        </dd>
        {facts.map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
    </section>
  );
}

/** The gradient norm of the previous step; an evaluation has no gradients. */
function gradientFact({ evaluation, previousGradientNorm: norm }: NumericFault): [string, string][] {
  if (evaluation) return [];
  return [['Gradient norm', norm === null ? 'first step' : `${formatShort(norm)} one step before`]];
}

/** The row of an evaluation; or the batch within the epoch, if the number of batches is known. */
function placeOf(run: RunRecord, { seed, step, evaluation }: NumericFault): string {
  if (evaluation) return `${evaluation.split} split, row ${evaluation.row}`;
  const perEpoch = run.seedStates.find((s) => s.seed === seed)?.stepsPerEpoch;
  return perEpoch ? `batch ${((step - 1) % perEpoch) + 1} of ${perEpoch}` : `step ${step}`;
}

function ResumeButton({ run }: { run: RunRecord }) {
  const busy = useStore((s) => !canBegin(s));
  const resume = useStore((s) => s.resumeFromCheckpoint);
  if (run.checkpointStep === null) return null;
  return (
    <button type="button" className={controls.button} disabled={busy} onClick={() => resume(run.runId)}>
      Resume from step {formatCount(run.checkpointStep)}
    </button>
  );
}

/** Weights that are measured are not trained, so no setting of training helps. */
function WhatToGive({ error: { issues } }: { error: ErrorReport }) {
  return (
    <section>
      <h3>What to do</h3>
      {issues.map(({ path, remedy }) => (
        <p key={path}>{remedy}</p>
      ))}
    </section>
  );
}

function WhatToDo({ run }: { run: RunRecord }) {
  const catalog = useStore((s) => s.catalog);
  const busy = useStore((s) => !canBegin(s));
  const { setExperiment, start } = useStore.getState();
  const remedies = catalog ? remediesFor(run.experiment, catalog) : [];
  const [chosen, setChosen] = useState(() => new Set(remedies.filter((r) => r.likely).map((r) => r.id)));
  if (!catalog) return null;
  const toggle = (id: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const runAgain = () => {
    const wanted = remedies.filter((r) => chosen.has(r.id));
    const experiment = applyRemedies(run.experiment, wanted, catalog);
    setExperiment(experiment);
    start({ experiment });
    focusRun();
  };
  return (
    <section>
      <h3>What to do</h3>
      {remedies.map((remedy) => (
        <label key={remedy.id} className={classes.remedy}>
          <input type="checkbox" checked={chosen.has(remedy.id)} onChange={() => toggle(remedy.id)} />
          <strong>{remedy.title}</strong>
          {remedy.likely && <span className={controls.pill}>likely cause</span>}
          <small>{remedy.detail}</small>
        </label>
      ))}
      <div className={classes.errorButtons}>
        <button
          type="button"
          className={`${controls.button} ${controls.primary}`}
          disabled={busy || chosen.size === 0}
          onClick={runAgain}
        >
          <IconPlayerPlay size={16} stroke={1.75} aria-hidden="true" />
          Run again with {plural(chosen.size, 'change')}
        </button>
        <ResumeButton run={run} />
      </div>
    </section>
  );
}

function CopyReport({ run }: { run: RunRecord }) {
  const [done, setDone] = useState<'Copied' | 'Saved' | null>(null);
  const copy = async () => {
    const { error, backend, experiment } = run;
    const report = JSON.stringify({ error, backend, experiment }, null, 2);
    try {
      await navigator.clipboard.writeText(report);
      setDone('Copied');
    } catch {
      // Used if the browser does not allow copying.
      saveText('report.json', report);
      setDone('Saved');
    }
  };
  return (
    <button type="button" className={controls.button} onClick={copy}>
      <IconCopy size={16} stroke={1.75} aria-hidden="true" />
      {done ?? 'Copy report'}
    </button>
  );
}
