// Notices of the experiment: a link or file that was not understood, settings that cannot run, an opened file.
import { can } from '../../../engine/config/capabilities.ts';
import { settingAt } from '../../../engine/config/changes.ts';
import type { Experiment } from '../../../engine/config/experiment.ts';
import { needsFile } from '../../../engine/config/tableInput.ts';
import { formatIssue } from '../../../engine/core/errors.ts';
import { canBegin } from '../../../store/engines.ts';
import { labelled } from '../../../store/labels.ts';
import { useStore } from '../../../store/store.ts';
import { plural } from '../../charts/format.ts';
import { RefusedButtons } from '../../controls/RefusedButtons.tsx';
import { measureWeights } from '../opening/measureWeights.ts';
import { rowPath, showRow } from '../paths.ts';
import { useSettingsPlace } from '../settingsPlace.ts';
import { NARROW } from '../useMedia.ts';
import { Button, Notice } from './Notice.tsx';

export function SourceNotice() {
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
export function CannotRunNotice() {
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
export function OpenedNotice() {
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
