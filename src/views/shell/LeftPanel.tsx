// The experiment, drawn from the ParamSpecs of the catalog: a new model or setting appears here without further code.
import { createContext, Fragment, memo, type ReactNode, useContext, useMemo, useRef } from 'react';
import type { Catalog } from '../../engine/config/catalog.ts';
import { type Experiment, repeatsParam, seedParam } from '../../engine/config/experiment.ts';
import { isVisible, type ParamSpec, type Params, type ParamValue } from '../../engine/config/params.ts';
import { SPLIT_FILES } from '../../engine/config/tableInput.ts';
import type { Role } from '../../engine/core/roles.ts';
import { useChanges } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { useSwept } from '../../store/sweeps/useSwept.ts';
import { formatCount, plural } from '../charts/format.ts';
import { FileControl } from '../controls/FileControl.tsx';
import { ParamRow } from '../controls/ParamRow.tsx';
import { AboutContext, aboutFirst, type SectionId, sectionOf, sectionsInOrder } from './about.ts';
import controls from './controls.module.css';
import classes from './leftPanel.module.css';
import { PanelFoot } from './PanelFoot.tsx';
import { PresetChoice } from './PresetChoice.tsx';
import { issueAt } from './paths.ts';
import { likelyCauses } from './remedies.ts';
import { useInSlices } from './useInSlices.ts';

interface Marks {
  /** Paths changed since the run on screen. */
  changes: readonly string[];
  /** Paths that are likely causes of its failure. */
  suspects: readonly string[];
}
/** Computed once for all rows. */
const MarksContext = createContext<Marks>({ changes: [], suspects: [] });

function useMarks(): Marks {
  const changes = useChanges();
  const catalog = useStore((s) => s.catalog);
  const experiment = useStore((s) => s.experiment);
  const failed = useStore((s) => {
    const run = s.runs.find((r) => r.runId === s.shownRunId);
    return run?.error?.fault ? run.experiment : null;
  });
  return useMemo(() => {
    const known = failed && experiment && catalog;
    return { changes, suspects: known ? likelyCauses(failed, experiment, catalog) : [] };
  }, [changes, failed, experiment, catalog]);
}

/** That of the lesson, else that of the preset; an experiment of one's own is about nothing. */
function useAbout() {
  const lesson = useStore((s) => s.about);
  const preset = useStore((s) => s.catalog?.presets.find((p) => p.id === s.presetId)?.about);
  return useMemo(() => ({ keys: lesson ?? preset ?? [], inLesson: lesson !== null }), [lesson, preset]);
}

export function LeftPanel() {
  const catalog = useStore((s) => s.catalog);
  const experiment = useStore((s) => s.experiment);
  return (
    <aside className={classes.panel} aria-label="Experiment">
      {catalog && experiment ? (
        <Settings catalog={catalog} experiment={experiment} />
      ) : (
        <div className={classes.starting}>Starting the engine</div>
      )}
    </aside>
  );
}

/** Sixty rows. */
function Settings({ catalog, experiment }: { catalog: Catalog; experiment: Experiment }) {
  const marks = useMarks();
  const about = useAbout();
  if (!useInSlices('settings')) return null;
  return (
    <MarksContext value={marks}>
      <div className={classes.panelScroll}>
        <PresetChoice catalog={catalog} />
        <AboutContext value={about}>
          <Sections catalog={catalog} experiment={experiment} />
        </AboutContext>
      </div>
      <PanelFoot {...marks} />
    </MarksContext>
  );
}

/** Settings that `FileControl` draws. */
const OF_FILES: readonly string[] = ['file', ...Object.values(SPLIT_FILES)];

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

/** The size of the baseline; a twin may replace it. */
const baselineSize = (parameters: number | undefined): string =>
  parameters === undefined ? ', not trained' : `, ${formatCount(parameters)} parameters`;

function Sections({ catalog, experiment }: { catalog: Catalog; experiment: Experiment }) {
  const summary = useStore((s) => s.summary);
  const { keys } = useContext(AboutContext);
  const source = catalog.sources.find((s) => s.id === experiment.data.id);
  const model = catalog.models.find((m) => m.id === experiment.model.id);
  const baselines = catalog.models.filter((m) => m.singleTask);
  const baseline = catalog.models.find((m) => m.id === experiment.baseline?.id);
  const none = { id: 'none', label: 'None', summary: 'Train without a baseline; there is then no gain.' };
  const parametersOf = (role: Role) => summary?.networks.find((n) => n.role === role)?.parameters;
  const parameters = parametersOf('model');
  const seeds = <Row path="repeats" spec={repeatsParam} value={experiment.repeats} />;
  const sections: Record<SectionId, ReactNode> = {
    data: (
      <Section id="data" title="Data" count={summary ? `${formatCount(summary.rows)} rows` : ''}>
        <Row
          path="data"
          spec={idSpec('data', 'Source', catalog.sources, catalog.sources[0]?.id ?? '')}
          value={experiment.data.id}
        />
        {source?.needsFile && <FileControl />}
        <Group
          prefix="data"
          specs={(source?.dataParams ?? []).filter((s) => !source?.needsFile || !OF_FILES.includes(s.key))}
          values={experiment.data.params}
        />
      </Section>
    ),
    tasks: (
      <Section id="tasks" title="Tasks" count={summary ? plural(summary.tasks.length, 'task') : ''}>
        <Group prefix="tasks" specs={source?.taskParams ?? []} values={experiment.tasks} />
      </Section>
    ),
    model: (
      <Section id="model" title="Model" count={parameters ? `${formatCount(parameters)} parameters` : ''}>
        <Row
          path="model"
          spec={idSpec('model', 'Architecture', catalog.models, catalog.models[0]?.id ?? '')}
          value={experiment.model.id}
        />
        <Group prefix="model" specs={model?.params ?? []} values={experiment.model.params} />
        <CompareList catalog={catalog} experiment={experiment} />
      </Section>
    ),
    training: (
      <Section id="training" title="Training" count={plural(experiment.repeats, 'seed')}>
        {keys.includes('repeats') && seeds}
        <Row
          path="baseline"
          spec={idSpec('baseline', 'Baseline', [...baselines, none], baselines[0]?.id ?? 'none')}
          value={experiment.baseline?.id ?? 'none'}
        />
        {experiment.baseline && baseline && (
          <Fold
            title={`Baseline settings${summary ? baselineSize(parametersOf('baseline')) : ''}`}
            prefix="baseline"
            specs={baseline.params.filter((s) => isVisible(s, experiment.baseline?.params ?? {}))}
            values={experiment.baseline.params}
          />
        )}
        <Group prefix="training" specs={catalog.trainingParams} values={experiment.training}>
          <Row path="seed" spec={seedParam} value={experiment.seed} />
          {!keys.includes('repeats') && seeds}
        </Group>
      </Section>
    ),
  };
  return sectionsInOrder(keys).map((id) => <Fragment key={id}>{sections[id]}</Fragment>);
}

/** Further models of the experiment, each with its settings. */
function CompareList({ catalog, experiment }: { catalog: Catalog; experiment: Experiment }) {
  const setValue = useStore((s) => s.setValue);
  const networks = useStore((s) => s.summary?.networks);
  const add = useRef<HTMLSelectElement>(null);
  const ids = experiment.compare.map((c) => c.id);
  return (
    <div className={classes.compare} data-path="compare">
      <label className={classes.compareHead}>
        <span>Compare with</span>
        <select
          ref={add}
          value=""
          onChange={(event) => setValue('compare', [...ids, event.currentTarget.value])}
          title="Further models, trained one after another on the same data, split and seeds"
        >
          <option value="">Add a model</option>
          {catalog.models.map((m) => (
            <option key={m.id} value={m.id} title={m.summary}>
              {m.label}
            </option>
          ))}
        </select>
      </label>
      {experiment.compare.map(({ id, params }, i) => {
        const entry = catalog.models.find((m) => m.id === id);
        // The newest check may be of a list that was longer or shorter.
        const network = networks?.find((n) => n.role === `model-${i + 2}` && n.id === id);
        const parameters = network?.parameters;
        const prefix = `compare${i + 1}`;
        const label = network?.label ?? entry?.label ?? id;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two networks of one architecture differ by place only
          <div key={`${id} ${i}`} data-path={prefix}>
            <div className={classes.compared}>
              <Fold
                title={parameters ? `${label}, ${formatCount(parameters)} parameters` : label}
                prefix={prefix}
                specs={(entry?.params ?? []).filter((spec) => isVisible(spec, params))}
                values={params}
              />
              <button
                type="button"
                className={classes.remove}
                aria-label={`Remove ${label} from the comparison`}
                title="Remove"
                onClick={() => {
                  setValue(
                    'compare',
                    ids.filter((_, k) => k !== i),
                  );
                  // The button disappears with its row, so the focus moves.
                  add.current?.focus();
                }}
              >
                ×
              </button>
            </div>
            <IssueLine path={prefix} of={label} />
          </div>
        );
      })}
    </div>
  );
}

/** Issues of an entry as a whole; those of settings are shown in their own rows. */
function IssueLine({ path, of }: { path: string; of: string }) {
  const issue = useStore((s) => issueAt(s.issues, path));
  if (!issue) return null;
  return (
    <p className={classes.compareIssue} role="alert">
      {of}: expected {issue.expected}, got {issue.got}. {issue.remedy}
    </p>
  );
}

interface SectionProps {
  id: SectionId;
  title: string;
  count: string;
  children: ReactNode;
}

function Section({ id, title, count, children }: SectionProps) {
  const { keys, inLesson } = useContext(AboutContext);
  return (
    <details className={classes.section} open={!inLesson || keys.some((key) => sectionOf(key) === id)}>
      <summary>
        {title}
        <span className={classes.count}>{count}</span>
      </summary>
      {children}
    </details>
  );
}

interface GroupProps {
  prefix: string;
  specs: readonly ParamSpec[];
  values: Params;
}

function Group({ prefix, specs, values, children }: GroupProps & { children?: ReactNode }) {
  const { keys } = useContext(AboutContext);
  const keyOf = (spec: ParamSpec) => `${prefix}.${spec.key}`;
  const shown = specs.filter((spec) => isVisible(spec, values));
  const advanced = shown.filter((spec) => spec.advanced && !keys.includes(keyOf(spec)));
  const plain = shown.filter((spec) => !advanced.includes(spec));
  return (
    <>
      <Rows prefix={prefix} specs={aboutFirst(plain, keys, keyOf)} values={values} />
      {children}
      {advanced.length > 0 && <Fold title="More" prefix={prefix} specs={advanced} values={values} />}
    </>
  );
}

const Rows = ({ prefix, specs, values }: GroupProps) =>
  specs.map((spec) => (
    <Row key={spec.key} path={`${prefix}.${spec.key}`} spec={spec} value={values[spec.key] ?? spec.default} />
  ));

/** Folded settings; unfolded if one of them has an issue, and marked if one has changed. */
function Fold({ title, ...group }: GroupProps & { title: string }) {
  const { changes, suspects } = useContext(MarksContext);
  const paths = group.specs.map((spec) => `${group.prefix}.${spec.key}`);
  const atFault = useStore((s) => paths.some((path) => suspects.includes(path) || issueAt(s.issues, path)));
  const changed = paths.some((path) => changes.includes(path));
  return (
    <details className={classes.more} open={atFault || undefined}>
      <summary>
        {title}
        {changed && <span className={controls.changeDot} title="changed since this run" />}
      </summary>
      <Rows {...group} />
    </details>
  );
}

/** Memoised, so that a change of one setting renders one row. */
const Row = memo(function Row({ path, spec, value }: { path: string; spec: ParamSpec; value: ParamValue }) {
  const issue = useStore((s) => issueAt(s.issues, path));
  const setValue = useStore((s) => s.setValue);
  const { changes, suspects } = useContext(MarksContext);
  return (
    <ParamRow
      path={path}
      spec={spec}
      value={value}
      issue={issue}
      suspect={suspects.includes(path)}
      changedSinceRun={changes.includes(path)}
      swept={useSwept(path, spec, value)}
      onChange={(next) => setValue(path, next)}
    />
  );
});
