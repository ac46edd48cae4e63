// The experiment, drawn from the ParamSpecs of the catalog: a new model or setting shows up here by itself.
import { createContext, memo, type ReactNode, useContext, useId, useRef } from 'react';
import type { Catalog } from '../../engine/config/catalog.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import {
  isVisible,
  type NumberParam,
  type ParamSpec,
  type Params,
  type ParamValue,
} from '../../engine/config/params.ts';
import type { Issue } from '../../engine/core/errors.ts';
import { useChanges } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { downloadText } from '../charts/csv.ts';
import { formatCount, plural } from '../charts/format.ts';
import { FileControl } from '../controls/FileControl.tsx';
import { ParamRow } from '../controls/ParamRow.tsx';
import classes from './shell.module.css';

/** Paths changed since the run on screen, worked out once for all rows. */
const Changes = createContext<readonly string[]>([]);

export function LeftPanel() {
  const changes = useChanges();
  const catalog = useStore((s) => s.catalog);
  const experiment = useStore((s) => s.experiment);
  return (
    <aside className={classes.panel} aria-label="Experiment">
      {catalog && experiment ? (
        <Changes value={changes}>
          <div className={classes.panelScroll}>
            <PresetChoice catalog={catalog} experiment={experiment} />
            <Sections catalog={catalog} experiment={experiment} />
          </div>
          <Foot />
        </Changes>
      ) : (
        <div className={classes.preset}>Starting the engine</div>
      )}
    </aside>
  );
}

function PresetChoice({ catalog, experiment }: { catalog: Catalog; experiment: Experiment }) {
  const presetId = useStore((s) => s.presetId);
  const loadPreset = useStore((s) => s.loadPreset);
  const importExperiment = useStore((s) => s.importExperiment);
  const input = useRef<HTMLInputElement>(null);
  const presetInput = useId();
  const preset = catalog.presets.find((p) => p.id === presetId);
  return (
    <div className={classes.preset}>
      <label htmlFor={presetInput}>Preset</label>
      <select
        id={presetInput}
        value={presetId ?? ''}
        onChange={(event) => loadPreset(event.currentTarget.value)}
      >
        {presetId === null && <option value="">Own experiment</option>}
        {catalog.presets.map((p) => (
          <option key={p.id} value={p.id}>
            {p.label}
          </option>
        ))}
      </select>
      {preset && <span>{preset.summary}</span>}
      <div className={classes.fileLinks}>
        <button type="button" className={classes.linkButton} onClick={() => input.current?.click()}>
          Open file
        </button>
        <button
          type="button"
          className={classes.linkButton}
          onClick={() => downloadText('experiment.json', `${JSON.stringify(experiment, null, 2)}\n`)}
        >
          Save file
        </button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          aria-label="Open an experiment file"
          hidden
          onChange={async (event) => {
            const target = event.currentTarget;
            const file = target.files?.[0];
            if (file) importExperiment(file.name, await file.text());
            target.value = '';
          }}
        />
      </div>
    </div>
  );
}

/** A choice whose options are ids of the catalog. */
function idSpec(
  key: string,
  label: string,
  entries: readonly { id: string; label: string; summary: string }[],
  fallback: string,
): ParamSpec {
  const options = entries.map((e) => ({ value: e.id, label: e.label, help: e.summary }));
  return {
    kind: 'choice',
    key,
    label,
    help: entries.map((e) => `${e.label}: ${e.summary}`).join(' '),
    options,
    default: fallback,
  };
}

const seedSpec: NumberParam = {
  kind: 'number',
  key: 'seed',
  label: 'Seed',
  help: 'First seed: initial values, batch order and dropout follow it. The table follows its own data seed.',
  integer: true,
  min: 0,
  max: 2 ** 31 - 21,
  step: 1,
  default: 0,
  control: 'box',
};
const repeatsSpec: NumberParam = {
  ...seedSpec,
  key: 'repeats',
  label: 'Seeds',
  help: 'How many seeds are trained one after another; gain then has a mean and a spread.',
  min: 1,
  max: 20,
  default: 1,
};

function Sections({ catalog, experiment }: { catalog: Catalog; experiment: Experiment }) {
  const summary = useStore((s) => s.summary);
  const source = catalog.sources.find((s) => s.id === experiment.data.id);
  const model = catalog.models.find((m) => m.id === experiment.model.id);
  const baselines = catalog.models.filter((m) => m.singleTask);
  const baseline = catalog.models.find((m) => m.id === experiment.baseline?.id);
  const none = { id: 'none', label: 'None', summary: 'Train without a baseline; there is then no gain.' };
  const parameters = summary?.modelParameters;
  return (
    <>
      <Section title="Data" count={summary ? `${formatCount(summary.rows)} rows` : ''}>
        <Row
          path="data"
          spec={idSpec('data', 'Source', catalog.sources, catalog.sources[0]?.id ?? '')}
          value={experiment.data.id}
        />
        {experiment.data.id === 'table' && <FileControl />}
        <Group
          prefix="data"
          specs={(source?.dataParams ?? []).filter((s) => experiment.data.id !== 'table' || s.key !== 'file')}
          values={experiment.data.params}
        />
      </Section>
      <Section title="Tasks" count={summary ? plural(summary.tasks.length, 'task') : ''}>
        <Group prefix="tasks" specs={source?.taskParams ?? []} values={experiment.tasks} />
      </Section>
      <Section title="Model" count={parameters === undefined ? '' : `${formatCount(parameters)} parameters`}>
        <Row
          path="model"
          spec={idSpec('model', 'Architecture', catalog.models, catalog.models[0]?.id ?? '')}
          value={experiment.model.id}
        />
        <Group prefix="model" specs={model?.params ?? []} values={experiment.model.params} />
      </Section>
      <Section title="Training" count={plural(experiment.repeats, 'seed')}>
        <Group prefix="training" specs={catalog.trainingParams} values={experiment.training}>
          <Row path="seed" spec={seedSpec} value={experiment.seed} />
          <Row path="repeats" spec={repeatsSpec} value={experiment.repeats} />
        </Group>
      </Section>
      <Section
        title="Baseline"
        count={summary && baseline ? `${formatCount(summary.baselineParameters)} parameters` : ''}
      >
        <Row
          path="baseline"
          spec={idSpec('baseline', 'Gain over', [...baselines, none], baselines[0]?.id ?? 'none')}
          value={experiment.baseline?.id ?? 'none'}
        />
        <Group prefix="baseline" specs={baseline?.params ?? []} values={experiment.baseline?.params ?? {}} />
      </Section>
    </>
  );
}

function Section({ title, count, children }: { title: string; count: string; children: ReactNode }) {
  return (
    <details className={classes.section} open>
      <summary>
        {title}
        <span className={classes.count}>{count}</span>
      </summary>
      {children}
    </details>
  );
}

function Group({
  prefix,
  specs,
  values,
  children,
}: {
  prefix: string;
  specs: readonly ParamSpec[];
  values: Params;
  children?: ReactNode;
}) {
  const issues = useStore((s) => s.issues);
  const shown = specs.filter((spec) => isVisible(spec, values));
  const row = (spec: ParamSpec) => (
    <Row key={spec.key} path={`${prefix}.${spec.key}`} spec={spec} value={values[spec.key] ?? spec.default} />
  );
  const advanced = shown.filter((spec) => spec.advanced);
  const advancedAtFault = advanced.some((spec) => issueAt(issues, `${prefix}.${spec.key}`));
  return (
    <>
      {shown.filter((spec) => !spec.advanced).map(row)}
      {children}
      {advanced.length > 0 && (
        <details className={classes.more} open={advancedAtFault || undefined}>
          <summary>More</summary>
          {advanced.map(row)}
        </details>
      )}
    </>
  );
}

/** Issue paths are those of the experiment (`model.params.heads`); rows have those of a link (`model.heads`). */
function issueAt(issues: readonly Issue[], path: string): Issue | null {
  const plain = (text: string) => text.replace('.params.', '.').replace(/[[,].*$/, '');
  return issues.find((issue) => plain(issue.path) === path) ?? null;
}

/** Memoised: a change of one setting draws one row again. */
const Row = memo(function Row({ path, spec, value }: { path: string; spec: ParamSpec; value: ParamValue }) {
  const issue = useStore((s) => issueAt(s.issues, path));
  const setValue = useStore((s) => s.setValue);
  return (
    <ParamRow
      spec={spec}
      value={value}
      issue={issue}
      changedSinceRun={useContext(Changes).includes(path)}
      onChange={(next) => setValue(path, next)}
    />
  );
});

function Foot() {
  const changes = useContext(Changes);
  const frozen = useStore((s) => {
    const run = s.runs.find((r) => r.runId === s.shownRunId);
    return run && !run.isExample ? run.experiment : null;
  });
  const issues = useStore((s) => s.issues);
  const setExperiment = useStore((s) => s.setExperiment);
  if (issues.length > 0) {
    return (
      <div className={classes.foot} role="status">
        {plural(issues.length, 'setting')} cannot run: see the marked field
      </div>
    );
  }
  if (!frozen) return <div className={classes.foot}>Press Run to train this experiment</div>;
  if (changes.length === 0) return <div className={classes.foot}>Nothing changed since this run</div>;
  return (
    <div className={classes.foot}>
      <span className={classes.stateDot} />
      {plural(changes.length, 'change')} since this run
      <button type="button" className={classes.linkButton} onClick={() => setExperiment(frozen)}>
        Revert
      </button>
    </div>
  );
}
