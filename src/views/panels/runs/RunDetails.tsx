// One run of the list: its name and notes, its differences from its preset, what is stored of it, and how to resume it.
import { useEffect, useId, useMemo, useState } from 'react';
import { nearestPreset } from '../../../engine/config/changes.ts';
import { backendName } from '../../../engine/protocol/backend.ts';
import { useCatalog } from '../../../store/hooks.ts';
import { nameOf, type RunEntry } from '../../../store/runEntry.ts';
import { useStore } from '../../../store/store.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { sizeText, tagsOf } from './runList.ts';
import classes from './runs.module.css';

const PARTS = {
  record: 'Results',
  series: 'Losses of steps',
  captures: 'Measurements',
  networks: 'Weights',
} as const;

/** A text that is committed on blur or Enter. */
function LabelField({
  label,
  value,
  hint,
  long,
  onChange,
}: {
  label: string;
  value: string;
  hint?: string;
  long?: boolean;
  onChange(text: string): void;
}) {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => {
    if (text !== value) onChange(text);
  };
  const common = {
    id,
    value: text,
    maxLength: 2000,
    placeholder: hint,
    onBlur: take,
  };
  return (
    <p className={classes.field}>
      <label htmlFor={id}>{label}</label>
      {long ? (
        <textarea {...common} rows={2} onChange={(event) => setText(event.currentTarget.value)} />
      ) : (
        <input
          {...common}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') take();
          }}
        />
      )}
    </p>
  );
}

export function RunDetails({ entry }: { entry: RunEntry }) {
  const catalog = useCatalog();
  const { labelRun, deleteRuns, resumeKept, setExperiment, setTab } = useStore.getState();
  const { runId, labels, experiment, bytes } = entry;
  const near = useMemo(() => catalog && nearestPreset(experiment, catalog), [experiment, catalog]);
  const label = (change: Partial<RunEntry['labels']>) => void labelRun(runId, change);
  return (
    <Card
      title={nameOf(entry)}
      subtitle={`Run ${entry.number}`}
      actions={
        <>
          {entry.status === 'interrupted' && (
            <SmallButton
              onClick={() => {
                void resumeKept(runId);
                setTab('train');
              }}
            >
              Go on from checkpoint
            </SmallButton>
          )}
          <SmallButton onClick={() => setExperiment(experiment)}>Take its settings</SmallButton>
          <SmallButton onClick={() => void deleteRuns([runId])}>Delete</SmallButton>
        </>
      }
    >
      <LabelField
        label="Name"
        value={labels.name}
        hint={`Run ${entry.number}`}
        onChange={(name) => label({ name: name.trim() })}
      />
      <LabelField
        label="Tags"
        value={labels.tags.join(', ')}
        hint="separated by commas"
        onChange={(text) => label({ tags: tagsOf(text) })}
      />
      <LabelField label="Note" long value={labels.note} onChange={(note) => label({ note })} />
      {near && (
        <p className={classes.facts}>
          {near.label}
          {near.changes.length > 0 && (
            <>, with {near.changes.map((c) => `${c.label} ${c.text}`).join(', ')}</>
          )}
          . {entry.seeds.length === 1 ? `Seed ${entry.seeds[0]}` : `Seeds ${entry.seeds.join(', ')}`}
          {entry.backend &&
            `, on ${entry.adapter ? backendName({ active: entry.backend, adapter: entry.adapter }) : entry.backend}`}
          .
        </p>
      )}
      <p className={classes.facts}>
        {Object.entries(PARTS)
          .map(([part, name]) => {
            const size = bytes[part as keyof typeof PARTS];
            return `${name}: ${size > 0 ? sizeText(size) : 'not kept'}`;
          })
          .join(' · ')}
      </p>
    </Card>
  );
}
