// The experiment on a phone: what it is, to read. Editing needs the width of a panel.
import { IconChevronRight, IconLock } from '@tabler/icons-react';
import { notableSettings } from '../../engine/config/codec.ts';
import { useStore } from '../../store/store.ts';
import classes from './shell.module.css';

export function ReadOnlyCard() {
  const catalog = useStore((s) => s.catalog);
  const experiment = useStore((s) => s.experiment);
  const presetId = useStore((s) => s.presetId);
  if (!catalog || !experiment) return null;
  const labelOf = (entries: readonly { id: string; label: string }[], id: string) =>
    entries.find((e) => e.id === id)?.label ?? id;
  const what = [
    labelOf(catalog.models, experiment.model.id),
    presetId ? labelOf(catalog.presets, presetId) : labelOf(catalog.sources, experiment.data.id),
  ].join(', ');
  return (
    <details className={classes.readOnly}>
      <summary>
        <IconLock size={18} stroke={1.75} aria-hidden="true" />
        <span>
          <strong>Experiment, read only here</strong>
          {what}. Open a wider window to edit.
        </span>
        <IconChevronRight size={16} stroke={1.75} aria-hidden="true" className={classes.chevron} />
      </summary>
      <dl>
        {notableSettings(experiment, catalog).map(({ key, label, text }) => [
          <dt key={`${key} label`}>{label}</dt>,
          <dd key={key}>{text}</dd>,
        ])}
      </dl>
    </details>
  );
}
