// The form of a sweep: settings with several values, seeds, and the number of runs and their time.
import { useId, useMemo, useState } from 'react';
import type { Catalog } from '../../../../engine/config/catalog.ts';
import type { Experiment } from '../../../../engine/config/experiment.ts';
import { defaultOf, type ParamSpec } from '../../../../engine/config/params.ts';
import { formatIssue } from '../../../../engine/core/errors.ts';
import { sweepPresets } from '../../../../engine/sweeps/presets.ts';
import { specsOf, valueAt } from '../../../../engine/sweeps/settings.ts';
import { useStore } from '../../../../store/store.ts';
import { draftOfPreset, sweepOf } from '../../../../store/sweeps/draft.ts';
import { type DraftAxis, firstText, HOW_TO_WRITE, isTyped } from '../../../../store/sweeps/typedAxes.ts';
import { plural } from '../../../charts/format.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { SmallButton } from '../../../charts/parts/SmallButton.tsx';
import { formatDuration, formatRough } from '../../../shell/durations.ts';
import { DesignField } from './DesignField.tsx';
import { Labelled } from './Labelled.tsx';
import { plannedSweep } from './plan.ts';
import classes from './sweeps.module.css';

export function SweepForm({ onAdded }: { onAdded(id: string): void }) {
  const catalog = useStore((s) => s.catalog);
  const experiment = useStore((s) => s.experiment);
  if (!catalog || !experiment) return null;
  return <Form catalog={catalog} experiment={experiment} onAdded={onAdded} />;
}

interface FormProps {
  catalog: Catalog;
  experiment: Experiment;
  onAdded(id: string): void;
}

function Form({ catalog, experiment, onAdded }: FormProps) {
  const draft = useStore((s) => s.sweepDraft);
  const kept = useStore((s) => s.kept);
  const isGpu = useStore((s) => s.engines[0]?.backend?.active === 'webgpu');
  const jobs = useStore((s) => (isGpu ? 1 : s.sweepJobs));
  const blocked = useStore((s) => s.issues.length > 0);
  const { changeSweepDraft, sweepSetting, addSweep, setExperiment } = useStore.getState();
  const [presetId, setPresetId] = useState('');
  const specs = useMemo(() => specsOf(experiment, catalog), [experiment, catalog]);
  const { sweep, issues } = useMemo(() => sweepOf(draft, experiment, catalog), [draft, experiment, catalog]);
  const planned = useMemo(
    () => (issues.length === 0 ? plannedSweep(sweep, kept ?? [], jobs, catalog) : null),
    [sweep, issues, kept, jobs, catalog],
  );
  const preset = sweepPresets.find(({ id }) => id === presetId);
  const choose = (id: string) => {
    setPresetId(id);
    const chosen = sweepPresets.find((p) => p.id === id);
    if (!chosen) return;
    const { draft: typed, experiment: base } = draftOfPreset(chosen, catalog);
    setExperiment(base);
    changeSweepDraft(typed);
  };
  const free = [...specs].filter(([key]) => !draft.axes.some((axis) => isTyped(axis) && axis.key === key));
  const add = (key: string) => {
    const spec = specs.get(key);
    if (spec) sweepSetting(key, firstText(spec, valueAt(experiment, key) ?? defaultOf(spec)));
  };
  return (
    <Card title="New sweep" subtitle="the experiment on the left, many times">
      <div className={classes.form}>
        <Labelled label="Question">
          {(id) => (
            <select id={id} value={presetId} onChange={(event) => choose(event.currentTarget.value)}>
              <option value="">of your own</option>
              {sweepPresets.map((p) => (
                <option key={p.id} value={p.id}>
                  {p.label}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        {preset && <p className={classes.summary}>{preset.summary}</p>}
        <Labelled label="Name">
          {(id) => (
            <input
              id={id}
              value={draft.label}
              maxLength={200}
              onChange={(event) => changeSweepDraft({ label: event.currentTarget.value })}
            />
          )}
        </Labelled>
        {draft.axes.map((axis) => (
          <AxisRow
            key={isTyped(axis) ? axis.key : `joint ${axis.label}`}
            axis={axis}
            spec={isTyped(axis) ? specs.get(axis.key) : undefined}
          />
        ))}
        <Labelled label="Add a setting">
          {(id) => (
            <select id={id} value="" onChange={(event) => add(event.currentTarget.value)}>
              <option value="">choose…</option>
              {free.map(([key, spec]) => (
                <option key={key} value={key}>
                  {spec.label} ({key})
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <Labelled label="Seeds">
          {(id) => (
            <input
              id={id}
              value={draft.seeds}
              onChange={(event) => changeSweepDraft({ seeds: event.currentTarget.value })}
            />
          )}
        </Labelled>
        <Labelled label="Tables">
          {(id) => (
            <select
              id={id}
              value={draft.tablePerSeed ? 'per-seed' : 'same'}
              onChange={(event) =>
                changeSweepDraft({ tablePerSeed: event.currentTarget.value === 'per-seed' })
              }
            >
              <option value="same">the same for all seeds</option>
              <option value="per-seed">new rows and split for each seed</option>
            </select>
          )}
        </Labelled>
        <DesignField epochs={Number(experiment.training.epochs)} />
      </div>
      {issues.length > 0 && (
        <ul className={classes.issues} role="alert">
          {issues.slice(0, 5).map((issue) => (
            <li key={formatIssue(issue)}>{formatIssue(issue)}</li>
          ))}
        </ul>
      )}
      <p className={classes.start}>
        <button
          type="button"
          className={classes.primary}
          disabled={planned === null || blocked}
          onClick={() => void addSweep(sweep).then(onAdded)}
        >
          Start the sweep
        </button>
        <span role="status">
          {planned && (
            <>
              <strong>{plural(planned.runs, 'run')}</strong> ({plural(planned.cells, 'cell')},{' '}
              {plural(sweep.seeds.length, 'seed')})
              {planned.seconds !== null
                ? `, about ${formatDuration(planned.seconds)}`
                : planned.guess === null || isGpu
                  ? '; how long they take is known after the first'
                  : `, roughly ${formatRough(planned.guess)} if the networks are small; known after the first`}
            </>
          )}
          {blocked && ' The experiment on the left has to be put right first.'}
        </span>
      </p>
    </Card>
  );
}

function AxisRow({ axis, spec }: { axis: DraftAxis; spec: ParamSpec | undefined }) {
  const axes = useStore((s) => s.sweepDraft.axes);
  const { sweepSetting, changeSweepDraft } = useStore.getState();
  const id = useId();
  if (!isTyped(axis))
    return (
      <div className={classes.field}>
        <span>{axis.label}</span>
        <span className={classes.inline}>
          <span className={classes.joint}>{axis.options.map(({ label }) => label).join(' · ')}</span>
          <SmallButton
            label={`Remove ${axis.label}`}
            onClick={() => changeSweepDraft({ axes: axes.filter((other) => other !== axis) })}
          >
            Remove
          </SmallButton>
        </span>
      </div>
    );
  const { key, text } = axis;
  const name = spec?.label ?? key;
  return (
    <div className={classes.field}>
      <label htmlFor={id} title={key}>
        {name}
      </label>
      <span className={classes.inline}>
        <input
          id={id}
          value={text}
          title={`Values of ${key}: ${HOW_TO_WRITE}`}
          onChange={(event) => sweepSetting(key, event.currentTarget.value)}
        />
        <SmallButton label={`Remove ${name}`} onClick={() => sweepSetting(key, null)}>
          Remove
        </SmallButton>
      </span>
    </div>
  );
}
